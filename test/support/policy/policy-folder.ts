import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compilePolicies } from "../../../policy/compile.ts";
import { PolicyError } from "../../../policy/policy-error.ts";

export const PERMIT = '@id("all") permit (principal, action, resource);';

/** The folder of the test at hand, empty at its start. */
export let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "policies-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes files, by their path in the folder. */
export function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** The problems of a folder with these files, with their files named as in the folder. */
export function problemsWith(files: Readonly<Record<string, string>>): PolicyError["problems"] {
  write(files);
  try {
    compilePolicies(folder);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems.map((problem) => ({ ...problem, file: problem.file.replace(`${folder}/`, "") }));
  }
  throw new Error("the folder compiled");
}
