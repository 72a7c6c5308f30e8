import { TABLE } from "../../contract/table.ts";
import { type FactorPoints, RISK_FACTORS, type UserRisk } from "../../domain/risk/risk-state.ts";
import type { EpochSeconds } from "../../domain/time.ts";
import { checkLayout, type Item, number, optionalNumber } from "./stored-item.ts";

/** A user's risk as an item stores it. */
export interface StoredRisk {
  readonly risk: UserRisk;
  /** Attributes, and factors as `factors.<name>`, that this version does not know; absent: none */
  readonly unknownAttributes?: readonly string[];
}

/**
 * Reads a RISK item; undefined past its `expiresAt`, since DynamoDB removes expired items up to two
 * days late.
 *
 * An absent factor has 0 points. Unknown factors and attributes have no effect: the score is stored
 * as a whole.
 * @throws {Error} for an item of another layout version, or if its score or a known factor cannot
 *   be read
 */
export function readRisk(item: Item, now: EpochSeconds): StoredRisk | undefined {
  checkLayout("risk", item);
  const expiresAt = optionalNumber(item, TABLE.timeToLive);
  if (expiresAt !== undefined && expiresAt <= now) return undefined;
  if (item.factors !== undefined && item.factors.M === undefined)
    throw new Error("attribute factors is not a map");
  const points = item.factors?.M ?? {};
  const factors = RISK_FACTORS.map((factor) => [factor, optionalNumber(points, factor) ?? 0]);
  const elevatedAt = optionalNumber(item, "elevatedAt");
  const score = number(item, "score");
  if (score < 0 || score > 100) throw new Error("attribute score is not from 0 to 100");
  const unknownAttributes = [
    ...Object.keys(item).filter((name) => !ATTRIBUTES.includes(name)),
    ...Object.keys(points)
      .filter((name) => !(RISK_FACTORS as readonly string[]).includes(name))
      .map((name) => `factors.${name}`),
  ];
  return {
    risk: {
      // Policies compare whole numbers; round a fraction up.
      score: Math.ceil(score),
      factors: Object.fromEntries(factors) as FactorPoints,
      updatedAt: number(item, "updatedAt"),
      ...(elevatedAt !== undefined && { elevatedAt: Math.ceil(elevatedAt) }),
    },
    ...(unknownAttributes.length > 0 && { unknownAttributes }),
  };
}

const ATTRIBUTES: readonly string[] = [
  TABLE.partitionKey,
  TABLE.sortKey,
  TABLE.timeToLive,
  "v",
  "score",
  "factors",
  "updatedAt",
  "elevatedAt",
  "profileVersion",
];
