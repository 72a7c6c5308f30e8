// `npm test`: every check of the project, one after another, each under its heading. All of them
// run, so that one round shows all faults; the exit code is 0 only if all passed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTestCounts, type TestCounts } from "./test-counts.ts";

const STEPS = [
  { title: "Format and lint", script: "lint" },
  { title: "Types", script: "types" },
  { title: "Dependency rules", script: "boundaries" },
  { title: "Unused code", script: "unused" },
  { title: "Prose", script: "prose" },
  { title: "Tests", script: "unit" },
  { title: "The laptop scenario", script: "scenario" },
] as const;

interface Outcome {
  readonly title: string;
  readonly counts: TestCounts;
  readonly ok: boolean;
  readonly seconds: number;
}

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "sallyport-check-"));
const started = performance.now();
try {
  const outcomes = STEPS.map(({ title, script }, index) => {
    console.log(`\n=== ${index + 1}/${STEPS.length} ${title} (npm run ${script})\n`);
    return runStep(title, script);
  });
  summarize(outcomes);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function runStep(title: string, script: string): Outcome {
  const from = performance.now();
  const report = join(scratch, "tests.json");
  const isTests = script === "unit";
  const exitCode = runScript(script, isTests ? ["--", "--json", `--outputFile=${report}`] : []);
  const ok = exitCode === 0;
  const alone = { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
  const counts = (isTests ? readTestCounts(readReport(report)) : undefined) ?? alone;
  return { title, counts, ok, seconds: (performance.now() - from) / 1000 };
}

function runScript(script: string, rest: readonly string[]): number {
  const args = ["run", "--silent", script, ...rest];
  const npm = process.env.npm_execpath;
  // Through Node where npm says which file it is, so that no shell reads the arguments.
  const { status, error } = npm?.endsWith("js")
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: "inherit" })
    : spawnSync("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (error !== undefined) console.error(`npm could not be started: ${error.message}`);
  return status ?? 1;
}

function readReport(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // Jest ended before it could write its report; its exit code says so.
  }
}

function summarize(outcomes: readonly Outcome[]): void {
  console.log("\n=== Summary\n");
  for (const { title, counts, ok, seconds } of outcomes) {
    const tests = title === "Tests" ? `  (${counts.passed} passed, ${counts.failed} failed)` : "";
    console.log(
      `${ok ? "ok    " : "FAILED"}  ${title.padEnd(20)} ${seconds.toFixed(1).padStart(6)} s${tests}`,
    );
  }
  const passed = outcomes.reduce((sum, { counts }) => sum + counts.passed, 0);
  const failed = outcomes.reduce((sum, { counts, ok }) => sum + Math.max(counts.failed, ok ? 0 : 1), 0);
  const seconds = (performance.now() - started) / 1000;
  console.log(`\nTests, and each other check as one, in ${seconds.toFixed(0)} s:`);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || outcomes.some(({ ok }) => !ok)) process.exitCode = 1;
}
