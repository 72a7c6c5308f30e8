import { readFileSync } from "node:fs";
import { join } from "node:path";

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

test("the table has a row for every requirement", () => {
  expect(rows.length).toBeGreaterThanOrEqual(40);
});

test.each(rows.map((row) => [row[0] ?? "", row] as const))(
  "%s: is tested as said",
  (_, [, source, where, tests]) => {
    expect(source).toMatch(/RFC \d{4}|OpenID/);
    for (const [, file = ""] of (where ?? "").matchAll(/`([^`]+)`/g)) {
      const path = file.includes("/") ? file : `lambda/authorizer/${file}`;
      expect(() => readFileSync(join(root, path))).not.toThrow();
    }
    const named = testsIn(tests ?? "");
    expect(named.length).toBeGreaterThan(0);
    for (const { file, names } of named) {
      const source = readFileSync(join(root, file), "utf8");
      expect(names.filter((name) => !source.includes(`"${name}"`))).toEqual([]);
    }
  },
);
