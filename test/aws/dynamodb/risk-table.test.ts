import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createReadRiskState } from "../../../aws/dynamodb/risk-table.ts";
import { completePoints } from "../../../domain/risk/risk-state.ts";
import { startTable } from "../../support/aws/dynalite.ts";

const NOW = 1_790_000_000;
const user = { issuer: "https://issuer.example", subject: "alice" };
const factors = completePoints({ impossibleTravel: 30, failedAttempts: 25, sensitiveDataAccess: 20 });
const ACCESS = "USER#https://issuer.example|alice";
const risk = {
  pk: "RISK#https://issuer.example|alice",
  sk: "RISK",
  v: 1,
  score: 75,
  factors,
  updatedAt: NOW - 5,
  elevatedAt: NOW - 9,
  expiresAt: NOW + 100,
};

const THUMBPRINT = "abcdefghijklmnopqrstuvwxyz0123456789_-ABCDE";
const enrolled = {
  pk: "REGISTRY#d",
  sk: "REGISTRATION",
  v: 1,
  ownerIssuer: user.issuer,
  ownerSubject: user.subject,
  keys: [`mtls:${THUMBPRINT}`],
  enrolledAt: NOW - 9,
};

const accessItem = () => ({ pk: { S: ACCESS }, sk: { S: "ACCESS" }, v: { N: "1" } });

let table: Awaited<ReturnType<typeof startTable>>;
beforeEach(async () => {
  table = await startTable();
});
afterEach(() => table.close());
const read = (subjects: object = {}) =>
  createReadRiskState(table.client, table.tableName)({ user, ...subjects }, NOW);

describe("createReadRiskState", () => {
  test("knows nothing against a user without items", async () => {
    expect(await read({ sessionId: "s", deviceId: "d" })).toEqual({ status: "known" });
  });

  test("reads risk and every restriction in one call", async () => {
    await table.put(risk);
    await table.put({ pk: ACCESS, sk: "ACCESS", v: 1, notBefore: NOW - 3 });
    await table.put({ pk: "SESSION#https://issuer.example|s", sk: "ACCESS", v: 1, revokedAt: NOW - 2 });
    await table.put({ pk: "DEVICE#d", sk: "ACCESS", v: 1, quarantinedUntil: NOW + 50 });
    expect(await read({ sessionId: "s", deviceId: "d" })).toEqual({
      status: "known",
      user: { score: 75, factors, updatedAt: NOW - 5, elevatedAt: NOW - 9 },
      userRestriction: { notBefore: NOW - 3 },
      sessionRestriction: { revokedAt: NOW - 2 },
      deviceRestriction: { quarantinedUntil: NOW + 50 },
    });
  });

  test("reads what the registry holds of the device in the same call", async () => {
    const posture = { source: "jamf", compliant: false, assessedAt: NOW - 4, details: ["firewall-off"] };
    await table.put({ pk: "DEVICE#d", sk: "ACCESS", v: 1, quarantinedUntil: NOW + 50 });
    await table.put({ ...enrolled, retiredAt: NOW - 1, posture });
    expect(await read({ deviceId: "d" })).toEqual({
      status: "known",
      deviceRestriction: { quarantinedUntil: NOW + 50 },
      device: {
        owner: user,
        keys: [{ method: "mtls", thumbprint: THUMBPRINT }],
        enrolledAt: NOW - 9,
        retiredAt: NOW - 1,
        posture,
      },
    });
  });

  test("takes a device without keys for one that can prove nothing", async () => {
    const { keys: _, ...keyless } = enrolled;
    await table.put(keyless);
    expect(await read({ deviceId: "d" })).toMatchObject({ device: { keys: [] } });
  });

  test.each([
    ["another layout version", { ...enrolled, v: 2 }],
    ["no owner", { ...enrolled, ownerSubject: "" }],
    ["no moment of enrolment", { ...enrolled, enrolledAt: "today" }],
    ["a retirement that is no moment", { ...enrolled, retiredAt: "yes" }],
    ["only a retirement", { pk: "REGISTRY#d", sk: "REGISTRATION", v: 1, retiredAt: NOW }],
    ["only a retirement, as 0.1.0 kept it", { pk: "DEVICE#d", sk: "ACCESS", v: 1, retiredAt: NOW }],
    ["a registration that says nothing", { pk: "REGISTRY#d", sk: "REGISTRATION", v: 1 }],
    ["a key of another kind", { ...enrolled, keys: ["ssh:abc"] }],
    ["keys that are no set", { ...enrolled, keys: `mtls:${THUMBPRINT}` }],
    ["a posture that is no map", { ...enrolled, posture: "healthy" }],
    ["a posture without a verdict", { ...enrolled, posture: { source: "x", assessedAt: NOW } }],
    [
      "a posture whose verdict is text",
      { ...enrolled, posture: { source: "x", assessedAt: NOW, compliant: "false" } },
    ],
  ])("calls everything unavailable for a device with %s", async (_, item) => {
    await table.put(item);
    expect(await read({ deviceId: "d" })).toEqual({ status: "unavailable", why: expect.any(String) });
  });

  test("does not count items past their time, which DynamoDB removes late", async () => {
    await table.put({ ...risk, expiresAt: NOW });
    expect(await read()).toEqual({ status: "known" });
  });

  const without = (name: string) =>
    Object.fromEntries(Object.entries(factors).filter(([factor]) => factor !== name));

  test.each(Object.keys(factors))("counts 0 points for a live risk without the factor %s", async (name) => {
    await table.put({ ...risk, factors: without(name) });
    expect(await read()).toEqual({
      status: "known",
      user: { score: 75, factors: { ...factors, [name]: 0 }, updatedAt: NOW - 5, elevatedAt: NOW - 9 },
    });
  });

  test("reads a live risk with one more factor and attribute, and names them", async () => {
    await table.put({ ...risk, factors: { ...factors, leakedPassword: 40 }, model: "m" });
    expect(await read()).toEqual({
      status: "known",
      user: { score: 75, factors, updatedAt: NOW - 5, elevatedAt: NOW - 9 },
      unknownAttributes: ["model", "factors.leakedPassword"],
    });
  });

  test("counts the higher of the live risks of this version and of 0.1.0", async () => {
    await table.put({ ...risk, pk: ACCESS, score: 60 });
    expect(await read()).toMatchObject({ user: { score: 60 } });
    await table.put({ ...risk, score: 20 });
    expect(await read()).toMatchObject({ user: { score: 60 } });
    await table.put({ ...risk, score: 75 });
    expect(await read()).toMatchObject({ user: { score: 75 } });
    await table.put({ ...risk, pk: ACCESS, score: 90, expiresAt: NOW });
    expect(await read()).toMatchObject({ user: { score: 75 } });
  });

  test("takes a retirement in either item of a device that is registered twice", async () => {
    const before = { ...enrolled, pk: "DEVICE#d", sk: "ACCESS", ownerSubject: "mallory" };
    await table.put({ ...before, retiredAt: NOW - 1 });
    await table.put(enrolled);
    expect(await read({ deviceId: "d" })).toMatchObject({ device: { owner: user, retiredAt: NOW - 1 } });
    await table.put(before);
    await table.put({ ...enrolled, retiredAt: NOW - 2 });
    expect(await read({ deviceId: "d" })).toMatchObject({ device: { owner: user, retiredAt: NOW - 2 } });
  });

  test.each([
    ["milliseconds", { revokedAt: NOW * 1000 }, "revokedAt"],
    ["milliseconds", { notBefore: NOW * 1000 }, "notBefore"],
    ["milliseconds", { quarantinedUntil: NOW * 1000 }, "quarantinedUntil"],
    ["a far future", { revokedAt: NOW + 367 * 86_400 }, "revokedAt"],
    ["a far future", { quarantinedUntil: NOW + 101 * 366 * 86_400 }, "quarantinedUntil"],
    ["a negative number", { quarantinedUntil: -NOW }, "quarantinedUntil"],
    ["a text", { revokedAt: "2026-11-25T22:00:00Z" }, "revokedAt"],
    ["a text of digits", { notBefore: String(NOW) }, "notBefore"],
    ["a boolean", { quarantinedUntil: true }, "quarantinedUntil"],
    ["a misspelt name", { quarantineUntil: NOW + 50 }, "quarantineUntil"],
    ["another case", { revokedat: NOW }, "revokedat"],
    ["an unknown name", { lockedUntil: NOW + 50 }, "lockedUntil"],
    ["another layout version", { v: 2 }, "v"],
    ["a layout version that is text", { v: "1" }, "v"],
  ])("calls a restriction unreadable that has %s: %o", async (_, change, name) => {
    for (const [pk, who] of [
      [ACCESS, "userRestriction"],
      ["SESSION#https://issuer.example|s", "sessionRestriction"],
      ["DEVICE#d", "deviceRestriction"],
    ] as const) {
      await table.put({ pk, sk: "ACCESS", v: 1, ...change });
      expect(await read({ sessionId: "s", deviceId: "d" })).toMatchObject({ [who]: { unreadable: [name] } });
    }
  });

  test("calls a restriction without a layout version unreadable, and one with attributes of a registration only for a device", async () => {
    await table.put({ pk: ACCESS, sk: "ACCESS", revokedAt: NOW - 1 });
    expect(await read()).toEqual({
      status: "known",
      userRestriction: { revokedAt: NOW - 1, unreadable: ["v"] },
    });
    await table.put({ pk: ACCESS, sk: "ACCESS", v: 1, retiredAt: NOW - 1 });
    expect(await read()).toEqual({ status: "known", userRestriction: { unreadable: ["retiredAt"] } });
  });

  test("denies by an item of a device whose layout is unknown, whatever registration is in it", async () => {
    await table.put({ ...enrolled, pk: "DEVICE#d", sk: "ACCESS", v: 2, ownerSubject: "" });
    expect(await read({ deviceId: "d" })).toEqual({
      status: "known",
      deviceRestriction: { unreadable: ["v"] },
    });
  });

  test("counts restrictions and retirements past an expiry that they should not have", async () => {
    const expiresAt = NOW - 1;
    await table.put({ pk: ACCESS, sk: "ACCESS", v: 1, revokedAt: NOW - 9, expiresAt });
    await table.put({ pk: `DEVICE#key:${THUMBPRINT}`, sk: "KEY", v: 1, retiredAt: NOW - 9, expiresAt });
    expect(await read({ keys: [THUMBPRINT] })).toEqual({
      status: "known",
      userRestriction: { revokedAt: NOW - 9 },
      retiredKeys: [THUMBPRINT],
    });
  });

  test("tells a user from the same subject of another issuer", async () => {
    await table.put({ ...risk, pk: "RISK#https://other.example|alice" });
    expect(await read()).toEqual({ status: "known" });
  });

  test.each([
    ["another layout version", { ...risk, v: 2 }],
    ["no layout version", { ...risk, v: "1" }],
    ["no score", Object.fromEntries(Object.entries(risk).filter(([name]) => name !== "score"))],
    ["a score that is text", { ...risk, score: "75" }],
    ["a score out of range", { ...risk, score: 101 }],
    ["factors that are no map", { ...risk, factors: "none" }],
    ["a factor that is text", { ...risk, factors: { ...factors, unusualTime: "15" } }],
    ["an expiry that is text", { ...risk, expiresAt: "never" }],
  ])("calls risk unavailable for an item with %s", async (_, item) => {
    await table.put(item);
    expect(await read()).toEqual({ status: "unavailable", why: expect.any(String) });
  });

  test("calls risk unavailable when the table is missing or does not answer", async () => {
    expect(await createReadRiskState(table.client, "absent")({ user }, NOW)).toMatchObject({
      status: "unavailable",
    });
    const unreachable = new DynamoDBClient({
      endpoint: "http://127.0.0.1:9",
      region: "eu-central-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      maxAttempts: 1,
    });
    expect(await createReadRiskState(unreachable, "risk")({ user }, NOW)).toMatchObject({
      status: "unavailable",
    });
  });

  test.each([
    ["nothing", {}],
    ["no responses", { Responses: {} }],
    ["another table's", { Responses: { other: [] } }],
    ["null", { Responses: { risk: null } }],
    ["an item of somebody else", { Responses: { risk: [{ pk: { S: "USER#x|y" }, sk: { S: "RISK" } }] } }],
    ["an item without a key", { Responses: { risk: [{}] } }],
    ["an item twice", { Responses: { risk: [accessItem(), accessItem()] } }],
    [
      "an empty number",
      { Responses: { risk: [{ pk: { S: risk.pk }, sk: { S: "RISK" }, v: { N: "1" }, score: { N: "" } }] } },
    ],
  ])("calls risk unavailable when the answer holds %s", async (_, output) => {
    const client = { send: async () => output };
    expect(await createReadRiskState(client as never, "risk")({ user }, NOW)).toMatchObject({
      status: "unavailable",
    });
  });

  test("calls risk unavailable when a part is throttled, because that part may hold the revocation", async () => {
    const client = {
      send: async () => ({ Responses: { risk: [] }, UnprocessedKeys: { risk: { Keys: [{}] } } }),
    };
    const state = await createReadRiskState(client as never, "risk")({ user }, NOW);
    expect(state).toEqual({ status: "unavailable", why: "the table left keys unprocessed" });
  });
});
