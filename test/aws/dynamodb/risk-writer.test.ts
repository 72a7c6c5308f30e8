import { type AttributeValue, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { createReadRiskState } from "../../../aws/dynamodb/risk-table.ts";
import { createSaveRisk } from "../../../aws/dynamodb/risk-writer.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { access, alice, assessAll, CITIES, MORNING } from "../../support/domain/accesses.ts";

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

test("expired risk does not block a write", async () => {
  const save = createSaveRisk(table.client, table.tableName);
  await save(calm, 500, NIGHT);
  await save(theft, 1, NIGHT + 3600);
  expect(await riskRead(NIGHT + 3600)).toEqual(theft.risk);
});

const stored = async () => {
  const { Item } = await table.client.send(
    new GetItemCommand({
      TableName: table.tableName,
      Key: { pk: { S: `RISK#${alice.issuer}|${alice.subject}` }, sk: { S: "RISK" } },
    }),
  );
  return Item;
};
const change = (UpdateExpression: string, values: Record<string, AttributeValue>) =>
  table.client.send(
    new UpdateItemCommand({
      TableName: table.tableName,
      Key: { pk: { S: `RISK#${alice.issuer}|${alice.subject}` }, sk: { S: "RISK" } },
      UpdateExpression,
      ExpressionAttributeValues: values,
    }),
  );

test("attributes and factors that another version wrote are kept, until the item has expired", async () => {
  const save = createSaveRisk(table.client, table.tableName);
  await save(theft, 3, NIGHT + 61);
  await change("SET factors.leakedPassword = :points, model = :model REMOVE factors.unusualTime", {
    ":points": { N: "40" },
    ":model": { S: "m" },
  });
  await save(calm, 4, NIGHT + 62);
  expect(await stored()).toMatchObject({
    model: { S: "m" },
    factors: {
      M: { leakedPassword: { N: "40" }, unusualTime: { N: String(calm.risk.factors.unusualTime) } },
    },
  });
  expect(await stored()).not.toHaveProperty("elevatedAt");
  expect(await riskRead(NIGHT + 62)).toEqual(calm.risk);
  await save(theft, 5, NIGHT + 9000);
  expect(await stored()).not.toHaveProperty("model");
  expect((await stored())?.factors?.M).not.toHaveProperty("leakedPassword");
});

test("a live item of a later layout is left alone, and an expired one is replaced", async () => {
  const save = createSaveRisk(table.client, table.tableName);
  await save(theft, 3, NIGHT + 61);
  await change("SET v = :v", { ":v": { N: "2" } });
  await save(calm, 4, NIGHT + 62);
  expect(await stored()).toMatchObject({ v: { N: "2" }, score: { N: "75" } });
  await save(calm, 4, NIGHT + 9000);
  expect(await stored()).toMatchObject({ v: { N: "1" } });
});

test("trouble with the table is a fault", async () => {
  await expect(createSaveRisk(table.client, "another")(calm, 1, NIGHT)).rejects.toThrow();
});
