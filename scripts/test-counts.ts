export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Reads the counts out of Jest's JSON report; a test file that could not run counts as one failure.
 * Undefined where the text is absent or is no such report.
 *
 * @see https://jestjs.io/docs/cli#--json
 */
export function readTestCounts(report: string | undefined): TestCounts | undefined {
  if (report === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(report);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = parsed as Record<string, unknown>;
  const counts = [numPassedTests, numFailedTests, numRuntimeErrorTestSuites].map(Number);
  const [passed = Number.NaN, failed = Number.NaN, unrun = Number.NaN] = counts;
  return counts.every(Number.isInteger) ? { passed, failed: failed + unrun } : undefined;
}
