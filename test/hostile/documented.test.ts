import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isReasonCode } from "../../domain/decision/reason.ts";
import type { HostileCase } from "../support/hostile/hostile-case.ts";

const root = join(import.meta.dirname, "../..");
const rows = readFileSync(join(root, "docs/token-verification.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| requirement"))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\||\|$/g, "").trim()));

/** The files that a cell names, each with the names of tests behind it. */
const testsIn = (cell: string) =>
  [...cell.matchAll(/`(test\/[\w./-]+)`((?:,? "[^"]+")+)/g)].map(([, file = "", names = ""]) => ({
    file,
    names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name),
  }));

/** The attacks that a file holds, each of which hostile.test.ts holds to exactly one reason. */
async function casesOf(file: string): Promise<readonly HostileCase[]> {
  const runner = readFileSync(join(root, "test/hostile/hostile.test.ts"), "utf8");
  expect(runner).toContain(` from "../support/hostile/${basename(file)}";`);
  const held: Record<string, unknown> = await import(join(root, file));
  return Object.values(held).flatMap((value) =>
    Array.isArray(value) ? value.filter((one) => typeof one?.make === "function") : [],
  );
}

/**
 * Whether a test, a group or a row of cases in a test file has this name; a word in a comment or an
 * expectation is none.
 */
const hasTest = (source: string, name: string): boolean =>
  new RegExp(`(?:\\b(?:test|describe)(?:\\.each)?\\(|\\)\\(|\\[)\\s*"${escapeForRegExp(name)}",`).test(
    source,
  );

const escapeForRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

test("the table has a row for every requirement", () => {
  expect(rows.length).toBeGreaterThanOrEqual(40);
});

test.each(rows.map((row) => [row[0] ?? "", row] as const))(
  "%s: is tested as said",
  async (_, [, source, where, tests]) => {
    expect(source).toMatch(/RFC \d{4}|OpenID/);
    for (const [, file = ""] of (where ?? "").matchAll(/`([^`]+)`/g)) {
      expect(() => readFileSync(join(root, file))).not.toThrow();
    }
    const named = testsIn(tests ?? "");
    expect(named.length).toBeGreaterThan(0);
    for (const { file, names } of named) {
      if (file.endsWith(".test.ts")) {
        const source = readFileSync(join(root, file), "utf8");
        expect(names.filter((name) => !hasTest(source, name))).toEqual([]);
        continue;
      }
      const cases = await casesOf(file);
      for (const name of names) {
        const must = cases.find((one) => one.name === name)?.must;
        expect([name, must === "verified" || isReasonCode(must)]).toEqual([name, true]);
      }
    }
  },
);
