import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/proofs.md"), "utf8");
const named = [...page.matchAll(/`([\w./-]+\.test\.ts)`(?::|,) "([^"]+)"/g)];
const rows = page.split("\n").filter((line) => /^\| .* \|$/.test(line) && line.includes(".test.ts"));

test("every check of a proof names a test", () => {
  expect(rows.length).toBeGreaterThanOrEqual(26);
  expect(named.length).toBeGreaterThan(rows.length);
  const checks = page.slice(page.indexOf("## What is checked"), page.indexOf("## The URL"));
  const body = checks.split("\n").filter((line) => /^\| (?!check)/.test(line));
  expect(body).toEqual(rows);
});

test.each(named.map(([, file = "", words = ""]) => [file, words]))(
  "%s has a test with the words %p",
  (file, words) => {
    const path = file.startsWith("test/") ? file : `test/lambda/authorizer/${file}`;
    expect(readFileSync(join(root, path), "utf8")).toContain(words);
  },
);
