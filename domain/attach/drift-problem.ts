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

/** One way in which an attached API is not as attaching left it. */
export interface DriftProblem {
  readonly kind: DriftKind;
  /** What it is about within the API: a route key, a stage, a domain, an authorizer's id; empty for the API as a whole */
  readonly subject: string;
  readonly severity: "LOW" | "MEDIUM" | "HIGH";
  /** One sentence without a name of the API */
  readonly says: string;
  /** One sentence: what to do about it */
  readonly remedy: string;
}

/** The remedy for most of it. */
export const APPLY = "Run sallyport attach plan for it, then apply.";
