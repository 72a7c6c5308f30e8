import { join } from "node:path";
import { checkBoundaries } from "../../scripts/boundaries.ts";
import { findMachineTraces } from "../../scripts/machine-traces.ts";
import { readTrackedFiles } from "../../scripts/tracked-files.ts";

const check = (files: Record<string, string>) => checkBoundaries(new Map(Object.entries(files)));
const rulesIn = (files: Record<string, string>) => check(files).map(({ rule }) => rule);

test("the tree at hand keeps every rule and bears no trace of a machine", () => {
  const files = readTrackedFiles(join(import.meta.dirname, "../.."));
  expect(files.has("domain/decision/reason.ts")).toBe(true);
  expect(checkBoundaries(files)).toEqual([]);
  expect([...files].flatMap(([file, text]) => findMachineTraces(file, text))).toEqual([]);
});

describe("who may import whom", () => {
  const refused: readonly [from: string, specifier: string][] = [
    // 1. domain/ imports only domain/
    ["domain/a.ts", "../contract/table.ts"],
    ["domain/a.ts", "../aws/table.ts"],
    ["domain/a.ts", "node:crypto"],
    ["domain/a.ts", "crypto"],
    ["domain/a.ts", "zod"],
    // contract/ imports only domain/
    ["contract/a.ts", "../policy/schema.ts"],
    ["contract/a.ts", "zod"],
    ["contract/a.ts", "node:fs"],
    // policy/ knows the engine and nothing else
    ["policy/a.ts", "../aws/table.ts"],
    ["policy/a.ts", "../lambda/telemetry.ts"],
    ["policy/a.ts", "zod"],
    ["policy/a.ts", "@cedar-policy/cedar-wasm-of-another"],
    // 2. the app and the constructs never import what runs
    ["bin/app.ts", "../lambda/authorizer/handler.ts"],
    ["bin/app.ts", "../local/start.ts"],
    ["bin/app.ts", "../cli/decide.ts"],
    ["lib/a.ts", "../lambda/telemetry.ts"],
    ["lib/deep/a.ts", "../../local/start.ts"],
    ["lib/a.ts", "../cli/decide.ts"],
    ["bin/sallyport.ts", "../lambda/authorizer/handler.ts"],
    // 3. only aws/ imports the SDK
    ["lambda/scorer/a.ts", "@aws-sdk/client-dynamodb"],
    ["lambda/telemetry.ts", "@smithy/node-http-handler"],
    ["local/a.ts", "@aws-sdk/client-dynamodb"],
    ["cli/a.ts", "@aws-sdk/client-sqs"],
    ["lib/a.ts", "@aws-sdk/client-sqs"],
    ["domain/a.ts", "@aws-sdk/client-sqs"],
    // 4. one function never imports another's folder
    ["lambda/scorer/a.ts", "../authorizer/handler.ts"],
    ["lambda/scorer/a.ts", "../scorer-of-another/handler.ts"],
    ["lambda/telemetry.ts", "./authorizer/handler.ts"],
    ["lambda/scorer/a.ts", "../../local/start.ts"],
    ["aws/a.ts", "../lambda/telemetry.ts"],
    // 5. the laptop runs bundles, never sources
    ["local/a.ts", "../lambda/authorizer/handler.ts"],
    ["local/a.ts", "../lambda/telemetry.ts"],
    // nothing that ships leans on tests or benchmarks
    ["cli/a.ts", "../test/persona.ts"],
    ["scripts/a.ts", "../test/persona.ts"],
    ["lambda/scorer/a.ts", "../../bench/run.ts"],
    ["cli/a.ts", "/etc/hosts.ts"],
    ["local/a.ts", "/state.js"],
    // the page runs in a browser
    ["console/a.js", "../server.ts"],
    ["console/a.js", "preact"],
  ];
  test.each(refused)("%s may not import %s", (from, specifier) => {
    expect(check({ [from]: `import { a } from "${specifier}";\na();` })).toEqual([
      {
        file: from,
        line: 1,
        rule: "import",
        says: expect.stringContaining(specifier.replace(/^(\.\.?\/)+/, "")),
      },
    ]);
  });

  const allowed: readonly [from: string, specifier: string][] = [
    ["domain/a.ts", "./reason.ts"],
    ["contract/a.ts", "../domain/reason.ts"],
    ["policy/a.ts", "@cedar-policy/cedar-wasm/nodejs"],
    ["policy/a.ts", "../domain/reason.ts"],
    ["aws/a.ts", "@aws-sdk/client-dynamodb"],
    ["lambda/scorer/a.ts", "../telemetry.ts"],
    ["lambda/scorer/a.ts", "./deep/score.ts"],
    ["lambda/telemetry.ts", "./deadline.ts"],
    ["lambda/authorizer/a.ts", "../../policy/engine.ts"],
    ["bin/app.ts", "../lib/index.ts"],
    ["bin/sallyport.ts", "../cli/commands.ts"],
    ["cli/a.ts", "../lambda/authorizer/authorize.ts"],
    ["test/aws/a.test.ts", "@aws-sdk/client-dynamodb"],
    ["test/lambda/a.test.ts", "../../lambda/scorer/score.ts"],
    ["console/a.js", "/state.js"],
    ["bench/a.ts", "../lambda/scorer/score.ts"],
  ];
  test.each(allowed)("%s may import %s", (from, specifier) => {
    expect(check({ [from]: `import { a } from "${specifier}";\na();` })).toEqual([]);
  });

  test.each([
    'import "../aws/a.ts";',
    'import type { A } from "../aws/a.ts";\nexport type B = A;',
    'export { a } from "../aws/a.ts";',
    'export type { A } from "../aws/a.ts";',
    'export * from "../aws/a.ts";',
    'export const a = () => import("../aws/a.ts");',
    "export const a = () => import(`../aws/a.ts`);",
    'export type A = import("../aws/a.ts").A;',
    'import a = require("../aws/a.ts");\nexport { a };',
    'import "../aws/a";',
    'import "./deep/../../aws/a.js";',
  ])("in whatever form: %s", (source) => {
    const violations = check({ "domain/z.ts": source, "aws/a.ts": "export const a = 1;" });
    expect(violations).toMatchObject([{ rule: "import", says: "domain/ may not import aws/a.ts" }]);
  });

  test("a call of require counts", () => {
    expect(check({ "lambda/scorer/a.ts": 'const a = require("@aws-sdk/client-sqs");' })).toMatchObject([
      { rule: "import", says: "only aws/ may import the AWS SDK (@aws-sdk/client-sqs)" },
    ]);
  });

  test("what is only known at run time is refused where rules would be blind, and left to the laptop", () => {
    const source = "export const load = (path: string) => import(path);";
    expect(rulesIn({ "lambda/scorer/a.ts": source })).toEqual(["import"]);
    expect(rulesIn({ "local/a.ts": source })).toEqual([]);
  });

  test("names in comments and strings are not imports", () => {
    expect(
      check({ "domain/a.ts": '// import "../aws/a.ts"\nexport const a = `import "../aws/a.ts"`;' }),
    ).toEqual([]);
  });
});

describe("purity of domain/", () => {
  test.each([
    ["process", "export const a = process.env.TZ;"],
    ["console", 'console.log("a");'],
    ["Date.now", "export const a = () => Date.now();"],
    ["Date.now", 'export const a = Date["now"];'],
    ["new Date()", "export const a = new Date();"],
    ["Date()", "export const a = Date();"],
    ["Math.random", "export const a = Math.random();"],
    ["setTimeout", "setTimeout(() => {}, 1);"],
    ["globalThis", "export const a = globalThis;"],
    ["crypto", "export const a = crypto.randomUUID();"],
    ["import.meta", "export const a = import.meta.url;"],
    ["process", "export const a = { process };"],
    ["console", 'export const a = { ["x"]: console };'],
  ])("refuses %s", (name, source) => {
    expect(check({ "domain/a.ts": source })).toEqual([
      { file: "domain/a.ts", line: 1, rule: "purity", says: `domain/ is pure and may not use ${name}` },
    ]);
  });

  test("allows dates that are given, and properties of the same names", () => {
    const source = `
      export interface A { process: string; console(): void }
      export const a = (at: number, b: A) => [new Date(at), Date.UTC(2026, 0), Date.parse("x"), Math.max(1), b.process];
      export const c = { process: 1, console() {} };
    `;
    expect(check({ "domain/a.ts": source })).toEqual([]);
  });

  test("binds no other room", () => {
    expect(check({ "lambda/scorer/a.ts": "export const a = () => Date.now();" })).toEqual([]);
  });
});

describe("circles", () => {
  test("are reported with their path, once", () => {
    const violations = check({
      "domain/a.ts": 'import "./b.ts";',
      "domain/b.ts": 'import type { C } from "./c.ts"; export type B = C;',
      "domain/c.ts": 'export { a } from "./a.ts";',
      "domain/d.ts": 'import "./a.ts";',
    });
    expect(violations).toEqual([
      { file: "domain/a.ts", rule: "circle", says: "domain/a.ts → domain/b.ts → domain/c.ts → domain/a.ts" },
    ]);
  });

  test("of one file are circles too", () => {
    expect(rulesIn({ "cli/a.ts": 'import "./a.ts";' })).toEqual(["circle"]);
  });

  test("are found in the browser's addresses", () => {
    const files = {
      "console/a.js": 'import "/b.js";',
      "console/b.js": 'import "./a.js";',
    };
    expect(rulesIn(files)).toEqual(["circle"]);
  });

  test("are not diamonds", () => {
    const files = {
      "domain/a.ts": 'import "./b.ts"; import "./c.ts";',
      "domain/b.ts": 'import "./d.ts";',
      "domain/c.ts": 'import "./d.ts";',
      "domain/d.ts": "export const d = 1;",
    };
    expect(check(files)).toEqual([]);
  });
});

describe("names", () => {
  test.each([
    "domain/utils.ts",
    "lib/common/a.ts",
    "test/helpers/a.ts",
    "cli/types.d.ts",
    "docs/misc.md",
    "Util/a.ts",
  ])("%s says nothing", (file) => {
    expect(rulesIn({ [file]: "" })).toEqual(["name"]);
  });

  test.each(["domain/type-of-device.ts", "lib/commonwealth.ts", "docs/helpers-of-the-poor.md"])(
    "%s will do",
    (file) => {
      expect(rulesIn({ [file]: "" })).toEqual([]);
    },
  );
});

test("a file that does not parse is a violation, not a pass", () => {
  expect(rulesIn({ "domain/a.ts": "import {" })).toContain("syntax");
});
