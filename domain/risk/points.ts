import type { EpochSeconds } from "../time.ts";
import { FACTORS } from "./factor-pack.ts";
import type { Profile } from "./profile.ts";
import type { FactorRules } from "./risk-rules.ts";
import { completePoints, type FactorPoints, type RiskScore } from "./risk-state.ts";

/**
 * Returns the points of every factor at a moment: for each factor, the most that accesses within
 * the hold time up to and including the moment caused.
 *
 * @param at the profile's newest access, or later
 */
export function pointsAt({ parts }: Profile, rules: FactorRules, at: EpochSeconds): FactorPoints {
  const held = { at, hold: rules.hold };
  const points = FACTORS.map((factor) => {
    const part = parts[factor.name];
    return [factor.name, part === undefined ? 0 : factor.points(part, rules[factor.name], held)];
  });
  return completePoints(Object.fromEntries(points));
}

/** The sum of the factors, as a whole number from 0 to 100. */
export function scoreOf(factors: FactorPoints): RiskScore {
  const sum = Object.values(factors).reduce((total, points) => total + points, 0);
  return Math.min(100, Math.max(0, Math.round(sum)));
}
