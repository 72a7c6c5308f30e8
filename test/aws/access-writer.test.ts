import type { AddressInfo } from "node:net";
import { CreateTableCommand, type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { createRestrict, createTableClient } from "../../aws/access-writer.ts";
import { createReadRiskState } from "../../aws/risk-table.ts";
import { devicePartition, sessionPartition, userPartition } from "../../contract/table.ts";

const USER = { issuer: "https://i", subject: "anna" };
const SUBJECTS = { user: USER, sessionId: "s-1", deviceId: "d-1" };
const server = dynalite({ createTableMs: 0 });
let client: DynamoDBClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = createTableClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  await client.send(
    new CreateTableCommand({
      TableName: "risk",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S" as const,
      })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
});
afterAll(async () => {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const restrict = (...args: Parameters<ReturnType<typeof createRestrict>>) =>
  createRestrict(client, "risk")(...args);
const read = () => createReadRiskState(client, "risk")(SUBJECTS, 1000);

it("writes what the authorizer then reads, and keeps what is not named", async () => {
  await restrict(sessionPartition(USER.issuer, "s-1"), { revokedAt: 900 });
  await restrict(sessionPartition(USER.issuer, "s-1"), { quarantinedUntil: 2000 });
  await restrict(userPartition(USER), { notBefore: 800 });
  await restrict(devicePartition("d-1"), { quarantinedUntil: 1500 });
  await restrict(devicePartition("d-1"), { quarantinedUntil: 1600 });
  expect(await read()).toEqual({
    status: "known",
    sessionRestriction: { revokedAt: 900, quarantinedUntil: 2000 },
    userRestriction: { notBefore: 800 },
    deviceRestriction: { quarantinedUntil: 1600 },
  });
});

it("leaves an item of another layout version alone", async () => {
  const pk = sessionPartition(USER.issuer, "s-2");
  await client.send(
    new PutItemCommand({ TableName: "risk", Item: { pk: { S: pk }, sk: { S: "ACCESS" }, v: { N: "2" } } }),
  );
  await expect(restrict(pk, { revokedAt: 1 })).rejects.toMatchObject({
    name: "ConditionalCheckFailedException",
  });
});
