/** One mistake in a configuration. */
export interface ConfigurationProblem {
  /** Where: `issuers[0].audience`; empty for the file as a whole */
  readonly path: string;
  /** What the file has there, in one line */
  readonly found: string;
  /** What is accepted there */
  readonly accepted: string;
}

/** A configuration that cannot be used. The message lists every problem, for the operator. */
export class ConfigurationError extends Error {
  /** Distinguishes the error from others */
  override readonly name = "ConfigurationError";
  /** Every mistake, in the order of the file */
  readonly problems: readonly ConfigurationProblem[];

  constructor(file: string, problems: readonly ConfigurationProblem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const lines = problems.map(({ path, found, accepted }) =>
      [
        `  ${path === "" ? "(the whole file)" : path}`,
        `    found     ${found}`,
        `    accepted  ${accepted}`,
      ].join("\n"),
    );
    super([`${file}: ${count}`, ...lines].join("\n"));
    this.problems = problems;
  }
}
