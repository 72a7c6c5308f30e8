import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { createRestrict } from "../../../aws/dynamodb/access-writer.ts";
import { createDeviceRegistry } from "../../../aws/dynamodb/device-registry.ts";
import { createReadRiskState } from "../../../aws/dynamodb/risk-table.ts";
import { MOST_KEYS } from "../../../domain/evidence/device-registry.ts";
import { startTable } from "../../support/aws/dynalite.ts";

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

test("an enrolment never replaces a device that is enrolled or was retired", async () => {
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
  expect(await read("d")).toEqual({
    device: { ...device, retiredAt: NOW + 1 },
    retiredKeys: [keyOf(0).thumbprint],
  });
});

test("a retirement takes the device's keys with it, also under other ids", async () => {
  const { enrol, attest, retire, read } = registry();
  await enrol("d", device);
  await attest("d", keyOf(1), "add");
  await enrol("e", { ...device, keys: [keyOf(1), keyOf(2)] });
  await retire("d", NOW + 1);
  const retired = [keyOf(0).thumbprint, keyOf(1).thumbprint];
  expect(await read("d")).toMatchObject({ device: { retiredAt: NOW + 1 }, retiredKeys: retired });
  expect(await read("e")).toEqual({
    device: { ...device, keys: [keyOf(1), keyOf(2)] },
    retiredKeys: [keyOf(1).thumbprint],
  });
  const state = await createReadRiskState(table.client, table.tableName)(
    { user: owner, deviceId: "f", keys: [keyOf(0), keyOf(1), keyOf(2)].map((key) => key.thumbprint) },
    NOW,
  );
  expect(state).toEqual({ status: "known", retiredKeys: retired });
});

test("a key is retired by itself, enrolled or not, and stays so when it is enrolled", async () => {
  const { enrol, retire, read } = registry();
  const { thumbprint } = keyOf(1);
  const id = `key:${thumbprint}`;
  expect([await retire(id, NOW), await retire(id, NOW + 9)]).toEqual([true, true]);
  expect(await read(id)).toEqual({ retiredKeys: [thumbprint] });
  const keyless = { ...device, keys: [] };
  expect(await enrol(id, keyless)).toBe(true);
  expect(await read(id)).toEqual({ device: keyless, retiredKeys: [thumbprint] });
  expect(await retire("key:short", NOW)).toBe(false);
});

/** The registry on a table that runs `before` ahead of each write, which may fail it. */
const registryWith = (before: (partition: string) => Promise<void>) =>
  createDeviceRegistry(
    {
      send: async (command: UpdateItemCommand) => {
        if (command instanceof UpdateItemCommand) await before(String(command.input.Key?.pk?.S));
        return table.client.send(command);
      },
    } as unknown as typeof table.client,
    table.tableName,
  );

test.each([1, 2, 3])(
  "a retirement that breaks off before write %i is safe, and is done by doing it again",
  async (at) => {
    const { enrol, retire, read } = registry();
    const keys = [keyOf(0), keyOf(1)];
    await enrol("d", { ...device, keys });
    let writes = 0;
    const broken = registryWith(async () => {
      writes += 1;
      if (writes === at) throw new Error("broken off");
    });
    await expect(broken.retire("d", NOW)).rejects.toThrow("broken off");
    const { device: held, retiredKeys = [] } = await read("d");
    // Never the device without its keys.
    expect([retiredKeys.length, held?.retiredAt]).toEqual([at - 1, undefined]);
    expect(await retire("d", NOW + 5)).toBe(true);
    expect(await read("d")).toMatchObject({
      device: { retiredAt: NOW + 5 },
      retiredKeys: keys.map(({ thumbprint }) => thumbprint),
    });
  },
);

test("a key that is attested while the device is retired is retired, too", async () => {
  const { enrol, attest, read } = registry();
  await enrol("d", { ...device, keys: [] });
  let attested = 0;
  const raced = registryWith(async (partition) => {
    if (partition !== "REGISTRY#d" || attested === 2) return;
    attested += 1;
    await attest("d", keyOf(attested), "add");
  });
  expect(await raced.retire("d", NOW)).toBe(true);
  expect(await read("d")).toMatchObject({
    device: { retiredAt: NOW },
    retiredKeys: [keyOf(1).thumbprint, keyOf(2).thumbprint],
  });
  await enrol("e", device);
  let number = 0;
  const endless = registryWith(async (partition) => {
    number += 1;
    if (partition === "REGISTRY#e") await attest("e", keyOf(number), "replace");
  });
  await expect(endless.retire("e", NOW)).rejects.toThrow("retire it again");
});

test("an item of a key with another layout version stops a retirement before the device", async () => {
  const { enrol, retire } = registry();
  await enrol("d", device);
  await table.put({ pk: `DEVICE#key:${keyOf(0).thumbprint}`, sk: "KEY", v: 2 });
  await expect(retire("d", NOW)).rejects.toThrow("layout version");
  expect(await seen("d")).toEqual(device);
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

test("a quarantine and a registration leave each other alone", async () => {
  const { enrol, read } = registry();
  const restrict = createRestrict(table.client, table.tableName);
  await restrict({ kind: "device", deviceId: "d" }, { quarantinedUntil: NOW + 5 });
  expect(await read("d")).toEqual({ quarantinedUntil: NOW + 5 });
  expect(await enrol("d", device)).toBe(true);
  await restrict({ kind: "device", deviceId: "d" }, { quarantinedUntil: NOW + 7 });
  expect(await read("d")).toEqual({ device, quarantinedUntil: NOW + 7 });
});

test("what stands against a device and cannot be read is named", async () => {
  await table.put({ pk: "DEVICE#d", sk: "ACCESS", v: 1, quarantineUntil: NOW });
  expect(await registry().read("d")).toEqual({ unreadable: ["quarantineUntil"] });
});

test.each([
  ["ACCESS", "DEVICE#d"],
  ["REGISTRATION", "REGISTRY#d"],
])("an item %s of a later layout version is left alone", async (sk, pk) => {
  await table.put({ pk, sk, v: 2 });
  const { enrol, read } = registry();
  await expect(enrol("d", device)).rejects.toThrow("layout version");
  await expect(read("d")).rejects.toThrow("layout version");
});

/** As 0.1.0 enrolled a device. */
const enrolledBefore = {
  pk: "DEVICE#d",
  sk: "ACCESS",
  v: 1,
  ownerIssuer: owner.issuer,
  ownerSubject: owner.subject,
  keys: [`dpop:${keyOf(0).thumbprint}`],
  enrolledAt: NOW,
};

test("a device that 0.1.0 enrolled is read, changed and retired where it is, and is not enrolled over", async () => {
  await table.put({ ...enrolledBefore, quarantinedUntil: NOW + 5 });
  const { enrol, attest, report, retire, read } = registry();
  expect(await enrol("d", { ...device, owner: { ...owner, subject: "mallory" } })).toBe(false);
  expect(await attest("d", keyOf(1), "add")).toBe(true);
  expect(await report("d", posture)).toBe(true);
  expect(await retire("d", NOW + 1)).toBe(true);
  const expected = { ...device, keys: [keyOf(0), keyOf(1)], posture, retiredAt: NOW + 1 };
  expect(await seen("d")).toEqual(expected);
  expect(await read("d")).toEqual({
    device: expected,
    quarantinedUntil: NOW + 5,
    retiredKeys: [keyOf(0).thumbprint, keyOf(1).thumbprint],
  });
});

test("a device that 0.1.0 enrolled a second time is retired in both items, with the keys of both", async () => {
  const { enrol, retire, read } = registry();
  await enrol("d", { ...device, keys: [keyOf(1)] });
  await table.put(enrolledBefore);
  expect(await retire("d", NOW + 1)).toBe(true);
  expect(await seen("d")).toMatchObject({ retiredAt: NOW + 1 });
  expect(await read(`key:${keyOf(0).thumbprint}`)).toEqual({ retiredKeys: [keyOf(0).thumbprint] });
  expect(await read(`key:${keyOf(1).thumbprint}`)).toEqual({ retiredKeys: [keyOf(1).thumbprint] });
});

test("two who enrol at once do not both succeed", async () => {
  const { enrol } = registry();
  const all = await Promise.all(
    ["a", "b", "c", "d"].map((subject) => enrol("d", { ...device, owner: { ...owner, subject } })),
  );
  expect(all.filter(Boolean)).toHaveLength(1);
});
