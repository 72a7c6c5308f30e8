import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "./marshall.ts";

const dynalite = require("dynalite") as (options: object) => import("node:http").Server;

/** A DynamoDB-compatible table over HTTP on a free port of this machine. */
export async function startTable(tableName = "risk") {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
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
  return {
    client,
    endpoint,
    tableName,
    put: (item: Record<string, unknown>) =>
      client.send(new PutItemCommand({ TableName: tableName, Item: marshall(item) })),
    close: () => {
      client.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
