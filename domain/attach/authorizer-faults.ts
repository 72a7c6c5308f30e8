import type { ApiKind, AuthorizerState } from "./api-state.ts";

/** One way in which an authorizer that asks the function is not as attaching makes it. */
export interface AuthorizerFault {
  /** `cached`: verdicts outlive what they rest on; `form`: the function's answers are not understood; `sources`: it is not always asked */
  readonly what: "cached" | "form" | "sources";
  /** Continues "The authorizer …" */
  readonly says: string;
}

/** Sources that every request has; others are demanded of clients by API Gateway itself. */
const ALWAYS_THERE = /^\$?context\./;

/** Says what is wrong with an authorizer; nothing, if it asks about every request and is understood. Does not look at its role. */
export function authorizerFaults(
  kind: ApiKind,
  { type, ttlSeconds, payloadFormat, simpleResponses, identitySources }: AuthorizerState,
): readonly AuthorizerFault[] {
  const faults: AuthorizerFault[] = [];
  if (type !== "REQUEST") faults.push({ what: "form", says: `is of the type ${type}, not REQUEST` });
  if (kind === "http" && !(payloadFormat === "2.0" && simpleResponses === true))
    faults.push({ what: "form", says: "does not speak payload 2.0 with simple responses" });
  if (ttlSeconds > 0)
    faults.push({
      what: "cached",
      says: `reuses verdicts for ${ttlSeconds} seconds: for that long a revoked session or a risen risk counts for nothing, and a bound token works without its proof`,
    });
  if (identitySources.some((source) => !ALWAYS_THERE.test(source)))
    faults.push({
      what: "sources",
      says: "has identity sources: API Gateway refuses requests without them by itself, with neither a decision nor an event",
    });
  return faults;
}
