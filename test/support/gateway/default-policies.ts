import { join } from "node:path";
import type { AuthorizerOptions } from "../../../lambda/authorizer/authorize.ts";
import { compilePolicies } from "../../../policy/compile.ts";
import { createPolicyEngine } from "../../../policy/engine.ts";
import { DIGESTS } from "../domain/access-events.ts";

const policies = compilePolicies(join(__dirname, "../../../policies/default"));

/** The engine with the policies that the package delivers. */
export const ask = createPolicyEngine(policies);

/**
 * A deployment with those policies and a word for a second factor, and with nothing else that has a
 * default.
 */
export const options: AuthorizerOptions = {
  geo: "none",
  timeZone: "UTC",
  countries: [],
  deviceClaimCap: "medium",
  acrValues: { mfa: ["urn:mfa"] },
  segments: policies.segments,
  digests: DIGESTS,
};
