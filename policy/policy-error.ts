/** One thing that is wrong with a policy folder. */
export interface PolicyProblem {
  readonly file: string;
  /** From 1 */
  readonly line: number;
  readonly found: string;
  readonly accepted: string;
}

/** Tells everything that is wrong with a policy folder at once, one line of the message each. */
export class PolicyError extends Error {
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[]) {
    const lines = problems.map(
      ({ file, line, found, accepted }) => `${file}:${line}: found ${found}; accepted: ${accepted}`,
    );
    super(lines.join("\n"));
    this.name = "PolicyError";
    this.problems = problems;
  }
}
