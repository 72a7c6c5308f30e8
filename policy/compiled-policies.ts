import type { PolicyNote } from "../domain/policy-question.ts";
import type { SegmentTable } from "../domain/segment.ts";

/** One policy with what its annotations say. */
export interface CompiledPolicy {
  /** Cedar source text of this policy alone */
  readonly text: string;
  readonly note: PolicyNote;
  /** `@mode("monitor")`: reported, never enforced */
  readonly monitor: boolean;
}

/** Checked policies as plain JSON; written beside a function's bundle as `policy.json`. */
export interface CompiledPolicies {
  /** Cedar schema text */
  readonly schema: string;
  /** By policy id */
  readonly policies: Readonly<Record<string, CompiledPolicy>>;
  readonly segments: SegmentTable;
}
