import type { EpochSeconds } from "../time.ts";
import { newestAgent } from "./agents.ts";
import type { Failure, Profile } from "./profile.ts";
import type { FactorRules } from "./risk-rules.ts";
import type { FactorPoints, RiskScore } from "./risk-state.ts";
import { newestTravel } from "./stays.ts";

/**
 * The points of the five baseline factors at a moment: of each factor the most that accesses within the hold time before
 * the moment caused, the moment itself included.
 *
 * @param at the profile's newest access, or later
 */
export function pointsAt(profile: Profile, rules: FactorRules, at: EpochSeconds): FactorPoints {
  const held = (cause: EpochSeconds | undefined, points: number): number =>
    cause !== undefined && cause > at - rules.hold ? points : 0;
  return {
    impossibleTravel: held(
      newestTravel(profile.itinerary, rules.impossibleTravel)?.at,
      rules.impossibleTravel.points,
    ),
    unusualTime: held(profile.unusual?.at, rules.unusualTime.points),
    failedAttempts: failurePoints(profile.failures, rules, at),
    sensitiveDataAccess: held(profile.sensitive?.at, rules.sensitiveDataAccess.points),
    anomalousBehavior: held(newestAgent(profile.agents)?.first, rules.anomalousBehavior.points),
  };
}

/** The sum of the factors, as a whole number from 0 to 100. */
export function scoreOf(factors: FactorPoints): RiskScore {
  const sum = Object.values(factors).reduce((total, points) => total + points, 0);
  return Math.min(100, Math.max(0, Math.round(sum)));
}

function failurePoints(
  failures: readonly Failure[],
  { failedAttempts, hold }: FactorRules,
  at: EpochSeconds,
): number {
  let most = 0;
  let oldest = 0;
  for (const [index, cause] of failures.entries()) {
    while ((failures[oldest]?.at ?? cause.at) <= cause.at - failedAttempts.memory) oldest++;
    if (cause.at <= at - hold) continue;
    const count = index - oldest + 1;
    for (const { over, points } of failedAttempts.steps) if (count > over) most = Math.max(most, points);
  }
  return most;
}
