// `npm run subjects -- main..HEAD`: whether the subject of each commit in a range reads
// `area: what`.
import { execFileSync } from "node:child_process";
import { subjectFault } from "./commit-subject.ts";

const [range] = process.argv.slice(2);
if (range === undefined || range.startsWith("-")) {
  console.error("Name a range of commits: npm run subjects -- main..HEAD");
  process.exit(2);
}
const log = execFileSync("git", ["log", "--no-merges", "--format=%h %s", range, "--"], { encoding: "utf8" });
const commits = log.split("\n").filter((line) => line !== "");
for (const commit of commits) {
  const [id = ""] = commit.split(" ", 1);
  const subject = commit.slice(id.length + 1);
  const fault = subjectFault(subject);
  if (fault === undefined) continue;
  console.error(`${id} "${subject}" ${fault}.`);
  process.exitCode = 1;
}
if (process.exitCode === 1)
  console.error('Accepted: "area: what", as CONTRIBUTING.md says. Reword with git rebase -i.');
else console.log(`${commits.length} subjects read "area: what".`);
