import { join, relative } from "node:path";
import { runTests } from "./run-tests.mjs";
import { testsFor } from "./test-files.mjs";

/** The test id under which coverage is counted of code that runs for every test of a file. */
const SHARED = "(shared)";

/**
 * A test runner for Stryker. The tests of one mutant take milliseconds, where a run of Jest takes a
 * second: files are compiled once and evaluated anew for each mutant, so that no mutant leaves
 * state for the next.
 */
function createRunner() {
  const root = process.cwd();
  globalThis.__stryker__ ??= {};
  const stryker = globalThis.__stryker__;

  async function coverageOf(file) {
    stryker.mutantCoverage = { static: {}, perTest: {} };
    const enter = (name) => {
      stryker.currentTestId = name === undefined ? SHARED : idOf(file, name);
    };
    const results = await runTests(join(root, file), { isChosen: () => true, bail: false, enter });
    stryker.currentTestId = undefined;
    const { [SHARED]: shared = {}, ...perTest } = stryker.mutantCoverage.perTest;
    return results.map(({ name, ms, error }) => {
      const id = idOf(file, name);
      const outcome = error === undefined ? { status: 0 } : { status: 1, failureMessage: messageOf(error) };
      const test = { id, name: id, timeSpentMs: ms, fileName: file, ...outcome };
      return { test, coverage: { ...shared, ...perTest[id] } };
    });
  }

  async function dryRun({ files }) {
    const results = [];
    for (const file of new Set(files.flatMap((source) => testsFor(root, relative(root, source))))) {
      results.push(...(await coverageOf(file)));
    }
    const perTest = Object.fromEntries(results.map(({ test, coverage }) => [test.id, coverage]));
    const tests = results.map(({ test }) => test);
    return { status: "complete", tests, mutantCoverage: { static: {}, perTest } };
  }

  async function mutantRun({ activeMutant, testFilter = [], sandboxFileName, hitLimit }) {
    const chosen = new Set(testFilter);
    stryker.mutantCoverage = { static: {}, perTest: {} };
    Object.assign(stryker, { activeMutant: activeMutant.id, hitLimit, hitCount: hitLimit && 0 });
    let nrOfTests = 0;
    for (const file of testsFor(root, relative(root, sandboxFileName))) {
      const first = testFilter.find((id) => id.startsWith(`${file} `));
      if (first === undefined) continue;
      const isChosen = (name) => chosen.has(idOf(file, name));
      const results = await runTests(join(root, file), { isChosen, bail: true, enter: () => {} });
      nrOfTests += results.length;
      if (stryker.hitCount > hitLimit) return { status: "timeout", reason: "too many loops" };
      const failed = results.find(({ error }) => error !== undefined);
      if (failed !== undefined) {
        // A file that cannot even be evaluated fails in all of its tests.
        const killer = failed.name === undefined ? first : idOf(file, failed.name);
        return { status: "killed", killedBy: [killer], failureMessage: messageOf(failed.error), nrOfTests };
      }
    }
    if (nrOfTests === 0)
      return { status: "error", errorMessage: `these tests were not found: ${[...chosen].join(", ")}` };
    return { status: "survived", nrOfTests };
  }

  return { capabilities: () => ({ reloadEnvironment: true }), init: async () => {}, dryRun, mutantRun };
}
createRunner.inject = [];

const idOf = (file, name) => `${file} ${name}`;
const messageOf = (error) => String(error?.message ?? error);

export const strykerPlugins = [{ kind: "TestRunner", name: "decision-path", factory: createRunner }];
