/** Points and bounds of the five baseline factors. Times are seconds, distances kilometres, hours local. */
export interface FactorRules {
  /** Distance from the last access within `memory` is more than elapsed hours × `kilometresPerHour` */
  readonly impossibleTravel: {
    readonly points: number;
    readonly kilometresPerHour: number;
    readonly memory: number;
  };
  /** Local hour is before `from` or at or after `to` */
  readonly unusualTime: { readonly points: number; readonly from: number; readonly to: number };
  /** More than `over` responses with at least `status` within `memory`; the highest step that is passed counts */
  readonly failedAttempts: {
    readonly status: number;
    readonly memory: number;
    readonly steps: readonly { readonly over: number; readonly points: number }[];
  };
  /** The path begins with one of the prefixes */
  readonly sensitiveDataAccess: { readonly points: number; readonly prefixes: readonly string[] };
  /** A user agent not seen before, once any was */
  readonly anomalousBehavior: { readonly points: number };
  /** How long a factor's points, and with them the score, are held */
  readonly hold: number;
}

/** A score above `medium` raises a finding of severity MEDIUM, above `high` one of HIGH and a step-up. */
export interface RiskThresholds {
  readonly medium: number;
  readonly high: number;
}

export const DEFAULT_FACTOR_RULES: FactorRules = {
  impossibleTravel: { points: 30, kilometresPerHour: 1000, memory: 24 * 3600 },
  unusualTime: { points: 15, from: 6, to: 22 },
  failedAttempts: {
    status: 400,
    memory: 3600,
    steps: [
      { over: 2, points: 5 },
      { over: 5, points: 15 },
      { over: 10, points: 25 },
    ],
  },
  sensitiveDataAccess: {
    points: 20,
    prefixes: ["/api/admin", "/api/billing", "/api/export", "/api/users/bulk"],
  },
  anomalousBehavior: { points: 10 },
  hold: 3600,
};

export const DEFAULT_THRESHOLDS: RiskThresholds = { medium: 50, high: 70 };
