// `npm run prose`: the rules of styles/Sallyport and the wrap of lines, over Markdown, comments and
// string literals. `npm run prose -- docs/ cli/` checks these paths alone; with --wrap it first
// wraps their long lines.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFaults, holdsProse, readProse } from "./prose/find-faults.ts";
import { readRules } from "./prose/rules.ts";
import { wrapText } from "./prose/wrap-text.ts";
import { readTrackedFiles } from "./tracked-files.ts";

/** The test of the rules; its sentences have the faults that they find. */
const PLANTED = "test/scripts/prose.test.ts";

const root = join(import.meta.dirname, "..");
const asked = process.argv.slice(2).filter((argument) => argument !== "--wrap");
const wraps = process.argv.includes("--wrap");
const rules = readRules(join(root, "styles/Sallyport"));
const files = [...readTrackedFiles(root)]
  .filter(([file]) => holdsProse(file) && file !== PLANTED && isAsked(file))
  .map(([file, text]) => [file, wraps ? wrapFile(file, text) : text] as const);
const faults = files.flatMap(([file, text]) => findFaults(file, text, rules));
for (const { file, line, rule, says } of faults) console.error(`${file}:${line}  ${rule}: ${says}`);
console.log(`Prose of ${files.length} files checked, ${faults.length} faults.`);
if (faults.length > 0) process.exitCode = 1;

function isAsked(file: string): boolean {
  return asked.length === 0 || asked.some((path) => file.startsWith(path));
}

function wrapFile(file: string, text: string): string {
  const wrapped = wrapText(text, readProse(file, text));
  if (wrapped !== text) writeFileSync(join(root, file), wrapped);
  return wrapped;
}
