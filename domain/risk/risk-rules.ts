import { FACTORS, type Factor } from "./factor-pack.ts";

/** The rules of every factor, by its name, and how long points are held. */
export type FactorRules = { readonly [One in Factor as One["name"]]: One["defaults"] } & {
  /** Seconds for which a factor's points, and with them the score, are held */
  readonly hold: number;
};

/**
 * A score above `medium` raises a finding of severity MEDIUM, above `high` one of HIGH and a
 * step-up.
 */
export interface RiskThresholds {
  readonly medium: number;
  readonly high: number;
}

export const DEFAULT_FACTOR_RULES = {
  ...Object.fromEntries(FACTORS.map(({ name, defaults }) => [name, defaults])),
  hold: 3600,
} as FactorRules;

export const DEFAULT_THRESHOLDS: RiskThresholds = { medium: 50, high: 70 };
