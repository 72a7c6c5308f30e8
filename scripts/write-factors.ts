// `npm run factors` writes the tables of docs/risk-score.md from domain/risk/factors/; with --check
// it only compares.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFactors } from "./documents/describe-factors.ts";

const path = join(import.meta.dirname, "..", "docs", "risk-score.md");
const page = readFileSync(path, "utf8");
const wanted = writeFactors(page);

if (!process.argv.includes("--check")) {
  writeFileSync(path, wanted);
  console.log("The tables of docs/risk-score.md are written.");
} else if (page !== wanted) {
  console.error("docs/risk-score.md does not match domain/risk/factors/: run `npm run factors`.");
  process.exitCode = 1;
}
