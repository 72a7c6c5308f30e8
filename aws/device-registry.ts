import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { devicePartition, ITEM, ITEM_VERSION } from "../contract/table.ts";
import type { DevicePosture } from "../domain/device-posture.ts";
import type { DeviceKey, RegisteredDevice } from "../domain/registered-device.ts";
import type { EpochSeconds } from "../domain/time.ts";
import { readDevice, writeKey, writePosture } from "./device-layout.ts";

/** A device's item as it stands. */
export interface DeviceRecord {
  /** Absent: not enrolled */
  readonly device?: RegisteredDevice;
  /** A quarantine stands in the same item and may be there without a registration */
  readonly quarantinedUntil?: EpochSeconds;
}

/** Keys that one device may have; the authorizer reads all of them for each request. */
export const MOST_KEYS = 16;

/**
 * The registry of devices in the table. Each write is one conditional update of one item: it happens whole or not at all, and
 * resolves to whether it happened. Everything rejects where the table cannot be asked or the item is of another layout version.
 */
export interface DeviceRegistry {
  /** False: the id is enrolled, or was until it was retired */
  readonly enrol: (id: string, device: Omit<RegisteredDevice, "retiredAt" | "posture">) => Promise<boolean>;
  /** Adds a key, or puts it in the place of all others. False: not enrolled, retired, or MOST_KEYS reached */
  readonly attest: (id: string, key: DeviceKey, mode: "add" | "replace") => Promise<boolean>;
  /** False: not enrolled, retired, or a later assessment is there already */
  readonly report: (id: string, posture: DevicePosture) => Promise<boolean>;
  /** For good; a second time changes nothing. False: not enrolled */
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
  const update = createUpdate(client, tableName);
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
    retire: (id, at) =>
      update(id, {
        change: "SET v = :v, retiredAt = if_not_exists(retiredAt, :at)",
        only: "attribute_exists(enrolledAt)",
        values: { ":at": { N: String(at) } },
      }),
    read: (id) => readRecord(client, tableName, id),
  };
}

type Values = NonNullable<ConstructorParameters<typeof UpdateItemCommand>[0]["ExpressionAttributeValues"]>;

interface Update {
  readonly change: string;
  readonly only: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values: Values;
}

function createUpdate(client: Pick<DynamoDBClient, "send">, tableName: string) {
  return async (id: string, { change, only, names = {}, values }: Update): Promise<boolean> => {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: keyOf(id),
          UpdateExpression: change,
          ConditionExpression: `(attribute_not_exists(v) OR v = :v) AND ${only}`,
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

async function readRecord(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
  id: string,
): Promise<DeviceRecord> {
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: keyOf(id), ConsistentRead: true }),
  );
  if (item === undefined) return {};
  if (item.v?.N !== String(ITEM_VERSION)) throw new Error("the device's item has an unknown layout version");
  const device = readDevice(item);
  const quarantinedUntil = item.quarantinedUntil?.N;
  return {
    ...(device !== undefined && { device }),
    ...(quarantinedUntil !== undefined && { quarantinedUntil: Number(quarantinedUntil) }),
  };
}
