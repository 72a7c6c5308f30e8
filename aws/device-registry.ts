import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { devicePartition, ITEM, ITEM_VERSION, keyPartition } from "../contract/table.ts";
import type { DevicePosture } from "../domain/evidence/device-posture.ts";
import {
  type DeviceKey,
  keyOfDeviceId,
  type RegisteredDevice,
} from "../domain/evidence/registered-device.ts";
import type { EpochSeconds } from "../domain/time.ts";
import { isRetirement, readDevice, writeKey, writePosture } from "./device-layout.ts";

/** A device's item as it stands. */
export interface DeviceRecord {
  /** Absent: not enrolled */
  readonly device?: RegisteredDevice;
  /** A quarantine stands in the same item and may be there without a registration */
  readonly quarantinedUntil?: EpochSeconds;
  /** Thumbprints of those of its keys that are retired; for `key:<thumbprint>` that one too. Absent: none */
  readonly retiredKeys?: readonly string[];
}

/** Keys that one device may have; the authorizer reads all of them for each request. */
export const MOST_KEYS = 16;

/** Times that a retirement begins anew because keys were attested meanwhile */
const MOST_ATTEMPTS = 5;

/**
 * The registry of devices in the table. Each write is one conditional update of one item: it happens whole or not at all, and
 * resolves to whether it happened. A retirement is one for each key, and the device's own last: what is done of it when it breaks off
 * holds, and doing it again does the rest. Everything rejects where the table cannot be asked or an item is of another layout version.
 */
export interface DeviceRegistry {
  /** False: the id is enrolled, or was until it was retired */
  readonly enrol: (id: string, device: Omit<RegisteredDevice, "retiredAt" | "posture">) => Promise<boolean>;
  /** Adds a key, or puts it in the place of all others. False: not enrolled, retired, or MOST_KEYS reached */
  readonly attest: (id: string, key: DeviceKey, mode: "add" | "replace") => Promise<boolean>;
  /** False: not enrolled, retired, or a later assessment is there already */
  readonly report: (id: string, posture: DevicePosture) => Promise<boolean>;
  /** The device and all its keys, or by `key:<thumbprint>` one key; for good, a second time changes nothing. False: neither enrolled nor a key */
  readonly retire: (id: string, at: EpochSeconds) => Promise<boolean>;
  readonly read: (id: string) => Promise<DeviceRecord>;
}

/** @param region AWS's own environment and configuration decide where it is absent, as they do on credentials and endpoint */
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
  const updateItem = createUpdate(client, tableName);
  const update = (id: string, change: Update) => updateItem(keyOf(id), change);
  return {
    enrol: (id, { owner, keys, enrolledAt }) =>
      update(id, {
        // An expiry that a quarantine may have brought along would take the registration with it.
        change: `SET v = :v, ownerIssuer = :issuer, ownerSubject = :subject, enrolledAt = :at${keys.length > 0 ? ", #keys = :keys" : ""} REMOVE expiresAt`,
        only: "attribute_not_exists(enrolledAt)",
        names: keys.length > 0 ? { "#keys": "keys" } : {},
        values: {
          ":issuer": { S: owner.issuer },
          ":subject": { S: owner.subject },
          ":at": { N: String(enrolledAt) },
          ...(keys.length > 0 && { ":keys": { SS: keys.map(writeKey) } }),
        },
      }),
    attest: (id, key, mode) =>
      update(id, {
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
      update(id, {
        change: "SET v = :v, posture = :posture",
        only: `${STANDS} AND (attribute_not_exists(posture) OR posture.assessedAt <= :at)`,
        values: { ":posture": writePosture(posture), ":at": { N: String(posture.assessedAt) } },
      }),
    retire: async (id, at) => {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
        const { device } = await readItem(client, tableName, id);
        const keys = thumbprintsOf(id, device);
        if (device === undefined && keys.length === 0) return false;
        for (const thumbprint of keys) {
          if (!(await updateItem(retirementOf(thumbprint), retirement(at))))
            throw new Error(`the item of the key ${thumbprint} has an unknown layout version`);
        }
        // Only as it was read: a key that was attested since would live on.
        if (device === undefined || (await update(id, retirement(at, device)))) return true;
      }
      throw new Error("its keys changed again and again while it was retired; retire it once more");
    },
    read: (id) => readRecord(client, tableName, id),
  };
}

type Values = NonNullable<ConstructorParameters<typeof UpdateItemCommand>[0]["ExpressionAttributeValues"]>;

/** Of a key, or of a device with just these keys. */
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

const thumbprintsOf = (id: string, device: RegisteredDevice | undefined): readonly string[] => [
  ...new Set([keyOfDeviceId(id) ?? [], device?.keys.map(({ thumbprint }) => thumbprint) ?? []].flat()),
];

interface Update {
  readonly change: string;
  /** Besides the layout version */
  readonly only?: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values: Values;
}

function createUpdate(client: Pick<DynamoDBClient, "send">, tableName: string) {
  return async (key: ItemKey, { change, only, names = {}, values }: Update): Promise<boolean> => {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: key,
          UpdateExpression: change,
          ConditionExpression: `(attribute_not_exists(v) OR v = :v)${only === undefined ? "" : ` AND ${only}`}`,
          ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: { ...names } }),
          ExpressionAttributeValues: { ":v": { N: String(ITEM_VERSION) }, ...values },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
      throw error;
    }
  };
}

const keyOf = (id: string) => ({ pk: { S: devicePartition(id) }, sk: { S: ITEM.access } });
const retirementOf = (thumbprint: string) => ({ pk: { S: keyPartition(thumbprint) }, sk: { S: ITEM.key } });
type ItemKey = ReturnType<typeof keyOf | typeof retirementOf>;

async function get(client: Pick<DynamoDBClient, "send">, tableName: string, key: ItemKey) {
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
  );
  if (item !== undefined && item.v?.N !== String(ITEM_VERSION))
    throw new Error("the device's item has an unknown layout version");
  return item;
}

async function readItem(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
  id: string,
): Promise<Omit<DeviceRecord, "retiredKeys">> {
  const item = await get(client, tableName, keyOf(id));
  const device = item && readDevice(item);
  const quarantinedUntil = item?.quarantinedUntil?.N;
  return {
    ...(device !== undefined && { device }),
    ...(quarantinedUntil !== undefined && { quarantinedUntil: Number(quarantinedUntil) }),
  };
}

async function readRecord(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
  id: string,
): Promise<DeviceRecord> {
  const record = await readItem(client, tableName, id);
  const found = await Promise.all(
    thumbprintsOf(id, record.device).map(async (thumbprint) =>
      isRetirement(await get(client, tableName, retirementOf(thumbprint))) ? [thumbprint] : [],
    ),
  );
  const retiredKeys = found.flat();
  return { ...record, ...(retiredKeys.length > 0 && { retiredKeys }) };
}
