// `npm run boundaries`: the dependency rules of docs/decisions/0001-house.md, and no traces of one machine.
import { join } from "node:path";
import { checkBoundaries } from "./boundaries.ts";
import { findMachineTraces } from "./machine-traces.ts";
import { readTrackedFiles } from "./tracked-files.ts";

const files = readTrackedFiles(join(import.meta.dirname, ".."));
const violations = [
  ...checkBoundaries(files),
  ...[...files].flatMap(([file, text]) => findMachineTraces(file, text)),
];
for (const { file, line, rule, says } of violations) {
  console.error(`${file}${line === undefined ? "" : `:${line}`}  ${rule}: ${says}`);
}
console.log(`${files.size} files checked, ${violations.length} violations.`);
if (violations.length > 0) process.exitCode = 1;
