import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { startRiskTable } from "../../../local/dynamodb/tables.ts";
import { clientConfig } from "../shop/clients.ts";
import { marshall } from "./marshall.ts";

/** A DynamoDB-compatible table over HTTP on a free port of this machine. */
export async function startTable(tableName = "risk") {
  const { endpoint, close } = await startRiskTable(tableName);
  const client = new DynamoDBClient(clientConfig(endpoint));
  return {
    client,
    endpoint,
    tableName,
    put: (item: Record<string, unknown>) =>
      client.send(new PutItemCommand({ TableName: tableName, Item: marshall(item) })),
    close: () => {
      client.destroy();
      return close();
    },
  };
}
