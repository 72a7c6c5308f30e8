import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import {
  ITEM,
  keyPartition,
  registryPartition,
  riskPartition,
  type TableKey,
  userPartition,
} from "../../contract/table.ts";
import type { ReadRiskState, RiskState, RiskSubjects } from "../../domain/risk/risk-state.ts";
import type { EpochSeconds } from "../../domain/time.ts";
import { isRetirement, readRegistration } from "./device-layout.ts";
import { readRestriction, restrictionKey } from "./restriction-layout.ts";
import { readRisk, type StoredRisk } from "./risk-layout.ts";
import { type Item, keyAttributes } from "./stored-item.ts";

/** Milliseconds for both attempts together */
const LONGEST_READ = 1500;

/**
 * A client for the decision path: two attempts, each bounded, so that a slow table fails in time.
 */
export function createRiskTableClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 500, throwOnRequestTimeout: true },
  });
}

/**
 * Reads everything that affects a request in one strongly consistent BatchGetItem.
 *
 * A throttled part, an error, or an unreadable risk, registration or retirement makes the whole
 * state `unavailable`; a partial result could lack the revocation. An unreadable restriction is
 * reported as such.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export function createReadRiskState(client: Pick<DynamoDBClient, "send">, tableName: string): ReadRiskState {
  return async (subjects, now) => {
    try {
      const keys = allOf(keysOf(subjects));
      const output = (await client.send(
        new BatchGetItemCommand({
          RequestItems: {
            [tableName]: {
              ConsistentRead: true,
              Keys: keys.map(keyAttributes),
            },
          },
        }),
        // The client's own timeouts end with the response headers; this one includes the body.
        { abortSignal: AbortSignal.timeout(LONGEST_READ) },
      )) as BatchGetItemCommandOutput;
      if (Object.keys(output.UnprocessedKeys ?? {}).length > 0)
        return unavailable("the table left keys unprocessed");
      const items = output.Responses?.[tableName];
      // DynamoDB returns the table's list even when it is empty; a response without it is not
      // valid.
      if (!Array.isArray(items)) return unavailable("the response has no entry for the table");
      return stateOf(items, subjects, now);
    } catch (error) {
      return unavailable(
        error instanceof Error ? `${error.name}: ${error.message}` : "the table could not be read",
      );
    }
  };
}

interface Keys {
  readonly risk: TableKey;
  /** Where 0.1.0 stored the user's risk, which lives for an hour */
  readonly riskBefore: TableKey;
  readonly user: TableKey;
  readonly session?: TableKey;
  readonly device?: TableKey;
  readonly registration?: TableKey;
  /** By thumbprint, without duplicates: DynamoDB rejects a request with duplicate keys. */
  readonly retirements: ReadonlyMap<string, TableKey>;
}

function keysOf({ user, sessionId, deviceId, keys = [] }: RiskSubjects): Keys {
  return {
    risk: { pk: riskPartition(user), sk: ITEM.risk },
    riskBefore: { pk: userPartition(user), sk: ITEM.risk },
    user: restrictionKey({ kind: "user", user }),
    ...(sessionId !== undefined && {
      session: restrictionKey({ kind: "session", issuer: user.issuer, sessionId }),
    }),
    ...(deviceId !== undefined && {
      device: restrictionKey({ kind: "device", deviceId }),
      registration: { pk: registryPartition(deviceId), sk: ITEM.registration },
    }),
    retirements: new Map(
      keys.map((thumbprint) => [thumbprint, { pk: keyPartition(thumbprint), sk: ITEM.key }]),
    ),
  };
}

const allOf = ({ retirements, ...keys }: Keys): readonly TableKey[] => [
  ...Object.values(keys),
  ...retirements.values(),
];

function stateOf(items: readonly Item[], subjects: RiskSubjects, now: EpochSeconds): RiskState {
  const keys = keysOf(subjects);
  const asked = allOf(keys);
  const found = new Map<TableKey, Item>();
  for (const item of items) {
    const key = asked.find(({ pk, sk }) => item.pk?.S === pk && item.sk?.S === sk);
    if (key === undefined || found.has(key))
      throw new Error("the response holds an item that was not requested");
    found.set(key, item);
  }
  const find = (key: TableKey | undefined) => key && found.get(key);
  const restrictionOf = (key: TableKey | undefined) => {
    const item = find(key);
    return item && readRestriction(item, now);
  };
  const deviceRestriction = restrictionOf(keys.device);
  // An item of an unknown layout denies, whatever else it contains.
  const before = deviceRestriction?.unreadable?.includes("v") === true ? undefined : find(keys.device);
  const retired = [...keys.retirements].filter(([, key]) => isRetirement(find(key)));
  const { risk, unknownAttributes } = riskOf([find(keys.risk), find(keys.riskBefore)], now) ?? {};
  const state = {
    user: risk,
    userRestriction: restrictionOf(keys.user),
    sessionRestriction: restrictionOf(keys.session),
    deviceRestriction,
    device: readRegistration(find(keys.registration), before),
    retiredKeys: retired.length === 0 ? undefined : retired.map(([thumbprint]) => thumbprint),
    unknownAttributes,
  };
  const present = Object.entries(state).filter(([, value]) => value !== undefined);
  return { status: "known", ...Object.fromEntries(present) };
}

/**
 * The highest score that has not expired: while a version is deployed, two scorers may write to
 * different items.
 */
function riskOf(items: readonly (Item | undefined)[], now: EpochSeconds): StoredRisk | undefined {
  return items
    .flatMap((item) => (item === undefined ? [] : (readRisk(item, now) ?? [])))
    .toSorted((one, other) => other.risk.score - one.risk.score)[0];
}

function unavailable(why: string): RiskState {
  return { status: "unavailable", why };
}
