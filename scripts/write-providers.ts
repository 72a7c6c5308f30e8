// `npm run providers` writes the tables of providers in docs/tokens.md from verification/issuers;
// with --check it only compares, for use in CI.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withProviders } from "./documents/describe-providers.ts";

const path = join(import.meta.dirname, "..", "docs", "tokens.md");
const found = readFileSync(path, "utf8");
const wanted = withProviders(found);

if (!process.argv.includes("--check")) {
  writeFileSync(path, wanted);
  console.log("docs/tokens.md is written.");
} else if (found !== wanted) {
  console.error("docs/tokens.md does not match verification/issuers: run `npm run providers`.");
  process.exitCode = 1;
}
