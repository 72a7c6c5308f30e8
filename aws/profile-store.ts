import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { ITEM, riskPartition, TABLE, userPartition } from "../contract/table.ts";
import type { UserId } from "../domain/evidence/identity-evidence.ts";
import type { Episode, Profile, ReadProfile, SaveProfile } from "../domain/risk/profile.ts";
import { type FactorPoints, RISK_FACTORS } from "../domain/risk/risk-state.ts";
import { packProfile, unpackProfile } from "./profile-layout.ts";
import { checkLayout, holds, keyAttributes, layoutOf } from "./stored-item.ts";

type Item = Record<string, AttributeValue>;

/** Seconds after the newest access for which a profile is kept: 90 days. */
export const PROFILE_LIFE = 90 * 24 * 3600;

/** A client for work in the background: two attempts, each bounded so that Lambda's own retry comes in time. */
export function createProfileTableClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 2000, throwOnRequestTimeout: true },
  });
}

/**
 * Reads a user's profile, strongly consistent; where there is none, the one that 0.1.0 kept beside the user's restrictions.
 * A profile past its life counts as none, but keeps its version.
 *
 * @throws Error for an item of another layout version or one that cannot be unpacked; it is never overwritten
 */
export function createReadProfile(client: Pick<DynamoDBClient, "send">, tableName: string): ReadProfile {
  return async (user, now) => {
    const item =
      (await getItem(client, tableName, keyOf(user))) ?? (await getItem(client, tableName, keyBefore(user)));
    if (item === undefined) return { version: 0 };
    checkLayout("profile", item);
    const version = number(item, "version");
    if (number(item, TABLE.timeToLive) <= now) return { version };
    if (item.parts?.B === undefined) throw new Error("the profile lacks its attribute parts");
    const episode = item.episode?.M;
    return {
      version,
      profile: { ...unpackProfile(item.parts.B), ...(episode && { episode: readEpisode(episode) }) },
    };
  };
}

/** Writes a profile on the condition that nobody else did since it was read (optimistic lock). */
export function createSaveProfile(client: Pick<DynamoDBClient, "send">, tableName: string): SaveProfile {
  return async (user, profile, read) => {
    const Item = profileItem(user, profile, read + 1);
    const put = (condition: Condition) =>
      holds(() => client.send(new PutItemCommand({ TableName: tableName, Item, ...condition })));
    if (read === 0) return put(IS_FIRST);
    const isSaved = await put({
      ConditionExpression: "#version = :read AND #v <= :v",
      ExpressionAttributeNames: { "#version": "version", "#v": "v" },
      ExpressionAttributeValues: { ":read": { N: String(read) }, ":v": layoutOf("profile") },
    });
    if (isSaved) return true;
    // What was read may be the profile of 0.1.0, and this the first save since.
    const before = await getItem(client, tableName, keyBefore(user));
    return before?.version?.N === String(read) && put(IS_FIRST);
  };
}

type Condition = Partial<ConstructorParameters<typeof PutItemCommand>[0]>;
const IS_FIRST: Condition = { ConditionExpression: "attribute_not_exists(pk)" };

async function getItem(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
  Key: Item,
): Promise<Item | undefined> {
  const { Item: item } = (await client.send(
    new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }),
  )) as { Item?: Item };
  return item;
}

/** The item as it is stored; exported so that its size can be judged. */
export function profileItem(user: UserId, profile: Profile, version: number): Item {
  return {
    ...keyOf(user),
    v: layoutOf("profile"),
    version: { N: String(version) },
    parts: { B: packProfile(profile) },
    ...(profile.episode !== undefined && { episode: { M: episodeAttributes(profile.episode) } }),
    [TABLE.timeToLive]: { N: String(profile.at + PROFILE_LIFE) },
  };
}

function episodeAttributes(episode: Episode): Item {
  const { start, elevatedAt, score, factors, announcedAt, sent } = episode;
  return {
    start: { N: String(start) },
    ...(elevatedAt !== undefined && { elevatedAt: { N: String(elevatedAt) } }),
    score: { N: String(score) },
    factors: { L: RISK_FACTORS.map((factor) => ({ N: String(factors[factor]) })) },
    announcedAt: { N: String(announcedAt) },
    sent: { BOOL: sent },
  };
}

function readEpisode(item: Item): Episode {
  const points = item.factors?.L ?? [];
  const factors = RISK_FACTORS.map((factor, index) => [factor, numeric(points[index], factor)]);
  if (item.sent?.BOOL === undefined) throw new Error("attribute sent is not a boolean");
  return {
    start: number(item, "start"),
    ...(item.elevatedAt !== undefined && { elevatedAt: number(item, "elevatedAt") }),
    score: number(item, "score"),
    factors: Object.fromEntries(factors) as FactorPoints,
    announcedAt: number(item, "announcedAt"),
    sent: item.sent.BOOL,
  };
}

const keyOf = (user: UserId): Item => keyAttributes({ pk: riskPartition(user), sk: ITEM.profile });
const keyBefore = (user: UserId): Item => keyAttributes({ pk: userPartition(user), sk: ITEM.profile });
const number = (item: Item, name: string): number => numeric(item[name], name);

function numeric(attribute: AttributeValue | undefined, name: string): number {
  const value = attribute?.N === undefined ? Number.NaN : Number(attribute.N);
  if (!Number.isFinite(value)) throw new Error(`attribute ${name} is not a number`);
  return value;
}
