// `npm run api` writes docs/api.md from the docstrings of lib/index.ts's exports; with --check it
// only compares, for use in CI.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiPage, describeApi, undocumented } from "./documents/describe-api.ts";

const root = join(import.meta.dirname, "..");
const missing = undocumented(root);
const wanted = describeApi(root);
if (missing.length > 0) {
  console.error(`These have no docstring:\n${missing.join("\n")}`);
  process.exitCode = 1;
} else if (!process.argv.includes("--check")) {
  writeFileSync(apiPage(root), wanted);
  console.log("docs/api.md is written.");
} else if (readFileSync(apiPage(root), "utf8") !== wanted) {
  console.error("docs/api.md does not match the docstrings: run `npm run api`.");
  process.exitCode = 1;
}
