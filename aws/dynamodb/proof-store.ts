import { createHash, randomBytes } from "node:crypto";
import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { ITEM, NONCE_PARTITION, proofPartition, TABLE, type TableKey } from "../../contract/table.ts";
import type { RememberProof } from "../../domain/evidence/remember-proof.ts";
import type { Now } from "../../domain/time.ts";
import { checkLayout, keyAttributes, layoutOf } from "./stored-item.ts";

/** Milliseconds for all attempts of a call together */
const LONGEST_CALL = 1000;
/**
 * Seconds that a proof is stored beyond its life: the clocks of environments and DynamoDB differ.
 */
const MARGIN = 60;
const SECRET_BYTES = 32;

/**
 * A store of used proofs: one conditional PutItem each, which DynamoDB serializes across all
 * environments.
 * @see RFC 9449 §11.1
 */
export function createRememberProof(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
  now: Now,
): RememberProof {
  return async (jkt, jti, expiresAt) => {
    const attempt = { S: randomBytes(12).toString("base64url") };
    try {
      const output: Partial<PutItemCommandOutput> | undefined = await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            pk: { S: proofPartition(jkt) },
            // The id may have any length and characters, so the key contains its hash.
            sk: { S: createHash("sha256").update(jti).digest("base64url") },
            v: layoutOf("proof"),
            attempt,
            [TABLE.timeToLive]: { N: String(expiresAt + MARGIN) },
          },
          // The client's second attempt may find the item that its first one wrote before the
          // response was lost.
          ConditionExpression: "attribute_not_exists(pk) OR #expiresAt < :now OR attempt = :attempt",
          ExpressionAttributeNames: { "#expiresAt": TABLE.timeToLive },
          ExpressionAttributeValues: {
            ":now": { N: String(Math.floor(now() / 1000)) },
            ":attempt": attempt,
          },
        }),
        { abortSignal: AbortSignal.timeout(LONGEST_CALL) },
      );
      // A response that does not confirm the write proves nothing.
      return output?.$metadata?.httpStatusCode === 200 ? "first" : "unavailable";
    } catch (error) {
      return error instanceof ConditionalCheckFailedException ? "replayed" : "unavailable";
    }
  };
}

/**
 * Reads the secret of the DPoP nonces, which the first environment to need it creates; undefined if
 * the table is unavailable. The table stores the secret in the clear: a reader of it can make
 * proofs ahead of time, but only with a key that they hold.
 */
export function createReadNonceSecret(client: Pick<DynamoDBClient, "send">, tableName: string) {
  const key = { pk: NONCE_PARTITION, sk: ITEM.nonceSecret };
  return async (): Promise<Uint8Array | undefined> => {
    try {
      return (await readSecret(client, tableName, key)) ?? (await makeSecret(client, tableName, key));
    } catch {
      return undefined;
    }
  };
}

async function makeSecret(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
  key: TableKey,
): Promise<Uint8Array | undefined> {
  try {
    const secret = { B: randomBytes(SECRET_BYTES) };
    await client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: { ...keyAttributes(key), v: layoutOf("nonceSecret"), secret },
        ConditionExpression: "attribute_not_exists(pk)",
      }),
      { abortSignal: AbortSignal.timeout(LONGEST_CALL) },
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
  // Read again even after our own write: all environments use the secret in the table.
  return readSecret(client, tableName, key);
}

async function readSecret(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
  key: TableKey,
): Promise<Uint8Array | undefined> {
  const output = (await client.send(
    new BatchGetItemCommand({
      RequestItems: { [tableName]: { ConsistentRead: true, Keys: [keyAttributes(key)] } },
    }),
    { abortSignal: AbortSignal.timeout(LONGEST_CALL) },
  )) as BatchGetItemCommandOutput;
  const items = output.Responses?.[tableName];
  if (!Array.isArray(items)) throw new Error("the response has no entry for the table");
  const [item] = items;
  if (item === undefined) {
    if (Object.keys(output.UnprocessedKeys ?? {}).length > 0)
      throw new Error("the table left the key unprocessed");
    return undefined;
  }
  checkLayout("nonceSecret", item);
  const secret = item.secret?.B;
  if (secret?.length !== SECRET_BYTES) throw new Error("the nonce secret cannot be read");
  return secret;
}
