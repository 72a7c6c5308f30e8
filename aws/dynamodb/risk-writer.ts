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
 * Writes a user's RISK item, which the authorizer reads. Does not overwrite one from a newer
 * version of the profile, unless that one has expired: a deleted profile starts counting again, and
 * must not be blocked until DynamoDB removes the expired item.
 *
 * In an item that has not expired it keeps attributes and factors that it does not know: another
 * version may be writing them. Does not overwrite an item of a later layout either.
 */
export function createSaveRisk(client: Pick<DynamoDBClient, "send">, tableName: string): SaveRisk {
  return async (assessment, version, now) => {
    const isUpdated = await holds(() => client.send(updateLive(tableName, assessment, version, now)));
    if (!isUpdated) await holds(() => client.send(putUnlessLive(tableName, assessment, version, now)));
  };
}

const number = (value: number): AttributeValue => ({ N: String(value) });

/** The values of every item, except its factors and `elevatedAt`. */
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
