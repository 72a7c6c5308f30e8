import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findGlossaryFaults } from "../../scripts/glossary/find-faults.ts";
import { readGlossary } from "../../scripts/glossary/read-glossary.ts";
import { readTrackedFiles } from "../../scripts/tracked-files.ts";

const root = join(import.meta.dirname, "../..");
const glossary = readGlossary(readFileSync(join(root, "docs/glossary.md"), "utf8"));
const files = new Map(readTrackedFiles(root));
// Its examples have the faults.
files.delete("test/scripts/glossary.test.ts");

const SMALL = readGlossary(
  [
    "| term | meaning | source | in the code |",
    "|---|---|---|---|",
    "| decision | allow or deny | | `domain/decision.ts`: `Decision` |",
    "",
    "| word | use instead |",
    "|---|---|",
    "| `judge` | assess |",
    "| `stray`, `deed` | unknown |",
  ].join("\n"),
);

const faultsIn = (path: string, text: string) =>
  findGlossaryFaults(
    SMALL,
    new Map([
      ["domain/decision.ts", "export type Decision = string;"],
      [path, text],
    ]),
  );

test("the glossary has terms and words that names must not have", () => {
  expect(glossary.terms.length).toBeGreaterThan(40);
  expect(glossary.avoided).toEqual(expect.arrayContaining(["judge", "stray", "stranger", "whoever"]));
});

test("the code keeps to the glossary", () => {
  expect(findGlossaryFaults(glossary, files)).toEqual([]);
});

test.each([
  ["a function", "export function judgeDevice() {}", "judgeDevice"],
  ["a function inside another", "function a() {\n  const assessOrJudge = () => {};\n}", "assessOrJudge"],
  ["a plural", "const deeds = [];", "deeds"],
  ["a type", "interface StrayRoute {}", "StrayRoute"],
  ["a name in capitals", "const LAST_DEED = 1;", "LAST_DEED"],
])("a name with an avoided word is a fault: %s", (_, text, name) => {
  expect(faultsIn("lib/a.ts", text)).toEqual([expect.stringContaining(`lib/a.ts: ${name}`)]);
});

test("a file with an avoided word in its name is a fault", () => {
  expect(faultsIn("lib/judge-device.ts", "")).toEqual([expect.stringContaining("lib/judge-device.ts")]);
});

test("a word that only contains an avoided one is none", () => {
  expect(faultsIn("lib/a.ts", "const judgment = 1; const indeed = 2; // we judge")).toEqual([]);
});

test("a term whose file or name is missing is a fault", () => {
  expect(findGlossaryFaults(SMALL, new Map())).toEqual([
    "docs/glossary.md: domain/decision.ts, of the term decision, does not exist",
  ]);
  expect(findGlossaryFaults(SMALL, new Map([["domain/decision.ts", "// Decisions"]]))).toEqual([
    "docs/glossary.md: domain/decision.ts has no Decision, of the term decision",
  ]);
});
