import { printSummary, printTable, stepRecord, summaryRecord } from "../../../local/scenario/print.ts";
import type { StepResult } from "../../../local/scenario/step.ts";

const result = (index: number, matched: boolean): StepResult => ({
  step: {
    kind: "act",
    chapter: index === 0 ? "one" : "two",
    name: `step ${index}`,
    persona: "rosa",
    act: "end-session",
  },
  index,
  expected: "done",
  got: matched ? "done" : "not done",
  matched,
  differences: matched ? [] : ["status is 200, not 401"],
  took: 5,
});
const times = { startup: 4000, scenario: 1500 };

describe("what the scenario prints", () => {
  it("is a table with a heading per chapter and a mark per step", () => {
    const lines = printTable([result(0, true), result(1, false), result(2, true)]).split("\n");
    expect(lines).toContain("one");
    expect(lines.filter((line) => line === "two")).toHaveLength(1);
    expect(lines).toContain("step 0  done      done      ✓");
    const differing = lines.indexOf("step 1  done      not done  ✗");
    expect(lines.slice(differing, differing + 2)[1]).toBe("    status is 200, not 401");
    expect(lines[0]).toBe("step    expected  got");
  });

  it("sums up in one sentence, with times", () => {
    expect(printSummary([result(0, true)], times)).toBe(
      "All 1 steps are as expected. Started in 4.0 s, scenario 1.5 s, together 5.5 s.\n",
    );
    expect(printSummary([result(0, true), result(1, false)], times)).toContain(
      "1 of 2 steps are not as expected",
    );
  });

  it("has one record per step and one for the whole", () => {
    expect(stepRecord(result(1, false))).toEqual({
      kind: "step",
      index: 1,
      chapter: "two",
      name: "step 1",
      persona: "rosa",
      expected: "done",
      got: "not done",
      matched: false,
      differences: ["status is 200, not 401"],
      took: 5,
    });
    expect(summaryRecord([result(0, true), result(1, false)], times)).toEqual({
      kind: "summary",
      steps: 2,
      matched: 1,
      differing: 1,
      ...times,
    });
  });
});
