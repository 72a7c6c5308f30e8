import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { ITEM, riskPartition, TABLE } from "../../contract/table.ts";
import type { RiskAssessment, SaveRisk } from "../../domain/risk/assess.ts";
import { RISK_FACTORS } from "../../domain/risk/risk-state.ts";
import type { EpochSeconds } from "../../domain/time.ts";
import { holds, keyAttributes, LAYOUT_CONDITION, layoutOf, layoutValues } from "./stored-item.ts";

/**
 * Writes a user's RISK item, which the authorizer reads.
 * It steps back for one that a newer version of the profile led to, unless that has expired: a profile that was deleted
 * begins to count anew, and must not be shut out until DynamoDB removes the expired item.
 *
 * In an item that has not expired it keeps the attributes and factors that it does not know: another version may be writing
 * them. It steps back for one of a later layout, too.
 */
export function createSaveRisk(client: Pick<DynamoDBClient, "send">, tableName: string): SaveRisk {
  return async (assessment, version, now) => {
    const isUpdated = await holds(() => client.send(updateLive(tableName, assessment, version, now)));
    if (!isUpdated) await holds(() => client.send(putUnlessLive(tableName, assessment, version, now)));
  };
}

const number = (value: number): AttributeValue => ({ N: String(value) });

/** What every item says of a judgement, but for its factors and `elevatedAt`. */
const attributesOf = ({ risk, expiresAt }: RiskAssessment, version: number) => ({
  v: layoutOf("risk"),
  score: number(risk.score),
  updatedAt: number(risk.updatedAt),
  profileVersion: number(version),
  [TABLE.timeToLive]: number(expiresAt),
});

function updateLive(tableName: string, assessment: RiskAssessment, version: number, now: EpochSeconds) {
  const { user, risk } = assessment;
  const attributes = {
    ...attributesOf(assessment, version),
    ...(risk.elevatedAt !== undefined && { elevatedAt: number(risk.elevatedAt) }),
  };
  const set = [
    ...Object.keys(attributes).map((name) => (name === "v" ? "v = :v" : `#${name} = :${name}`)),
    ...RISK_FACTORS.map((factor) => `factors.#${factor} = :${factor}`),
  ];
  const names = [...Object.keys(attributes).filter((name) => name !== "v"), ...RISK_FACTORS];
  return new UpdateItemCommand({
    TableName: tableName,
    Key: keyAttributes({ pk: riskPartition(user), sk: ITEM.risk }),
    UpdateExpression: `SET ${set.join(", ")}${risk.elevatedAt === undefined ? " REMOVE elevatedAt" : ""}`,
    ConditionExpression: `${LAYOUT_CONDITION} AND attribute_type(factors, :map) AND #profileVersion <= :profileVersion AND #${TABLE.timeToLive} > :now`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
      ...Object.fromEntries(RISK_FACTORS.map((factor) => [`:${factor}`, number(risk.factors[factor])])),
      ...layoutValues("risk"),
      ":map": { S: "M" },
      ":now": number(now),
    },
  });
}

function putUnlessLive(tableName: string, assessment: RiskAssessment, version: number, now: EpochSeconds) {
  const { user, risk } = assessment;
  const factors = RISK_FACTORS.map((factor) => [factor, number(risk.factors[factor])] as const);
  return new PutItemCommand({
    TableName: tableName,
    Item: {
      ...keyAttributes({ pk: riskPartition(user), sk: ITEM.risk }),
      ...attributesOf(assessment, version),
      factors: { M: Object.fromEntries(factors) },
      ...(risk.elevatedAt !== undefined && { elevatedAt: number(risk.elevatedAt) }),
    },
    ConditionExpression: "attribute_not_exists(pk) OR #expiresAt <= :now",
    ExpressionAttributeNames: { "#expiresAt": TABLE.timeToLive },
    ExpressionAttributeValues: { ":now": number(now) },
  });
}
