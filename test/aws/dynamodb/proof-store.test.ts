import http from "node:http";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { createReadNonceSecret, createRememberProof } from "../../../aws/dynamodb/proof-store.ts";
import { createRiskTableClient } from "../../../aws/dynamodb/risk-table.ts";
import { closeServer, listenOnFreePort } from "../../../local/listen.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { clientConfig } from "../../support/shop/clients.ts";

const NOW = 1_790_000_000_000;
const SOON = NOW / 1000 + 65;
const JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

let table: Awaited<ReturnType<typeof startTable>>;
let second: DynamoDBClient;
beforeAll(async () => {
  table = await startTable();
  second = new DynamoDBClient(clientConfig(table.endpoint));
});
afterAll(() => {
  second.destroy();
  return table.close();
});

const storeAt = (now: number, client: Pick<DynamoDBClient, "send"> = table.client) =>
  createRememberProof(client, table.tableName, () => now);

test("takes a proof once, whichever environment it comes to", async () => {
  const [one, other] = [storeAt(NOW), storeAt(NOW, second)];
  expect(await one(JKT, "a", SOON)).toBe("first");
  expect(await other(JKT, "a", SOON)).toBe("replayed");
  expect(await one(JKT, "a", SOON)).toBe("replayed");
  expect(await other(JKT, "b", SOON)).toBe("first");
  expect(await other(`${JKT.slice(0, -1)}Q`, "a", SOON)).toBe("first");
});

test("takes one of many that come at once", async () => {
  const stores = [storeAt(NOW), storeAt(NOW, second)];
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => stores[index % 2]?.(JKT, "rush", SOON)),
  );
  expect(answers.filter((answer) => answer === "first")).toHaveLength(1);
  expect(answers.filter((answer) => answer === "replayed")).toHaveLength(39);
});

test("forgets a proof only when it has not counted for a while, though DynamoDB deletes late", async () => {
  expect(await storeAt(NOW)(JKT, "old", SOON)).toBe("first");
  expect(await storeAt(NOW + 125_000)(JKT, "old", SOON)).toBe("replayed");
  expect(await storeAt(NOW + 126_000)(JKT, "old", SOON + 126)).toBe("first");
});

test("tells ids apart that are long or odd, and keeps them out of the table", async () => {
  const store = storeAt(NOW);
  for (const jti of ["#", "NONCE", "a".repeat(5000), `${"a".repeat(5000)}b`, "\ud800", " ", "ä"]) {
    expect(await store(JKT, jti, SOON)).toBe("first");
    expect(await store(JKT, jti, SOON)).toBe("replayed");
  }
});

test("takes a proof whose first attempt was written and not heard of", async () => {
  // What the SDK does when an answer is lost: the same command goes out again.
  const twice = {
    send: async (...given: Parameters<DynamoDBClient["send"]>) => {
      await table.client.send(...given);
      return table.client.send(...given);
    },
  } as Pick<DynamoDBClient, "send">;
  expect(await storeAt(NOW, twice)(JKT, "retried", SOON)).toBe("first");
  expect(await storeAt(NOW)(JKT, "retried", SOON)).toBe("replayed");
});

test("says that it is unavailable when the table is not there", async () => {
  const store = createRememberProof(table.client, "another", () => NOW);
  expect(await store(JKT, "a", SOON)).toBe("unavailable");
  const gone = new DynamoDBClient(clientConfig("http://127.0.0.1:1"));
  expect(await storeAt(NOW, gone)(JKT, "a", SOON)).toBe("unavailable");
  expect(await createReadNonceSecret(gone, table.tableName)()).toBeUndefined();
  gone.destroy();
});

test("says that it is unavailable when the table does not answer", async () => {
  const silent = http.createServer(() => {});
  const port = await listenOnFreePort(silent);
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${port}`;
  process.env.AWS_REGION = "eu-central-1";
  process.env.AWS_ACCESS_KEY_ID = "local";
  process.env.AWS_SECRET_ACCESS_KEY = "local";
  const client = createRiskTableClient();
  try {
    expect(await storeAt(NOW, client)(JKT, "a", SOON)).toBe("unavailable");
  } finally {
    client.destroy();
    silent.closeAllConnections();
    await closeServer(silent);
  }
});

test.each([
  ["nothing", undefined],
  ["null", null],
  ["a text", "first"],
  ["no status", {}],
  ["no status in its metadata", { $metadata: {} }],
  ["a status that no write has", { $metadata: { httpStatusCode: 204 } }],
  ["a status as a text", { $metadata: { httpStatusCode: "200" } }],
])("does not take an answer of %s for a proof's first use", async (_, output) => {
  const client = { send: async () => output } as unknown as Pick<DynamoDBClient, "send">;
  expect(await storeAt(NOW, client)(JKT, "a", SOON)).toBe("unavailable");
});

test("makes one nonce secret for concurrent callers, and keeps it", async () => {
  const secrets = await Promise.all(
    [table.client, second, table.client, second].map((client) =>
      createReadNonceSecret(client, table.tableName)(),
    ),
  );
  expect(secrets[0]).toHaveLength(32);
  expect(new Set(secrets.map((secret) => Buffer.from(secret ?? []).toString("hex"))).size).toBe(1);
  expect(await createReadNonceSecret(second, table.tableName)()).toEqual(secrets[0]);
  const { Item: item } = await table.client.send(
    new GetItemCommand({
      TableName: table.tableName,
      Key: { pk: { S: "PROOF#NONCE" }, sk: { S: "SECRET" } },
    }),
  );
  expect(item).not.toHaveProperty("expiresAt");
});

test.each([
  ["an item of another layout", { Responses: { risk: [{ v: { N: "2" } }] } }],
  [
    "a secret of another length",
    { Responses: { risk: [{ v: { N: "1" }, secret: { B: new Uint8Array(3) } }] } },
  ],
  ["a key that was left unprocessed", { Responses: { risk: [] }, UnprocessedKeys: { risk: {} } }],
  ["an answer that is none", {}],
])("has no nonce secret from %s", async (_, output) => {
  const client = { send: async () => output } as unknown as Pick<DynamoDBClient, "send">;
  expect(await createReadNonceSecret(client, "risk")()).toBeUndefined();
});
