import { createHash } from "node:crypto";
import { canonicalJson } from "../domain/canonical-json.ts";
import type { Digest } from "../domain/decision/digest.ts";
import type { CompiledPolicies } from "./compiled-policies.ts";

/**
 * The digest of a policy set: of every policy's meaning and annotations in their order, which ranks
 * the reasons of a denial, of the segments, and of the schema.
 *
 * Comments, layout, line endings, file names and the order of members and patterns in
 * `segments.json` do not change it.
 */
export function policyDigest({ schema, policies, segments }: CompiledPolicies): Digest {
  const meanings = Object.values(policies).map(({ json, note, monitor }) => ({ json, note, monitor }));
  const places = Object.entries(segments).map(([name, patterns]) => [name, patterns.toSorted()]);
  return digestOf({ schema, policies: meanings, segments: Object.fromEntries(places) });
}

/** The digest of a value's canonical JSON: members in order of their names, lists as they are. */
export function digestOf(value: unknown): Digest {
  return `sha256:${createHash("sha256").update(canonicalJson(value)).digest("hex")}`;
}

/** A policy set in one line: its digest and the number of its policies. */
export function describePolicySet(compiled: CompiledPolicies): string {
  const count = Object.keys(compiled.policies).length;
  return `Policy digest: ${policyDigest(compiled)}, ${count} ${count === 1 ? "policy" : "policies"}`;
}
