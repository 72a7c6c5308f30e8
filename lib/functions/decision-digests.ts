import { existsSync, readFileSync } from "node:fs";
import type { AuthorizerSettings } from "../../contract/settings.ts";
import type { DecisionDigests } from "../../domain/decision/digest.ts";
import type { CompiledPolicies } from "../../policy/compiled-policies.ts";
import { digestOf, policyDigest } from "../../policy/digest.ts";

/** What decides in a deployment. */
export interface DecisionInputs {
  readonly settings: AuthorizerSettings;
  readonly policies: CompiledPolicies;
  /** A PEM file; whether it exists is checked where it is put beside the bundle */
  readonly extraAuthority?: string;
}

/**
 * The digests that every access event of a deployment carries. Geo databases are not part of them:
 * an event states the country that was found.
 *
 * @param resolve Replaces what CloudFormation alone knows by the reference that the template has
 *   for it, so that equal apps have equal digests
 */
export function decisionDigests(
  { settings, policies, extraAuthority }: DecisionInputs,
  resolve: (settings: AuthorizerSettings) => unknown = (known) => known,
): DecisionDigests {
  const authority =
    extraAuthority !== undefined && existsSync(extraAuthority)
      ? readFileSync(extraAuthority, "utf8").replaceAll("\r\n", "\n")
      : undefined;
  return {
    policies: policyDigest(policies),
    configuration: digestOf({ settings: resolve(settings), authority }),
  };
}
