import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { ITEM, ITEM_VERSION, TABLE, userPartition } from "../contract/table.ts";
import type { SaveRisk } from "../domain/risk/assess.ts";
import { RISK_FACTORS } from "../domain/risk/risk-state.ts";

/**
 * Writes a user's RISK item, which the authorizer reads.
 * It steps back for one that a newer version of the profile led to, unless that has expired: a profile that was deleted
 * begins to count anew, and must not be shut out until DynamoDB removes the expired item.
 */
export function createSaveRisk(client: Pick<DynamoDBClient, "send">, tableName: string): SaveRisk {
  return async ({ user, risk, expiresAt }, version, now) => {
    const number = (value: number): AttributeValue => ({ N: String(value) });
    const factors = RISK_FACTORS.map((factor) => [factor, number(risk.factors[factor])] as const);
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            pk: { S: userPartition(user) },
            sk: { S: ITEM.risk },
            v: number(ITEM_VERSION),
            score: number(risk.score),
            factors: { M: Object.fromEntries(factors) },
            updatedAt: number(risk.updatedAt),
            ...(risk.elevatedAt !== undefined && { elevatedAt: number(risk.elevatedAt) }),
            profileVersion: number(version),
            [TABLE.timeToLive]: number(expiresAt),
          },
          ConditionExpression: "attribute_not_exists(pk) OR profileVersion <= :version OR #expiresAt <= :now",
          ExpressionAttributeNames: { "#expiresAt": TABLE.timeToLive },
          ExpressionAttributeValues: { ":version": number(version), ":now": number(now) },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
}
