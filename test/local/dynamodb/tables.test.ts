import { connect } from "node:net";
import {
  BatchGetItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { loadAssembly } from "../../../local/cloudformation/template.ts";
import { startTables, type Tables } from "../../../local/dynamodb/tables.ts";
import { type Fixture, writeAssembly } from "../../support/shop/assembly.ts";
import { clientConfig } from "../../support/shop/clients.ts";

const OPTIONS = { region: "eu-central-1", accountId: "000000000000", queueUrl: (name: string) => name };
const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" });
const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });

let fixture: Fixture;
let tables: Tables;
let client: DynamoDBClient;

beforeAll(async () => {
  fixture = writeAssembly({
    One: {
      Resources: {
        Global: {
          Type: "AWS::DynamoDB::GlobalTable",
          Properties: {
            AttributeDefinitions: [attribute("pk"), attribute("sk"), attribute("owner")],
            KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
            BillingMode: "PAY_PER_REQUEST",
            TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
            GlobalSecondaryIndexes: [
              {
                IndexName: "byOwner",
                KeySchema: [key("owner", "HASH")],
                Projection: { ProjectionType: "ALL" },
                WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 1 },
              },
            ],
            Replicas: [{ Region: "eu-central-1", PointInTimeRecoverySpecification: {} }],
          },
        },
        Single: {
          Type: "AWS::DynamoDB::Table",
          Properties: {
            TableName: "single",
            AttributeDefinitions: [attribute("pk")],
            KeySchema: [key("pk", "HASH")],
          },
        },
      },
    },
  });
  tables = await startTables(loadAssembly(fixture.dir, OPTIONS));
  client = new DynamoDBClient(clientConfig(tables.endpoint));
});
afterAll(async () => {
  client.destroy();
  await tables.close();
  fixture.remove();
});

test("every table of the template is there and active", async () => {
  for (const TableName of ["One-Global", "single"]) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({ TableName, TableStatus: "ACTIVE" });
  }
});

test("items can be written on a condition, read in a batch, and found by index", async () => {
  const Item = { pk: { S: "a" }, sk: { S: "1" }, owner: { S: "ann" } };
  const put = () =>
    client.send(
      new PutItemCommand({ TableName: "One-Global", Item, ConditionExpression: "attribute_not_exists(pk)" }),
    );
  await put();
  await expect(put()).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
  const read = await client.send(
    new BatchGetItemCommand({
      RequestItems: { "One-Global": { Keys: [{ pk: { S: "a" }, sk: { S: "1" } }], ConsistentRead: true } },
    }),
  );
  expect(read.Responses?.["One-Global"]).toEqual([Item]);
  const found = await client.send(
    new QueryCommand({
      TableName: "One-Global",
      IndexName: "byOwner",
      KeyConditionExpression: "#o = :o",
      ExpressionAttributeNames: { "#o": "owner" },
      ExpressionAttributeValues: { ":o": { S: "ann" } },
    }),
  );
  expect(found.Items).toEqual([Item]);
});

test("a table that dynalite refuses is an error, and nothing stays open", async () => {
  const odd = writeAssembly({
    Odd: { Resources: { Table: { Type: "AWS::DynamoDB::Table", Properties: { TableName: "x" } } } },
  });
  await expect(startTables(loadAssembly(odd.dir, OPTIONS))).rejects.toThrow("dynalite refuses CreateTable");
  odd.remove();
});

test("a client that breaks off half-way through its request does not disturb others", async () => {
  const { port } = new URL(tables.endpoint);
  for (const end of ["destroy", "resetAndDestroy"] as const) {
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket[end]();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await client.send(new DescribeTableCommand({ TableName: "single" }))).toMatchObject({
    Table: { TableStatus: "ACTIVE" },
  });
});

test("closing in the middle of requests ends them, and nothing else", async () => {
  const short = await startTables(loadAssembly(fixture.dir, OPTIONS));
  const others = new DynamoDBClient({ ...clientConfig(short.endpoint), maxAttempts: 1 });
  const puts = Array.from({ length: 40 }, (_, nth) =>
    others.send(new PutItemCommand({ TableName: "single", Item: { pk: { S: String(nth) } } })),
  );
  const settled = Promise.allSettled(puts);
  await Promise.race(puts);
  await short.close();
  // Whatever is still under way in there must have its time to go wrong.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await settled).some(({ status }) => status === "rejected")).toBe(true);
  others.destroy();
});
