// The last step of `npm run mutate`: fails when the score is too low, a survivor has no
// explanation, or an explanation has no survivor.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkReport, type MutationReport } from "./check-report.ts";
import { SURVIVORS } from "./survivors.ts";

const LOWEST_SCORE = 95;

const path = join(import.meta.dirname, "../../.stryker/mutation.json");
const report = JSON.parse(readFileSync(path, "utf8")) as MutationReport;
const { score, files, unexplained, outdated } = checkReport(report, SURVIVORS);

for (const { file, killed, all } of files) {
  console.log(`${((100 * killed) / Math.max(all, 1)).toFixed(1).padStart(6)} %  ${killed}/${all}  ${file}`);
}
console.log(`${score.toFixed(1).padStart(6)} %  overall; at least ${LOWEST_SCORE} % is accepted`);

const show = (title: string, mutants: readonly object[]) => {
  if (mutants.length > 0)
    console.error(`\n${title}\n${mutants.map((one) => JSON.stringify(one, undefined, 2)).join(",\n")}`);
};
show(
  "These mutants survive. Write a test of the behaviour that they change, delete code without an effect, or " +
    "explain in scripts/mutation/survivors.ts why no test can kill them:",
  unexplained,
);
show("These entries of scripts/mutation/survivors.ts no longer match a survivor. Delete them:", outdated);
if (score < LOWEST_SCORE)
  console.error(`\nThe score is ${score.toFixed(1)} %; it must be at least ${LOWEST_SCORE} %.`);
process.exitCode = score < LOWEST_SCORE || unexplained.length > 0 || outdated.length > 0 ? 1 : 0;
