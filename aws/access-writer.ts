import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { ITEM, ITEM_VERSION } from "../contract/table.ts";
import type { Restriction } from "../domain/risk/risk-state.ts";

/** Where a table answers, when it is not where the SDK's own environment variables say. */
export interface TableConnection {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function createTableClient(connection: TableConnection): DynamoDBClient {
  return new DynamoDBClient({
    ...connection,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
  });
}

/**
 * Writes what stands against a user, session or device into its ACCESS item. What is not named stays as it is.
 * Rejects with ConditionalCheckFailedException for an item of another layout version.
 *
 * @param partition `userPartition`, `sessionPartition` or `devicePartition` of contract/table.ts
 */
export type Restrict = (partition: string, restriction: Restriction) => Promise<void>;

export function createRestrict(client: Pick<DynamoDBClient, "send">, tableName: string): Restrict {
  return async (partition, restriction) => {
    const named = Object.entries(restriction).filter(([, moment]) => moment !== undefined);
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { pk: { S: partition }, sk: { S: ITEM.access } },
        UpdateExpression: `SET ${["v", ...named.map(([name]) => name)].map((name) => `#${name} = :${name}`).join(", ")}`,
        ConditionExpression: "attribute_not_exists(#v) OR #v = :v",
        ExpressionAttributeNames: Object.fromEntries(
          ["v", ...named.map(([name]) => name)].map((name) => [`#${name}`, name]),
        ),
        ExpressionAttributeValues: Object.fromEntries(
          [["v", ITEM_VERSION] as const, ...named].map(([name, value]) => [`:${name}`, { N: String(value) }]),
        ),
      }),
    );
  };
}
