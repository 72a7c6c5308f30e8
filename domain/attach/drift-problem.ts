export type DriftKind =
  | "api-gone"
  | "authorizer-gone"
  | "authorizer-changed"
  | "verdicts-cached"
  | "route-unguarded"
  | "route-diverted"
  | "stage-not-redeployed"
  | "foreign-canary"
  | "responses-cached"
  | "enforcement-changed"
  | "endpoint-beside-mutual-tls"
  | "run-not-ended";

/** One difference between an attached API and the state that attaching left. */
export interface DriftProblem {
  readonly kind: DriftKind;
  /**
   * Which part of the API: a route key, a stage, a domain, an authorizer's id; empty for the API as
   * a whole
   */
  readonly subject: string;
  readonly severity: "LOW" | "MEDIUM" | "HIGH";
  /** One sentence that does not name the API */
  readonly says: string;
  /** One sentence: what to do about it */
  readonly remedy: string;
}

/** The remedy for most problems. */
export const APPLY = "Run sallyport attach plan, then sallyport attach apply.";
