import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import {
  devicePartition,
  ITEM,
  keyPartition,
  registryPartition,
  type TableKey,
} from "../../contract/table.ts";
import { type DeviceRecord, type DeviceRegistry, MOST_KEYS } from "../../domain/evidence/device-registry.ts";
import { keyOfDeviceId, type RegisteredDevice } from "../../domain/evidence/registered-device.ts";
import type { EpochSeconds } from "../../domain/time.ts";
import { isRetirement, readDevice, readRegistration, writeKey, writePosture } from "./device-layout.ts";
import { readRestriction } from "./restriction-layout.ts";
import {
  checkLayout,
  holds,
  type Item,
  keyAttributes,
  LAYOUT_CONDITION,
  layoutValues,
} from "./stored-item.ts";

/** How often a retirement restarts because keys were attested in the meantime */
const MOST_ATTEMPTS = 5;

/**
 * @param region if absent, AWS's own environment and configuration decide, as for credentials and
 *   endpoint
 */
export function createRegistryClient(region?: string): DynamoDBClient {
  return new DynamoDBClient({
    ...(region !== undefined && { region }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 5000, throwOnRequestTimeout: true },
  });
}

const STANDS = "attribute_exists(enrolledAt) AND attribute_not_exists(retiredAt)";

export function createDeviceRegistry(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
): DeviceRegistry {
  const update = createUpdate(client, tableName);
  const find = (id: string) => findDevice(client, tableName, id);
  const change = async (id: string, change: Update) => update((await find(id)).place, change);
  return {
    enrol: async (id, { owner, keys, enrolledAt }) => {
      const { device } = await find(id);
      if (device !== undefined) return false;
      return update(registrationOf(id), {
        change: `SET v = :v, ownerIssuer = :issuer, ownerSubject = :subject, enrolledAt = :at${keys.length > 0 ? ", #keys = :keys" : ""}`,
        only: "attribute_not_exists(enrolledAt)",
        names: keys.length > 0 ? { "#keys": "keys" } : {},
        values: {
          ":issuer": { S: owner.issuer },
          ":subject": { S: owner.subject },
          ":at": { N: String(enrolledAt) },
          ...(keys.length > 0 && { ":keys": { SS: keys.map(writeKey) } }),
        },
      });
    },
    attest: (id, key, mode) =>
      change(id, {
        change: mode === "add" ? "SET v = :v ADD #keys :key" : "SET v = :v, #keys = :key",
        only:
          mode === "add"
            ? `${STANDS} AND (attribute_not_exists(#keys) OR size(#keys) < :most OR contains(#keys, :one))`
            : STANDS,
        names: { "#keys": "keys" },
        values: {
          ":key": { SS: [writeKey(key)] },
          ...(mode === "add" && { ":most": { N: String(MOST_KEYS) }, ":one": { S: writeKey(key) } }),
        },
      }),
    report: (id, posture) =>
      change(id, {
        change: "SET v = :v, posture = :posture",
        only: `${STANDS} AND (attribute_not_exists(posture) OR posture.assessedAt <= :at)`,
        values: { ":posture": writePosture(posture), ":at": { N: String(posture.assessedAt) } },
      }),
    retire: async (id, at) => {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
        const { held } = await find(id);
        const keys = [
          ...new Set([keyOfDeviceId(id) ?? [], held.flatMap(({ device }) => thumbprintsOf(device))].flat()),
        ];
        if (held.length === 0 && keys.length === 0) return false;
        for (const thumbprint of keys) {
          if (!(await update(retirementOf(thumbprint), retirement(at))))
            throw new Error(`the item of the key ${thumbprint} has an unknown layout version`);
        }
        // With the keys as read: a key that was attested since would otherwise stay valid.
        const done = [];
        for (const { place, device } of held) done.push(await update(place, retirement(at, device)));
        if (done.every(Boolean)) return true;
      }
      throw new Error("the device's keys kept changing while it was being retired; retire it again");
    },
    read: (id) => readRecord(client, tableName, id),
  };
}

type Values = NonNullable<ConstructorParameters<typeof UpdateItemCommand>[0]["ExpressionAttributeValues"]>;

/** A key, or a device with exactly these keys. */
const retirement = (at: EpochSeconds, device?: RegisteredDevice): Update => {
  const keys = device?.keys.map(writeKey) ?? [];
  const asRead = keys.length > 0 ? "#keys = :keys" : "attribute_not_exists(#keys)";
  return {
    change: "SET v = :v, retiredAt = if_not_exists(retiredAt, :at)",
    ...(device !== undefined && {
      only: `attribute_exists(enrolledAt) AND ${asRead}`,
      names: { "#keys": "keys" },
    }),
    values: { ":at": { N: String(at) }, ...(keys.length > 0 && { ":keys": { SS: keys } }) },
  };
};

const thumbprintsOf = (device: RegisteredDevice): readonly string[] =>
  device.keys.map(({ thumbprint }) => thumbprint);

interface Update {
  readonly change: string;
  /** Besides the layout version */
  readonly only?: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values: Values;
}

function createUpdate(client: Pick<DynamoDBClient, "send">, tableName: string) {
  return ({ kind, key }: Place, { change, only, names = {}, values }: Update): Promise<boolean> =>
    holds(() =>
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: keyAttributes(key),
          UpdateExpression: change,
          ConditionExpression: `${LAYOUT_CONDITION}${only === undefined ? "" : ` AND ${only}`}`,
          ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: { ...names } }),
          ExpressionAttributeValues: { ...layoutValues(kind), ...values },
        }),
      ),
    );
}

/** One item of the table and its kind. */
interface Place {
  readonly kind: "registration" | "access" | "key";
  readonly key: TableKey;
}

const registrationOf = (id: string): Place => ({
  kind: "registration",
  key: { pk: registryPartition(id), sk: ITEM.registration },
});
const accessOf = (id: string): Place => ({
  kind: "access",
  key: { pk: devicePartition(id), sk: ITEM.access },
});
const retirementOf = (thumbprint: string): Place => ({
  kind: "key",
  key: { pk: keyPartition(thumbprint), sk: ITEM.key },
});

async function getItem(client: Pick<DynamoDBClient, "send">, tableName: string, { kind, key }: Place) {
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: keyAttributes(key), ConsistentRead: true }),
  );
  if (item !== undefined) checkLayout(kind, item);
  return item as Item | undefined;
}

/**
 * A device with the items of its registration: both only if 0.1.0 enrolled it and it was enrolled
 * again.
 */
async function findDevice(client: Pick<DynamoDBClient, "send">, tableName: string, id: string) {
  const [registration, access] = [registrationOf(id), accessOf(id)];
  const [item, before] = await Promise.all([
    getItem(client, tableName, registration),
    getItem(client, tableName, access),
  ]);
  const device = readRegistration(item, before);
  const now = item && readDevice("registration", item);
  const old = before && readDevice("access", before);
  const held = [
    ...(now === undefined ? [] : [{ place: registration, device: now }]),
    ...(old === undefined ? [] : [{ place: access, device: old }]),
  ];
  return { device, held, place: held[0]?.place ?? registration, access: before };
}

async function readRecord(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
  id: string,
): Promise<DeviceRecord> {
  const { device, access } = await findDevice(client, tableName, id);
  const { quarantinedUntil, unreadable } =
    access === undefined ? {} : readRestriction(access, Math.floor(Date.now() / 1000));
  const keys = new Set([keyOfDeviceId(id) ?? [], device === undefined ? [] : thumbprintsOf(device)].flat());
  const found = await Promise.all(
    [...keys].map(async (thumbprint) =>
      isRetirement(await getItem(client, tableName, retirementOf(thumbprint))) ? [thumbprint] : [],
    ),
  );
  const retiredKeys = found.flat();
  return {
    ...(device !== undefined && { device }),
    ...(quarantinedUntil !== undefined && { quarantinedUntil }),
    ...(unreadable !== undefined && { unreadable }),
    ...(retiredKeys.length > 0 && { retiredKeys }),
  };
}
