import type { StepResult } from "./step.ts";

export interface ScenarioTimes {
  /** Milliseconds from the start of the command until the gateway listened */
  readonly startup: number;
  readonly scenario: number;
}

/**
 * The results as a table: step, expected, got, and whether they match; differences in detail follow
 * below their step.
 */
export function printTable(results: readonly StepResult[]): string {
  const rows = results.map(({ step, expected, got, matched, differences = [] }) => ({
    chapter: step.chapter,
    differences,
    cells: [step.name, expected, got, matched ? "✓" : "✗"],
  }));
  const head = ["step", "expected", "got", ""];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const lines: string[] = [line(head), line(widths.map((width) => "-".repeat(width)))];
  let chapter = "";
  for (const row of rows) {
    if (row.chapter !== chapter) lines.push("", row.chapter);
    chapter = row.chapter;
    lines.push(line(row.cells), ...row.differences.map((difference) => `    ${difference}`));
  }
  return `${lines.join("\n")}\n`;
}

export function printSummary(results: readonly StepResult[], { startup, scenario }: ScenarioTimes): string {
  const differing = results.filter(({ matched }) => !matched);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const verdict =
    differing.length === 0
      ? `All ${results.length} steps are as expected`
      : `${differing.length} of ${results.length} steps are not as expected`;
  return `${verdict}. Started in ${seconds(startup)}, scenario ${seconds(scenario)}, together ${seconds(startup + scenario)}.\n`;
}

/** A step's result as one line of JSON lines. */
export function stepRecord({ step, index, expected, got, matched, differences = [], took }: StepResult) {
  const persona = "persona" in step ? { persona: step.persona } : {};
  return {
    kind: "step",
    index,
    chapter: step.chapter,
    name: step.name,
    ...persona,
    expected,
    got,
    matched,
    differences,
    took,
  };
}

export function summaryRecord(results: readonly StepResult[], times: ScenarioTimes) {
  const differing = results.filter(({ matched }) => !matched).length;
  return { kind: "summary", steps: results.length, matched: results.length - differing, differing, ...times };
}
