// `npm run reasons` writes docs/reasons.md from domain/decision/reason.ts; with --check it only
// compares, for use in CI.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeReasons } from "./documents/describe-reasons.ts";

const path = join(import.meta.dirname, "..", "docs", "reasons.md");
const wanted = describeReasons();

if (!process.argv.includes("--check")) {
  writeFileSync(path, wanted);
  console.log("docs/reasons.md is written.");
} else if (readFileSync(path, "utf8") !== wanted) {
  console.error("docs/reasons.md does not match domain/decision/reason.ts: run `npm run reasons`.");
  process.exitCode = 1;
}
