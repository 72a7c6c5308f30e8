import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Tests with random cases, of measured time, of floods, with child processes or replaced modules,
 * and tests that compile policies.
 */
const LEFT_OUT =
  /\.(property|perf)\.test\.ts$|\/(bundle|extension|flood|once)\.test\.ts$|^test\/policy\/(?!engine\.)/;

/**
 * The tests for mutants of one source file: those in the mirror of its folder, as paths from the
 * project's folder, the file's own test first. A mutant that only a test elsewhere would kill
 * survives: its test belongs where a reader looks for it.
 */
export function testsFor(root, source) {
  const folder = join("test", dirname(source));
  if (!existsSync(join(root, folder))) return [];
  const own = `${basename(source, ".ts")}.test.ts`;
  return readdirSync(join(root, folder))
    .sort((one, other) => Number(other === own) - Number(one === own))
    .map((name) => `${folder}/${name}`)
    .filter((file) => file.endsWith(".test.ts") && !LEFT_OUT.test(file));
}
