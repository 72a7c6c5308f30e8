import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkReport, type MutationReport } from "../../../scripts/mutation/check-report.ts";
import { SURVIVORS } from "../../../scripts/mutation/survivors.ts";

const SOURCE = 'const a = 1;\n  if (b) {\n    c();\n  }\nconst d = "";\n';
const at = (line: number, column: number, endLine: number, endColumn: number) => ({
  start: { line, column },
  end: { line: endLine, column: endColumn },
});
const report = (...mutants: MutationReport["files"][string]["mutants"]): MutationReport => ({
  files: { "a.ts": { source: SOURCE, mutants } },
});
const killed = { status: "Killed", location: at(1, 11, 1, 12), replacement: "2" };
const condition = { status: "Survived", location: at(2, 7, 2, 8), replacement: "true" };
const block = { status: "NoCoverage", location: at(2, 10, 4, 4), replacement: "{}" };
const entry = { file: "a.ts", line: "if (b) {", original: "b", replacement: "true", why: "b is true" };

describe("checkReport", () => {
  test("counts killed mutants and those that time out, of all that could be run", () => {
    const timeout = { ...killed, status: "Timeout" };
    const broken = { ...killed, status: "CompileError" };
    expect(checkReport(report(killed, timeout, condition, block, broken), [])).toMatchObject({
      score: 50,
      files: [{ file: "a.ts", killed: 2, all: 4 }],
    });
  });

  test.each(["RuntimeError", "Pending"])("counts a mutant of status %s as one that survived", (status) => {
    const { score, unexplained } = checkReport(report(killed, { ...condition, status }), []);
    expect(score).toBe(50);
    expect(unexplained).toHaveLength(1);
  });

  test("gives no score for a report without mutants", () => {
    expect(checkReport(report(), []).score).toBe(0);
  });

  test("names a survivor by its line, its code and what replaces it", () => {
    expect(checkReport(report(condition, block), []).unexplained).toEqual([
      { file: "a.ts", line: "if (b) {", original: "b", replacement: "true" },
      { file: "a.ts", line: "if (b) {", original: "{ c(); }", replacement: "{}" },
    ]);
  });

  test("accepts a survivor that is explained, and does not count it as killed", () => {
    const check = checkReport(report(killed, condition), [entry]);
    expect(check).toMatchObject({ score: 50, unexplained: [], outdated: [] });
  });

  test("does not accept an explanation of another file, and leaves files alone that the run left out", () => {
    const { unexplained, outdated } = checkReport(report(condition), [{ ...entry, file: "b.ts" }]);
    expect(unexplained).toHaveLength(1);
    expect(outdated).toEqual([]);
  });

  test.each([
    ["line", "if (c) {"],
    ["original", "c"],
    ["replacement", "false"],
  ])("does not accept an explanation of another %s", (name, value) => {
    const other = { ...entry, [name]: value };
    const { unexplained, outdated } = checkReport(report(condition), [other]);
    expect(unexplained).toHaveLength(1);
    expect(outdated).toEqual([other]);
  });

  test("finds an explanation outdated once a test kills the mutant", () => {
    expect(checkReport(report({ ...condition, status: "Killed" }), [entry]).outdated).toEqual([entry]);
  });
});

test("Each explained survivor is in a file that exists", () => {
  const missing = SURVIVORS.filter(({ file }) => !existsSync(join(import.meta.dirname, "../../..", file)));
  expect(missing).toEqual([]);
});

test("Each explained survivor says why, once", () => {
  const keys = SURVIVORS.map(({ file, line, original, replacement }) =>
    [file, line, original, replacement].join("\n"),
  );
  expect(keys).toEqual([...new Set(keys)]);
  expect(SURVIVORS.filter(({ why }) => why.trim().length < 20)).toEqual([]);
});
