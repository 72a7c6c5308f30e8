import { createReadRiskState } from "../../aws/risk-table.ts";
import { createSaveRisk } from "../../aws/risk-writer.ts";
import { startTable } from "../support/aws/dynalite.ts";
import { access, alice, assessAll, CITIES, MORNING } from "../support/domain/accesses.ts";

let table: Awaited<ReturnType<typeof startTable>>;
beforeEach(async () => {
  table = await startTable();
});
afterEach(() => table.close());

const NIGHT = MORNING + 13 * 3600;
const calm = assessAll([access({ at: NIGHT })]);
const theft = assessAll([
  access({ at: NIGHT, place: CITIES.frankfurt, userAgent: "a" }),
  access({ at: NIGHT + 60, place: CITIES.singapore, userAgent: "b", path: "/api/admin" }),
]);
const riskRead = async (now: number) => {
  const state = await createReadRiskState(table.client, table.tableName)({ user: alice }, now);
  if (state.status !== "known") throw new Error(state.why);
  return state.user;
};

test("what is written is what the authorizer reads, until it expires", async () => {
  const save = createSaveRisk(table.client, table.tableName);
  await save(theft, 3, NIGHT + 61);
  expect(await riskRead(NIGHT + 61)).toEqual(theft.risk);
  expect(theft.risk).toMatchObject({ score: 75, elevatedAt: NIGHT + 60 });
  expect(await riskRead(NIGHT + 60 + 3600)).toBeUndefined();
});

test("an older version of the profile does not overwrite a newer one's risk; the same and a newer do", async () => {
  const save = createSaveRisk(table.client, table.tableName);
  await save(theft, 3, NIGHT + 61);
  await save(calm, 2, NIGHT + 61);
  expect(await riskRead(NIGHT + 61)).toEqual(theft.risk);
  await save(theft, 3, NIGHT + 61);
  await save(calm, 4, NIGHT + 61);
  expect(await riskRead(NIGHT + 61)).toEqual(calm.risk);
});

test("expired risk stands in nobody's way", async () => {
  const save = createSaveRisk(table.client, table.tableName);
  await save(calm, 500, NIGHT);
  await save(theft, 1, NIGHT + 3600);
  expect(await riskRead(NIGHT + 3600)).toEqual(theft.risk);
});

test("trouble with the table is a fault", async () => {
  await expect(createSaveRisk(table.client, "another")(calm, 1, NIGHT)).rejects.toThrow();
});
