import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { ITEM, riskPartition, TABLE, userPartition } from "../../contract/table.ts";
import type { UserId } from "../../domain/evidence/identity.ts";
import type { Episode, Profile, ReadProfile, SaveProfile } from "../../domain/risk/profile.ts";
import { completePoints } from "../../domain/risk/risk-state.ts";
import { packParts, pointsByKey, pointsByName, unpackParts } from "./profile-layout.ts";
import { FACTORS_1, unpackProfile1 } from "./profile-layout-1.ts";
import { checkLayout, holds, keyAttributes, layoutOf, number } from "./stored-item.ts";

type Item = Record<string, AttributeValue>;

/** Seconds after the newest access for which a profile is kept: 90 days. */
export const PROFILE_LIFE = 90 * 24 * 3600;

/**
 * A client for work in the background: two attempts, each bounded so that Lambda's own retry comes
 * in time.
 */
export function createProfileTableClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 2000, throwOnRequestTimeout: true },
  });
}

/**
 * Reads a user's profile, strongly consistent; where there is none, the one that 0.1.0 kept beside
 * the user's restrictions. A profile past its life counts as none, but keeps its version.
 *
 * @throws Error for an item of another layout version or one that cannot be unpacked; it is never
 *   overwritten
 */
export function createReadProfile(client: Pick<DynamoDBClient, "send">, tableName: string): ReadProfile {
  return async (user, now) => {
    const item =
      (await getItem(client, tableName, keyOf(user))) ?? (await getItem(client, tableName, keyBefore(user)));
    if (item === undefined) return { version: 0 };
    checkLayout("profile", item);
    const version = number(item, "version");
    if (number(item, TABLE.timeToLive) <= now) return { version };
    const episode = item.episode?.M;
    return { version, profile: { ...readParts(item), ...(episode && { episode: readEpisode(episode) }) } };
  };
}

/**
 * Writes a profile on the condition that no one else did since it was read (optimistic lock).
 * Attributes, parts and points that this version does not know stay as they are: another version
 * may be writing them.
 */
export function createSaveProfile(client: Pick<DynamoDBClient, "send">, tableName: string): SaveProfile {
  return async (user, profile, read) => {
    const update = (condition: Condition) =>
      holds(() => client.send(updateProfile(tableName, user, profile, read + 1, condition)));
    if (read === 0) return update(IS_FIRST);
    const isSaved = await update({
      expression: "#version = :read AND #v <= :v",
      values: { ":read": { N: String(read) } },
    });
    if (isSaved) return true;
    // What was read may be the profile of 0.1.0, and this the first save since.
    const before = await getItem(client, tableName, keyBefore(user));
    return before?.version?.N === String(read) && update(IS_FIRST);
  };
}

interface Condition {
  readonly expression: string;
  readonly values: Item;
}

const IS_FIRST: Condition = { expression: "attribute_not_exists(pk)", values: {} };

function updateProfile(
  TableName: string,
  user: UserId,
  profile: Profile,
  version: number,
  { expression, values }: Condition,
): UpdateItemCommand {
  const attributes = profileAttributes(profile, version);
  const names = [...Object.keys(attributes), "episode"];
  const set = Object.keys(attributes).map((name) => `#${name} = :${name}`);
  const remove = attributes.episode === undefined ? " REMOVE #episode" : "";
  return new UpdateItemCommand({
    TableName,
    Key: keyOf(user),
    UpdateExpression: `SET ${set.join(", ")}${remove}`,
    ConditionExpression: expression,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
      ...values,
    },
  });
}

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
export const profileItem = (user: UserId, profile: Profile, version: number): Item => ({
  ...keyOf(user),
  ...profileAttributes(profile, version),
});

function profileAttributes(profile: Profile, version: number): Item {
  const parts = Object.entries(packParts(profile)).map(([key, B]) => [key, { B }] as const);
  return {
    v: layoutOf("profile"),
    version: { N: String(version) },
    at: { N: String(profile.at) },
    parts: { M: Object.fromEntries(parts) },
    ...(profile.episode !== undefined && { episode: { M: episodeAttributes(profile.episode) } }),
    [TABLE.timeToLive]: { N: String(profile.at + PROFILE_LIFE) },
  };
}

function readParts(item: Item): Profile {
  // Layout version 1 has all parts, and the time of the newest access, in one run of bytes.
  if (item.parts?.B !== undefined) return unpackProfile1(item.parts.B);
  if (item.parts?.M === undefined) throw new Error("the profile lacks its attribute parts");
  const parts = Object.entries(item.parts.M).map(([key, { B }]) => {
    if (B === undefined) throw new Error(`part ${key} of the profile is not binary`);
    return [key, B] as const;
  });
  return { at: number(item, "at"), ...unpackParts(Object.fromEntries(parts)) };
}

function episodeAttributes(episode: Episode): Item {
  const { start, elevatedAt, score, factors, announcedAt, sent } = episode;
  const points = Object.entries(pointsByKey(factors)).map(([key, N]) => [key, { N: String(N) }] as const);
  return {
    start: { N: String(start) },
    ...(elevatedAt !== undefined && { elevatedAt: { N: String(elevatedAt) } }),
    score: { N: String(score) },
    factors: { M: Object.fromEntries(points) },
    announcedAt: { N: String(announcedAt) },
    sent: { BOOL: sent },
  };
}

function readEpisode(item: Item): Episode {
  if (item.sent?.BOOL === undefined) throw new Error("attribute sent is not a boolean");
  return {
    start: number(item, "start"),
    ...(item.elevatedAt !== undefined && { elevatedAt: number(item, "elevatedAt") }),
    score: number(item, "score"),
    factors: readPoints(item),
    announcedAt: number(item, "announcedAt"),
    sent: item.sent.BOOL,
  };
}

function readPoints({ factors }: Item): Episode["factors"] {
  // Layout version 1 has the points as a list.
  if (factors?.L !== undefined) {
    const points = Object.fromEntries(factors.L.entries());
    return completePoints(
      Object.fromEntries(FACTORS_1.map((name, index) => [name, number(points, `${index}`)])),
    );
  }
  if (factors?.M === undefined) throw new Error("attribute factors is not a map");
  const points = factors.M;
  return pointsByName(Object.fromEntries(Object.keys(points).map((key) => [key, number(points, key)])));
}

const keyOf = (user: UserId): Item => keyAttributes({ pk: riskPartition(user), sk: ITEM.profile });
const keyBefore = (user: UserId): Item => keyAttributes({ pk: userPartition(user), sk: ITEM.profile });
