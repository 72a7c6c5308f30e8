import { findMachineTraces } from "../../scripts/machine-traces.ts";

const slash = "/";

describe("traces of one machine", () => {
  // Put together here, so that this file does not bear them.
  test.each([
    ["home", `see ${slash}home/ada/notes.md`],
    ["Users", `open("${slash}Users/ada/sallyport")`],
    ["root", `${slash}root/.cache`],
    ["work", `cd ${slash}work/sallyport`],
    ["file URL", `file://${slash}home/ada/a.ts`],
    ["Windows", ["C:", "Users", "ada"].join("\\")],
    ["Windows, escaped", ["C:", "Users", "ada"].join("\\\\")],
    ["registry", `https:${slash}/registry.example.com/jose`],
    ["registry of a company", `http:${slash}/npm.corp.example:4873/`],
    ["npmrc", `a=b\nregistry ${"="} x`],
    ["scoped npmrc", `@corp:registry${"="}x`],
    ["credentials", `${slash}/packages.example.com/:_auth${"Token="}x`],
  ])("%s is found", (_, text) => {
    expect(findMachineTraces("docs/a.md", `first line\n${text}`)).not.toEqual([]);
  });

  test("the line is reported", () => {
    expect(findMachineTraces("docs/a.md", `one\ntwo ${slash}home/ada/x\nthree`)).toEqual([
      { file: "docs/a.md", line: 2, rule: "machine", says: expect.stringContaining("absolute path") },
    ]);
  });

  test.each([
    `https:${slash}/example.com/home/ada/x`,
    `https:${slash}/example.com${slash}work${slash}x`,
    "an npm registry, and npm ci",
    `https:${slash}/www.npmjs.com/package/jose`,
    `the folder work${slash}a and ./home/ada/x`,
    `${slash}api/users/1`,
    `${slash}var/task/index.mjs`,
  ])("%s is fine", (text) => {
    expect(findMachineTraces("docs/a.md", text)).toEqual([]);
  });

  test("a lock file may not say where packages were downloaded, another file may use the word", () => {
    const line = `"resol${"ved"}": "somewhere"`;
    expect(findMachineTraces("package-lock.json", `{\n${line}\n}`)).toMatchObject([
      { line: 2, rule: "machine" },
    ]);
    expect(findMachineTraces("docs/a.json", line)).toEqual([]);
  });
});
