import { createRestrict } from "../../aws/access-writer.ts";
import { createDeviceRegistry, MOST_KEYS } from "../../aws/device-registry.ts";
import { createReadRiskState } from "../../aws/risk-table.ts";
import { devicePartition } from "../../contract/table.ts";
import { startTable } from "./dynalite.ts";

const NOW = 1_790_000_000;
const owner = { issuer: "https://issuer.example", subject: "alice" };
const keyOf = (name: number | string) => ({
  method: "dpop" as const,
  thumbprint: String(name).padStart(43, "k"),
});
const device = { owner, keys: [keyOf(0)], enrolledAt: NOW };
const posture = { source: "jamf", compliant: true, assessedAt: NOW + 10, details: [] };

let table: Awaited<ReturnType<typeof startTable>>;
beforeEach(async () => {
  table = await startTable();
});
afterEach(() => table.close());
const registry = () => createDeviceRegistry(table.client, table.tableName);
const seen = async (deviceId: string) => {
  const state = await createReadRiskState(table.client, table.tableName)({ user: owner, deviceId }, NOW);
  return state.status === "known" ? state.device : state;
};

test("what is written is what the authorizer reads", async () => {
  const { enrol, attest, report, retire, read } = registry();
  expect(await enrol("d", device)).toBe(true);
  expect(await attest("d", keyOf(1), "add")).toBe(true);
  expect(await report("d", { ...posture, compliant: false, details: ["firewall-off"] })).toBe(true);
  const expected = {
    owner,
    keys: [keyOf(0), keyOf(1)],
    enrolledAt: NOW,
    posture: { ...posture, compliant: false, details: ["firewall-off"] },
  };
  expect(await seen("d")).toEqual(expected);
  expect(await read("d")).toEqual({ device: expected });
  expect(await retire("d", NOW + 20)).toBe(true);
  expect(await seen("d")).toEqual({ ...expected, retiredAt: NOW + 20 });
});

test("nobody enrols over a device that is there, or that was retired", async () => {
  const { enrol, retire, read } = registry();
  const thief = { ...device, owner: { ...owner, subject: "mallory" } };
  expect(await enrol("d", { ...device, keys: [] })).toBe(true);
  expect(await enrol("d", thief)).toBe(false);
  await retire("d", NOW);
  expect(await enrol("d", thief)).toBe(false);
  expect(await read("d")).toEqual({ device: { ...device, keys: [], retiredAt: NOW } });
});

test("what is not enrolled takes no key, no posture and no retirement", async () => {
  const { attest, report, retire, read } = registry();
  expect([
    await attest("d", keyOf(1), "add"),
    await attest("d", keyOf(1), "replace"),
    await report("d", posture),
    await retire("d", NOW),
  ]).toEqual([false, false, false, false]);
  expect(await read("d")).toEqual({});
});

test("a retired device takes no key and no posture, and stays retired since when it was", async () => {
  const { enrol, attest, report, retire, read } = registry();
  await enrol("d", device);
  await retire("d", NOW + 1);
  expect(await retire("d", NOW + 9)).toBe(true);
  expect([
    await attest("d", keyOf(1), "add"),
    await attest("d", keyOf(1), "replace"),
    await report("d", posture),
  ]).toEqual([false, false, false]);
  expect(await read("d")).toEqual({ device: { ...device, retiredAt: NOW + 1 } });
});

test("a later assessment is never overwritten by an earlier one", async () => {
  const { enrol, report, read } = registry();
  await enrol("d", device);
  expect(await report("d", { ...posture, compliant: false })).toBe(true);
  expect(await report("d", { ...posture, assessedAt: NOW + 9 })).toBe(false);
  expect(await read("d")).toMatchObject({ device: { posture: { compliant: false } } });
  expect(await report("d", posture)).toBe(true);
  expect(await read("d")).toMatchObject({ device: { posture: { compliant: true } } });
});

test("keys are a set with an end, and can be replaced whole", async () => {
  const { enrol, attest, read } = registry();
  await enrol("d", device);
  for (let number = 1; number < MOST_KEYS; number += 1) {
    expect(await attest("d", keyOf(number), "add")).toBe(true);
  }
  expect(await attest("d", keyOf("one-too-many"), "add")).toBe(false);
  expect(await attest("d", keyOf(3), "add")).toBe(true);
  expect((await read("d")).device?.keys).toHaveLength(MOST_KEYS);
  expect(await attest("d", keyOf("new"), "replace")).toBe(true);
  expect((await read("d")).device?.keys).toEqual([keyOf("new")]);
});

test("a quarantine and a registration stand in one item and leave each other alone", async () => {
  const { enrol, read } = registry();
  const restrict = createRestrict(table.client, table.tableName);
  await restrict(devicePartition("d"), { quarantinedUntil: NOW + 5 });
  expect(await read("d")).toEqual({ quarantinedUntil: NOW + 5 });
  expect(await enrol("d", device)).toBe(true);
  await restrict(devicePartition("d"), { quarantinedUntil: NOW + 7 });
  expect(await read("d")).toEqual({ device, quarantinedUntil: NOW + 7 });
});

test("an expiry does not take a registration with it", async () => {
  await table.put({ pk: "DEVICE#d", sk: "ACCESS", v: 1, quarantinedUntil: NOW - 9, expiresAt: NOW - 9 });
  await registry().enrol("d", device);
  expect(await seen("d")).toEqual(device);
});

test("an item of another layout version is left alone", async () => {
  await table.put({ pk: "DEVICE#d", sk: "ACCESS", v: 2 });
  const { enrol, read } = registry();
  expect(await enrol("d", device)).toBe(false);
  await expect(read("d")).rejects.toThrow("layout version");
});

test("two who enrol at once do not both succeed", async () => {
  const { enrol } = registry();
  const all = await Promise.all(
    ["a", "b", "c", "d"].map((subject) => enrol("d", { ...device, owner: { ...owner, subject } })),
  );
  expect(all.filter(Boolean)).toHaveLength(1);
});
