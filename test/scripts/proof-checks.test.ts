import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isReasonCode } from "../../domain/decision/reason.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/proofs.md"), "utf8");
const named = [...page.matchAll(/`([\w./-]+\.test\.ts)`(?::|,) "([^"]+)"/g)];
const pathOf = (file: string) => join(root, file);
const rows = page.split("\n").filter((line) => /^\| .* \|$/.test(line) && line.includes(".test.ts"));

test("every check of a proof names a test", () => {
  expect(rows.length).toBeGreaterThanOrEqual(26);
  expect(named.length).toBeGreaterThan(rows.length);
  const checks = page.slice(page.indexOf("## What is checked"), page.indexOf("## The URL"));
  const body = checks.split("\n").filter((line) => /^\| (?!check)/.test(line));
  expect(body).toEqual(rows);
});

test.each(named.map(([, file = "", words = ""]) => [file, words.replace(/\s+/g, " ")]))(
  "%s has a test with the words %p",
  (file, words) => {
    const lines = readFileSync(pathOf(file), "utf8").split("\n");
    // In the name of a test or a case: behind a parenthesis, a bracket or alone on its line, and
    // not in a comment.
    const names = lines.filter(
      (line) => /^\s*(?:.*[([]\s*)?["`]/.test(line) && !/^\s*(?:\/\/|\*)/.test(line),
    );
    expect(names.join("\n")).toContain(words);
  },
);

const reasoned = rows.flatMap((row) => {
  const output = [...row.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code).filter(isReasonCode);
  const files = [...row.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, file = ""]) => file);
  return output.map((reason) => [reason, files] as const);
});

test.each(reasoned)("the reason %s is what a test of %j expects", (reason, files) => {
  expect(files.filter((file) => readFileSync(pathOf(file), "utf8").includes(`"${reason}"`))).not.toEqual([]);
});

test("the rows that name a reason are found", () => {
  expect(reasoned.length).toBeGreaterThanOrEqual(9);
});
