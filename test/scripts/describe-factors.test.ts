import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FACTORS } from "../../domain/risk/factor-pack.ts";
import { writeFactors } from "../../scripts/documents/describe-factors.ts";

const page = readFileSync(join(__dirname, "../../docs/risk-score.md"), "utf8");

test("the tables of docs/risk-score.md match domain/risk/factors (else run `npm run factors`)", () => {
  expect(page).toBe(writeFactors(page));
});

test("every factor has a row with its points, and every field of its rules one with its default", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  for (const { name, settings } of FACTORS) {
    expect(rows.filter((row) => row.startsWith(`| \`${name}\``))).toHaveLength(1);
    for (const field of Object.keys(settings)) {
      expect(rows.filter((row) => row.startsWith(`| \`${name}.${field}\``))).toHaveLength(1);
    }
  }
});

test("a page without the marks is refused rather than written to its end", () => {
  expect(() => writeFactors("# The risk score\n")).toThrow("The page has no part");
});
