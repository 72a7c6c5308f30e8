import { join } from "node:path";
import { findMachineTraces } from "../../scripts/machine-traces.ts";
import { readTrackedFiles } from "../../scripts/tracked-files.ts";
import { checkTree } from "../../scripts/tree-rules.ts";

const rulesIn = (files: readonly string[]) => checkTree(files).map(({ rule }) => rule);
const filesIn = (folder: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${folder}/file-${index}.ts`);

test("this repository has no vague name, no crowded folder, no stray file among tests and no trace of a machine", () => {
  const files = readTrackedFiles(join(import.meta.dirname, "../.."));
  expect(files.has("domain/decision/reason.ts")).toBe(true);
  expect(checkTree(files.keys())).toEqual([]);
  expect([...files].flatMap(([file, text]) => findMachineTraces(file, text))).toEqual([]);
});

test.each([
  "domain/utils.ts",
  "lib/common/a.ts",
  "test/support/helpers/a.ts",
  "cli/types.d.ts",
  "docs/misc.md",
  "Util/a.ts",
])("%s is reported as a vague name", (file) => {
  expect(rulesIn([file])).toEqual(["name"]);
});

test.each(["domain/type-of-device.ts", "lib/commonwealth.ts", "docs/helpers-of-the-poor.md"])(
  "%s is accepted as a name",
  (file) => {
    expect(rulesIn([file])).toEqual([]);
  },
);

test.each([
  "test/lib/synthesize.ts",
  "test/golden/items.json",
  "test/fuzz/run.ts",
  "test/support.ts",
  "test/a.test.ts.snap",
])("%s is reported as a stray file among tests", (file) => {
  expect(rulesIn([file])).toEqual(["not-a-test"]);
});

test.each([
  "test/lib/a.test.ts",
  "test/console/a.test.tsx",
  "test/browser/a.browser.ts",
  "test/domain/a.test-d.ts",
  "test/support/lib/a.ts",
  "lib/a.ts",
])("%s is accepted where it is", (file) => {
  expect(rulesIn([file])).toEqual([]);
});

test("a folder with 26 files is reported with their number", () => {
  expect(checkTree(filesIn("aws/table", 26))).toEqual([
    { file: "aws/table/", rule: "crowded", says: expect.stringContaining("26 files") },
  ]);
});

test("a folder with 25 files is accepted, and files in folders below do not count", () => {
  expect(checkTree([...filesIn("aws", 25), ...filesIn("aws/table", 25)])).toEqual([]);
});

test("folders of tests and documentation may hold more files", () => {
  expect(checkTree([...filesIn("test/support/lib", 40), ...filesIn("docs/decisions", 40)])).toEqual([]);
});
