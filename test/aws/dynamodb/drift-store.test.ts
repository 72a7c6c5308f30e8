import { createDriftStore } from "../../../aws/dynamodb/drift-store.ts";
import { type DriftLedger, LEDGER_VERSION } from "../../../domain/attach/drift-ledger.ts";
import { startTable } from "../../support/aws/dynalite.ts";

let table: Awaited<ReturnType<typeof startTable>>;
beforeEach(async () => {
  table = await startTable();
});
afterEach(() => table.close());
const store = () => createDriftStore(table.client, table.tableName);

function ledger(apiId: string, checkedAt: string, routes = 1): DriftLedger {
  return {
    version: LEDGER_VERSION,
    address: { accountId: "111122223333", region: "eu-central-1", apiId },
    kind: "rest",
    name: apiId,
    checkedAt,
    open: Array.from({ length: routes }, (_, index) => ({
      problem: {
        kind: "route-unguarded",
        subject: `GET /a/path/of/some/length/${index}`,
        severity: "HIGH",
        says: `GET /a/path/of/some/length/${index} no longer has an authorizer: it is open.`,
        remedy: "Run sallyport attach plan, then sallyport attach apply.",
      },
      since: "2026-11-21T12:00:00.000Z",
      sentAt: "2026-11-21T12:00:00.000Z",
    })),
  };
}

test("ledgers are read back, however many routes are open", async () => {
  const ledgers = [ledger("api1", "1"), ledger("api2", "1", 3000)];
  for (const one of ledgers) await store().save(one, undefined);
  expect(await store().list(unexpected)).toEqual(ledgers);
});

test("a writer never overwrites what it has not read", async () => {
  const { save } = store();
  await save(ledger("api1", "1"), undefined);
  await expect(save(ledger("api1", "2"), undefined)).rejects.toThrow("conditional");
  await save(ledger("api1", "2"), "1");
  await expect(save(ledger("api1", "3"), "1")).rejects.toThrow("conditional");
});

test("one that is removed is gone, and may be removed again", async () => {
  const { save, remove, list } = store();
  const one = ledger("api1", "1");
  await save(one, undefined);
  await remove(one.address);
  await remove(one.address);
  expect(await list(unexpected)).toEqual([]);
});

test("a ledger that cannot be read is reported, and hides no other", async () => {
  await table.put({ pk: "DRIFT", sk: "111122223333/eu-central-1/api1", v: 2, checkedAt: "1" });
  await store().save(ledger("api2", "1"), undefined);
  const announced: unknown[] = [];
  const found = await store().list((address, error) => announced.push(address, (error as Error).message));
  expect(found).toEqual([ledger("api2", "1")]);
  expect(announced).toEqual([
    { accountId: "111122223333", region: "eu-central-1", apiId: "api1" },
    expect.stringContaining("layout version 2"),
  ]);
  await table.put({ pk: "DRIFT", sk: "no address", v: 2, checkedAt: "1" });
  await expect(store().list(() => undefined)).rejects.toThrow("layout version 2");
});

function unexpected(_: unknown, error: unknown): never {
  throw error;
}
