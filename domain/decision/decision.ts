import { factsOf, type Outcome, type ReasonCode } from "./reason.ts";

/** The authentication that a step-up requires (RFC 9470 §3). */
export interface Challenge {
  /** The kind of step-up, for the JSON body: `mfa` */
  readonly kind: string;
  readonly acrValues: readonly string[];
  /** Seconds since the authentication; absent: any age is accepted */
  readonly maxAge?: number;
}

export interface Decision {
  readonly outcome: Outcome;
  /** The deciding reason first; never empty */
  readonly reasons: readonly [ReasonCode, ...ReasonCode[]];
  /** Ids of the policies that determined the outcome */
  readonly policies: readonly string[];
  /** Ids of report-only policies that would have forbidden the request */
  readonly monitored: readonly string[];
  /** Names of the segments that the route belongs to; empty if they were not determined */
  readonly segments: readonly string[];
  /** Present exactly when the outcome is `step-up` */
  readonly challenge?: Challenge;
}

/** A denial for one reason, before or without any policy. */
export function denial(reason: ReasonCode, segments: readonly string[] = []): Decision {
  return { outcome: "deny", reasons: [reason], policies: [], monitored: [], segments };
}

/**
 * Whether the authorizer itself failed; an issuer or a table that does not respond has another
 * metric.
 */
export function isFault({ reasons: [reason] }: Decision): boolean {
  return factsOf(reason).status === 500 || reason === "deadline-exceeded";
}
