import type { ApiKind, AuthorizerState } from "./api-state.ts";

/**
 * One difference between an authorizer that calls the function and the one that attaching creates.
 */
export interface AuthorizerFault {
  /**
   * `cached`: verdicts outlive their evidence; `form`: API Gateway cannot read the function's
   * responses; `sources`: some requests do not reach the function
   */
  readonly what: "cached" | "form" | "sources";
  /** Continues "The authorizer …" */
  readonly says: string;
}

/** Sources that every request has; API Gateway requires clients to send the others. */
const ALWAYS_THERE = /^\$?context\./;

/**
 * Returns the faults of an authorizer; none if it sends every request to the function and can read
 * the responses. Does not check its role.
 */
export function authorizerFaults(
  kind: ApiKind,
  { type, ttlSeconds, payloadFormat, simpleResponses, identitySources }: AuthorizerState,
): readonly AuthorizerFault[] {
  const faults: AuthorizerFault[] = [];
  if (type !== "REQUEST") faults.push({ what: "form", says: `has type ${type}, not REQUEST` });
  if (kind === "http" && !(payloadFormat === "2.0" && simpleResponses === true))
    faults.push({ what: "form", says: "does not use payload format 2.0 with simple responses" });
  if (ttlSeconds > 0)
    faults.push({
      what: "cached",
      says: `caches verdicts for ${ttlSeconds} seconds: during that time a revoked session or a higher risk has no effect, and a bound token works without its proof`,
    });
  if (identitySources.some((source) => !ALWAYS_THERE.test(source)))
    faults.push({
      what: "sources",
      says: "has identity sources: API Gateway rejects requests without them before it calls Sallyport, so they have no decision and no event",
    });
  return faults;
}
