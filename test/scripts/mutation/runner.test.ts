import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const RUNNER = pathToFileURL(join(import.meta.dirname, "../../../scripts/mutation/runner.mjs"));

test("A mutant whose tests are not found is an error, and not a survivor", () => {
  const folder = mkdtempSync(join(tmpdir(), "mutants-"));
  const script = `
    const { strykerPlugins: [{ factory }] } = await import(${JSON.stringify(RUNNER)});
    const run = { activeMutant: { id: "1" }, testFilter: ["test/a.test.ts adds"], sandboxFileName: "a.ts" };
    console.log(JSON.stringify(await factory().mutantRun(run)));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(JSON.parse(stdout)).toEqual({
    status: "error",
    errorMessage: "these tests were not found: test/a.test.ts adds",
  });
});
