import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  createReadProfile,
  createSaveProfile,
  PROFILE_LIFE,
  profileItem,
} from "../../../aws/dynamodb/profile-store.ts";
import { assess } from "../../../domain/risk/assess.ts";
import type { Profile } from "../../../domain/risk/profile.ts";
import { completePoints } from "../../../domain/risk/risk-state.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { access, alice, digest, MORNING, scoring } from "../../support/domain/accesses.ts";

const at = (index: number) => MORNING - index;
/** As long as the authorizer's ids: 16 random bytes in base64url. */
const id = (name: string) => digest(name).slice(0, 21).concat("A");

/** A profile that is full to its bounds. */
const full: Profile = {
  at: MORNING,
  parts: {
    impossibleTravel: {
      stays: Array.from({ length: 6 }, (_, index) => ({
        latitude: index === 0 ? -90 : 12.34,
        longitude: index === 0 ? 180 : -179.99,
        first: at(700 - 2 * index),
        last: at(699 - 2 * index),
        event: id(`stay${index}`),
      })),
      settled: { at: at(800), from: id("from"), to: id("to"), kilometres: 20_015, seconds: 86_400 },
    },
    unusualTime: { at: at(3), event: id("unusual") },
    failedAttempts: {
      failures: Array.from({ length: 20 }, (_, index) => ({
        at: at(20 - index),
        mark: digest(`f${index}`).slice(0, 4),
      })),
      last: { at: at(1), event: id("failure") },
    },
    sensitiveDataAccess: { at: at(4), event: id("sensitive") },
    anomalousBehavior: {
      agents: Array.from({ length: 12 }, (_, index) => ({
        fingerprint: digest(`a${index}`).slice(0, 8),
        first: at(900 - index),
        last: at(index),
      })),
      newest: { at: at(2), event: id("agent") },
    },
  },
  episode: {
    start: at(10),
    elevatedAt: at(9),
    score: 100,
    factors: completePoints({
      impossibleTravel: 30,
      unusualTime: 15,
      failedAttempts: 25,
      sensitiveDataAccess: 20,
      anomalousBehavior: 10,
    }),
    announcedAt: MORNING * 1000 + 1,
    sent: false,
  },
};
const small: Profile = { at: MORNING, parts: {} };

let table: Awaited<ReturnType<typeof startTable>>;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.close());
const ports = () => ({
  read: createReadProfile(table.client, table.tableName),
  save: createSaveProfile(table.client, table.tableName),
});
const user = (subject: string) => ({ ...alice, subject });

test("an unknown user has no profile and version 0", async () => {
  expect(await ports().read(user("unknown"), MORNING)).toEqual({ version: 0 });
});

test.each([
  ["full", full],
  ["small", small],
])("a %s profile comes back as it was saved, and each save counts", async (name, profile) => {
  const { read, save } = ports();
  expect(await save(user(name), profile, 0)).toBe(true);
  expect(await read(user(name), MORNING)).toEqual({ profile, version: 1 });
  expect(await save(user(name), small, 1)).toBe(true);
  expect(await read(user(name), MORNING)).toEqual({ profile: small, version: 2 });
});

test("a save on an older version changes nothing and says so", async () => {
  const { read, save } = ports();
  await save(user("locked"), full, 0);
  await save(user("locked"), full, 1);
  for (const version of [0, 1, 3]) expect(await save(user("locked"), small, version)).toBe(false);
  expect(await read(user("locked"), MORNING)).toEqual({ profile: full, version: 2 });
});

test("a full profile with a key of 130 bytes stays under a kilobyte, one write unit", async () => {
  const longest = { issuer: `https://${"i".repeat(52)}.example`, subject: "s".repeat(56) };
  const Item = profileItem(longest, full, 123_456);
  expect(Item.pk?.S).toHaveLength(130);
  const { ConsumedCapacity } = await table.client.send(
    new PutItemCommand({ TableName: table.tableName, Item, ReturnConsumedCapacity: "TOTAL" }),
  );
  expect(ConsumedCapacity?.CapacityUnits).toBe(1);
});

test("a profile past its life counts as none, and the next save still takes its place", async () => {
  const { read, save } = ports();
  await save(user("old"), full, 0);
  const later = MORNING + PROFILE_LIFE;
  expect((await read(user("old"), later - 1)).profile).toEqual(full);
  expect(await read(user("old"), later)).toEqual({ version: 1 });
  expect(await save(user("old"), { ...small, at: later }, 1)).toBe(true);
});

const { parts: { M: fullParts = {} } = {}, episode: { M: fullEpisode = {} } = {} } = profileItem(
  alice,
  full,
  1,
);

const stored = async (subject: string) =>
  (
    await table.client.send(
      new GetItemCommand({
        TableName: table.tableName,
        Key: { pk: { S: `RISK#${alice.issuer}|${subject}` }, sk: { S: "PROFILE" } },
      }),
    )
  ).Item;

test.each([
  ["of another layout", { v: { N: "3" } }, "layout version"],
  ["without its parts", { parts: { NULL: true as const } }, "parts"],
  ["without the time of its newest access", { at: { NULL: true as const } }, "at"],
  ["with a part that is not binary", { parts: { M: { travel: { S: "far" } } } }, "travel"],
  [
    "with a part that is cut short",
    { parts: { M: { hour: { B: new Uint8Array([1, 2, 3]) } } } },
    "too early",
  ],
  [
    "with a part that has a tail",
    { parts: { M: { hour: { B: Uint8Array.from([...(fullParts.hour?.B ?? []), 7]) } } } },
    "unusualTime holds more bytes",
  ],
  ["of layout 1, cut short", { v: { N: "1" }, parts: { B: new Uint8Array([1, 2, 3]) } }, "too early"],
  ["whose version is a text", { version: { S: "1" } }, "version"],
  ["with half an episode", { episode: { M: { start: { N: "1" } } } }, "sent"],
  [
    "with an episode whose points are a text",
    { episode: { M: { ...fullEpisode, factors: { M: { travel: { S: "30" } } } } } },
    "travel",
  ],
])("a profile %s is a fault, and is not overwritten", async (name, change, message) => {
  const { read, save } = ports();
  const Item = { ...profileItem(user(name), small, 1), ...change };
  await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
  await expect(read(user(name), MORNING)).rejects.toThrow(message);
  if (name === "of another layout") {
    expect(await save(user(name), full, 1)).toBe(false);
    expect(await stored(name)).toMatchObject({ v: { N: "3" } });
  }
});

test("a profile that 0.1.0 kept beside the restrictions is carried on, once", async () => {
  const { read, save } = ports();
  const before = { ...profileItem(user("carried"), full, 7), pk: { S: `USER#${alice.issuer}|carried` } };
  await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: before }));
  expect(await read(user("carried"), MORNING)).toEqual({ profile: full, version: 7 });
  expect(await save(user("carried"), small, 7)).toBe(true);
  expect(await save(user("carried"), full, 7)).toBe(false);
  expect(await read(user("carried"), MORNING)).toEqual({ profile: small, version: 8 });
});

test("what a later version keeps of a user outlives a write by this one", async () => {
  const { read, save } = ports();
  const later = profileItem(user("rolling"), full, 7);
  const Item = {
    ...later,
    parts: { M: { ...fullParts, weekday: { B: new Uint8Array([9, 8, 7]) } } },
    episode: { M: { ...fullEpisode, factors: { M: { travel: { N: "30" }, weekday: { N: "10" } } } } },
    baseline: { S: "of a later version" },
  };
  await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
  const { profile, version } = await read(user("rolling"), MORNING);
  expect([profile?.parts, version]).toEqual([full.parts, 7]);
  const next = access({ at: MORNING + 60, user: user("rolling"), userAgent: "another" });
  const { profile: assessed } = assess(profile, next, scoring, next.at * 1000);
  expect(assessed.parts).not.toEqual(full.parts);
  expect(await save(user("rolling"), assessed, 7)).toBe(true);
  expect(await stored("rolling")).toMatchObject({
    version: { N: "8" },
    at: { N: `${next.at}` },
    parts: { M: { weekday: { B: new Uint8Array([9, 8, 7]) } } },
    episode: { M: { factors: { M: { travel: { N: "30" }, weekday: { N: "10" } } } } },
    baseline: { S: "of a later version" },
  });
});

test("an episode that is over is taken out of the item", async () => {
  const { read, save } = ports();
  const { episode: _, ...calm } = full;
  await save(user("calm"), full, 0);
  await save(user("calm"), calm, 1);
  expect(await read(user("calm"), MORNING)).toEqual({ profile: calm, version: 2 });
});

test("a table that fails is a fault, not a conflict", async () => {
  await expect(createSaveProfile(table.client, "another")(alice, small, 0)).rejects.toThrow();
  await expect(createReadProfile(table.client, "another")(alice, MORNING)).rejects.toThrow();
});
