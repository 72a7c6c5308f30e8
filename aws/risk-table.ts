import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import {
  devicePartition,
  ITEM,
  ITEM_VERSION,
  keyPartition,
  sessionPartition,
  type TableKey,
  userPartition,
} from "../contract/table.ts";
import {
  type FactorPoints,
  type ReadRiskState,
  type Restriction,
  RISK_FACTORS,
  type RiskState,
  type RiskSubjects,
  type UserRisk,
} from "../domain/risk/risk-state.ts";
import type { EpochSeconds } from "../domain/time.ts";
import { isRetirement, readDevice } from "./device-layout.ts";

type Item = NonNullable<NonNullable<BatchGetItemCommandOutput["Responses"]>[string]>[number];

/** Milliseconds for both attempts together */
const LONGEST_READ = 1500;

/** A client for the decision path: two attempts, each bounded, so that a slow table becomes an answer in time. */
export function createRiskTableClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 500, throwOnRequestTimeout: true },
  });
}

/**
 * Reads all that stands for or against a request in one strongly consistent BatchGetItem.
 *
 * Items past `expiresAt` do not count: DynamoDB removes them up to two days late. An item of another layout version, a
 * throttled part or any error makes the whole state `unavailable`; half an answer could lack just the revocation.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export function createReadRiskState(client: Pick<DynamoDBClient, "send">, tableName: string): ReadRiskState {
  return async (subjects, now) => {
    try {
      const { risk, access, retirements } = keysOf(subjects);
      const keys = [risk, ...Object.values(access), ...retirements.values()];
      const output = (await client.send(
        new BatchGetItemCommand({
          RequestItems: {
            [tableName]: {
              ConsistentRead: true,
              Keys: keys.map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } })),
            },
          },
        }),
        // The client's own time limits end with the headers of the answer; this one covers its body too.
        { abortSignal: AbortSignal.timeout(LONGEST_READ) },
      )) as BatchGetItemCommandOutput;
      if (Object.keys(output.UnprocessedKeys ?? {}).length > 0)
        return unavailable("the table left keys unprocessed");
      const items = output.Responses?.[tableName];
      // The table's list is there even when it is empty; an answer without it is not DynamoDB's, and says nothing.
      if (!Array.isArray(items)) return unavailable("the answer does not speak of the table");
      return stateOf(items, subjects, now);
    } catch (error) {
      return unavailable(
        error instanceof Error ? `${error.name}: ${error.message}` : "the table could not be read",
      );
    }
  };
}

function keysOf({ user, sessionId, deviceId, keys = [] }: RiskSubjects) {
  const access: Record<"user" | "session" | "device", TableKey | undefined> = {
    user: { pk: userPartition(user), sk: ITEM.access },
    session:
      sessionId === undefined ? undefined : { pk: sessionPartition(user.issuer, sessionId), sk: ITEM.access },
    device: deviceId === undefined ? undefined : { pk: devicePartition(deviceId), sk: ITEM.access },
  };
  const present = Object.fromEntries(Object.entries(access).filter(([, key]) => key !== undefined));
  return {
    risk: { pk: userPartition(user), sk: ITEM.risk },
    access: present as Record<string, TableKey>,
    // By thumbprint, so that nothing is asked for twice: DynamoDB refuses such a question.
    retirements: new Map(
      keys.map((thumbprint) => [thumbprint, { pk: keyPartition(thumbprint), sk: ITEM.key }] as const),
    ),
  };
}

function stateOf(items: readonly Item[], subjects: RiskSubjects, now: EpochSeconds): RiskState {
  const { risk, access, retirements } = keysOf(subjects);
  const asked = [risk, ...Object.values(access), ...retirements.values()];
  const found = new Map<TableKey, Item>();
  for (const item of items) {
    const key = asked.find(({ pk, sk }) => item.pk?.S === pk && item.sk?.S === sk);
    if (key === undefined || found.has(key))
      throw new Error("the answer holds an item that was not asked for");
    found.set(key, item);
  }
  const find = (key: TableKey | undefined): Item | undefined => {
    const item = key && found.get(key);
    return item !== undefined && isCurrent(item, now) ? item : undefined;
  };
  const userRisk = readUserRisk(find(risk));
  const restrictions = {
    userRestriction: readRestriction(find(access.user)),
    sessionRestriction: readRestriction(find(access.session)),
    deviceRestriction: readRestriction(find(access.device)),
  };
  const held = find(access.device);
  const device = held && readDevice(held);
  const retired = [...retirements].filter(([, key]) => isRetirement(find(key)));
  const retiredKeys = retired.length === 0 ? undefined : retired.map(([thumbprint]) => thumbprint);
  const present = Object.entries({ user: userRisk, ...restrictions, device, retiredKeys }).filter(
    ([, value]) => value !== undefined,
  );
  return { status: "known", ...Object.fromEntries(present) };
}

function isCurrent(item: Item, now: EpochSeconds): boolean {
  if (item.v?.N !== String(ITEM_VERSION)) throw new Error(`item ${item.sk?.S} has an unknown layout version`);
  const expiresAt = optionalNumber(item, "expiresAt");
  return expiresAt === undefined || now < expiresAt;
}

function readUserRisk(item: Item | undefined): UserRisk | undefined {
  if (item === undefined) return undefined;
  const elevatedAt = optionalNumber(item, "elevatedAt");
  const points = item.factors?.M ?? {};
  const factors = RISK_FACTORS.map((factor) => [factor, number(points, factor)]);
  const score = number(item, "score");
  if (score < 0 || score > 100) throw new Error("a score is out of range");
  return {
    // Policies compare whole numbers; a fraction counts upwards.
    score: Math.ceil(score),
    factors: Object.fromEntries(factors) as FactorPoints,
    updatedAt: number(item, "updatedAt"),
    ...(elevatedAt !== undefined && { elevatedAt: Math.ceil(elevatedAt) }),
  };
}

function readRestriction(item: Item | undefined): Restriction | undefined {
  if (item === undefined) return undefined;
  const moments = (["notBefore", "revokedAt", "quarantinedUntil"] as const).map(
    (name) => [name, optionalNumber(item, name)] as const,
  );
  return Object.fromEntries(moments.filter(([, value]) => value !== undefined));
}

function number(item: Item, name: string): number {
  const value = optionalNumber(item, name);
  if (value === undefined) throw new Error(`attribute ${name} is missing`);
  return value;
}

function optionalNumber(item: Item, name: string): number | undefined {
  const attribute = item[name];
  if (attribute === undefined) return undefined;
  // Number("") is 0.
  const value = /^-?\d/.test(attribute.N ?? "") ? Number(attribute.N) : Number.NaN;
  if (!Number.isFinite(value)) throw new Error(`attribute ${name} is not a number`);
  return value;
}

function unavailable(why: string): RiskState {
  return { status: "unavailable", why };
}
