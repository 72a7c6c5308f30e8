// The second half of `npm run boundaries`: names, crowded folders and traces of one machine.
import { join } from "node:path";
import { findMachineTraces } from "./machine-traces.ts";
import { readTrackedFiles } from "./tracked-files.ts";
import { checkTree } from "./tree-rules.ts";

const files = readTrackedFiles(join(import.meta.dirname, ".."));
const violations = [
  ...checkTree(files.keys()),
  ...[...files].flatMap(([file, text]) => findMachineTraces(file, text)),
];
for (const { file, line, rule, says } of violations) {
  console.error(`${file}${line === undefined ? "" : `:${line}`}  ${rule}: ${says}`);
}
console.log(`${files.size} files checked, ${violations.length} violations.`);
if (violations.length > 0) process.exitCode = 1;
