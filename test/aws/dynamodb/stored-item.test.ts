import { createRestrict } from "../../../aws/dynamodb/access-writer.ts";
import { createDeviceRegistry } from "../../../aws/dynamodb/device-registry.ts";
import { createReadProfile, createSaveProfile } from "../../../aws/dynamodb/profile-store.ts";
import { createReadRiskState } from "../../../aws/dynamodb/risk-table.ts";
import { createSaveRisk } from "../../../aws/dynamodb/risk-writer.ts";
import { checkLayout, isReadable, packJson, unpackJson } from "../../../aws/dynamodb/stored-item.ts";
import { type ItemKind, LAYOUT } from "../../../contract/table.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { access, alice, assessAll, MORNING } from "../../support/domain/accesses.ts";

const layouts = LAYOUT as Record<ItemKind, number>;
const released = { ...layouts };
afterEach(() => void Object.assign(layouts, released));

describe.each(Object.keys(LAYOUT) as ItemKind[])("the layout of %s", (kind) => {
  test("is read in its version and the one before, and in no other", () => {
    layouts[kind] = 3;
    const readable = [0, 1, 2, 3, 4, 2.5].filter((v) => isReadable(kind, { v: { N: String(v) } }));
    expect(readable).toEqual([2, 3]);
    layouts[kind] = 1;
    expect([0, 1, 2].filter((v) => isReadable(kind, { v: { N: String(v) } }))).toEqual([1]);
  });

  test("is not read without a version, or with one that is not a number", () => {
    expect(() => checkLayout(kind, {})).toThrow("(none)");
    expect(() => checkLayout(kind, { v: { S: "1" } })).toThrow("not a number");
    expect(() => checkLayout(kind, { v: { N: "7" } })).toThrow(
      "layout version 7; this version of Sallyport reads 1",
    );
  });
});

test("a version with later layouts reads, changes and carries on the items of the version before", async () => {
  const table = await startTable();
  const on = <T>(create: (client: typeof table.client, name: string) => T): T =>
    create(table.client, table.tableName);
  const assessed = assessAll([access({ at: MORNING })]);
  const device = { owner: alice, keys: [], enrolledAt: MORNING };
  const who = { kind: "device", deviceId: "d" } as const;
  const work = async (version: number) => {
    await on(createRestrict)(who, { quarantinedUntil: MORNING + version });
    await on(createSaveRisk)({ ...assessed, risk: { ...assessed.risk, score: version } }, version, MORNING);
    expect(await on(createSaveProfile)(alice, assessed.profile, version - 1)).toBe(true);
  };
  await work(1);
  await on(createDeviceRegistry).enrol("d", device);
  for (const kind of Object.keys(layouts) as ItemKind[]) layouts[kind] = 2;
  await work(2);
  expect(await on(createDeviceRegistry).retire("d", MORNING)).toBe(true);
  const state = { status: "known", user: { score: 2 }, deviceRestriction: { quarantinedUntil: MORNING + 2 } };
  const read = () => on(createReadRiskState)({ user: alice, deviceId: "d" }, MORNING);
  expect(await read()).toMatchObject({ ...state, device: { ...device, retiredAt: MORNING } });
  expect((await on(createReadProfile)(alice, MORNING)).version).toBe(2);
  for (const kind of Object.keys(layouts) as ItemKind[]) layouts[kind] = 4;
  expect(await read()).toMatchObject({
    status: "unavailable",
    why: expect.stringContaining("reads 3 and 4"),
  });
  await table.close();
});

test("a packed record comes back as it was, within its bound", async () => {
  const record = { routes: Array.from({ length: 1000 }, (_, index) => `GET /${index}`) };
  const packed = await packJson(record);
  expect(await unpackJson(packed, 100_000)).toEqual(record);
  await expect(unpackJson(packed, 100)).rejects.toThrow();
  await expect(unpackJson(undefined, 100)).rejects.toThrow("lacks its compressed record");
});
