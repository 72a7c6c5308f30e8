import type { PolicyJson, SchemaJson } from "@cedar-policy/cedar-wasm/nodejs";
import type { PolicyNote } from "../domain/decision/policy-question.ts";
import type { SegmentTable } from "../domain/decision/segment.ts";

/** One policy with what its annotations say. */
export interface CompiledPolicy {
  /** Cedar source text of this policy alone */
  readonly text: string;
  /**
   * The same in Cedar's JSON form: parsing text costs a cold function more than all else that Cedar
   * does
   */
  readonly json: PolicyJson;
  readonly note: PolicyNote;
  /** `@mode("monitor")`: reported, never enforced */
  readonly monitor: boolean;
}

/** Checked policies as plain JSON; written beside a function's bundle as `policy.json`. */
export interface CompiledPolicies {
  /** The schema in Cedar's JSON form */
  readonly schema: SchemaJson<string>;
  /** By policy id */
  readonly policies: Readonly<Record<string, CompiledPolicy>>;
  readonly segments: SegmentTable;
}
