import type { CompiledPolicies } from "./compiled-policies.ts";

/** One thing that is wrong with a policy folder. */
export interface PolicyProblem {
  readonly file: string;
  /** From 1 */
  readonly line: number;
  readonly found: string;
  readonly accepted: string;
}

/** Tells everything that is wrong with a policy folder at once. */
export class PolicyError extends Error {
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[]) {
    super(
      problems.map((p) => `${p.file}:${p.line}: found ${p.found}; accepted: ${p.accepted}`).join("\n"),
    );
    this.name = "PolicyError";
    this.problems = problems;
  }
}

/** Reads, checks and compiles a policy folder. @throws {PolicyError} */
export declare function compilePolicies(directory: string): CompiledPolicies;
