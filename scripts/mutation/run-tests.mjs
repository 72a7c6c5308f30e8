import { loadTests } from "./load-tests.mjs";

/**
 * Evaluates one file anew and runs the chosen tests of it; stops at the first failure if `bail` is
 * set. `enter` is called with what runs next: the name of a test, or undefined for code that runs
 * for every test of the file.
 */
export async function runTests(file, { isChosen, bail, enter }) {
  const results = [];
  let tests;
  try {
    enter(undefined);
    tests = loadTests(file);
  } catch (error) {
    // What breaks the file breaks each of its tests.
    return [{ name: undefined, ms: 0, error }];
  }
  const chosen = tests.filter(({ name }) => isChosen(name));
  const entered = new Map();
  const prepare = (block) => {
    if (!entered.has(block)) entered.set(block, inOrder(block.before));
    return entered.get(block);
  };
  for (const { name, run, blocks } of chosen) {
    const started = performance.now();
    let error;
    try {
      enter(undefined);
      for (const block of blocks) await prepare(block);
      enter(name);
      for (const block of blocks) await inOrder(block.beforeEach);
      await run();
    } catch (thrown) {
      error = thrown ?? new Error("undefined was thrown");
    }
    try {
      for (const block of [...blocks].reverse()) await inOrder(block.afterEach);
    } catch (thrown) {
      error ??= thrown ?? new Error("undefined was thrown");
    }
    results.push({ name, ms: performance.now() - started, error });
    if (bail && error !== undefined) break;
  }
  enter(undefined);
  for (const block of [...entered.keys()].reverse()) {
    await inOrder(block.after).catch(() => {});
  }
  return results;
}

async function inOrder(hooks) {
  for (const hook of hooks) await hook();
}
