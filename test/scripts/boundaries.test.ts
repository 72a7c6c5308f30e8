import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const CONFIG = join(ROOT, "dependency-cruiser.config.mjs");
const CRUISE = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");

interface Rule {
  readonly name: string;
}
interface Breach {
  readonly rule: Rule;
  readonly from: string;
  readonly to: string;
}

const trees: string[] = [];
afterAll(() => {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true });
});

/** Writes a tree with one file in each room, which the files given can import. */
function plant(files: Readonly<Record<string, string>>): string {
  const tree = mkdtempSync(join(tmpdir(), "boundaries-"));
  trees.push(tree);
  for (const [file, text] of Object.entries({ ...TARGETS, ...files })) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  }
  return tree;
}

function cruise(files: Readonly<Record<string, string>>): readonly Breach[] {
  const args = [CRUISE, "--config", CONFIG, "--output-type", "json", "."];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: plant(files),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout).summary.violations;
}

const rulesOf = (breaches: readonly Breach[], file: string): string[] => [
  ...new Set(breaches.filter(({ from }) => from === file).map(({ rule }) => rule.name)),
];

const MODULE = "export const a = 1;\nexport type A = number;\n";
const TARGETS = {
  "console/view.tsx": "export const a = () => <p>a</p>;\n",
  ...Object.fromEntries(
    [
      ...[
        "domain",
        "contract",
        "console",
        "policy",
        "aws",
        "verification/issuers",
        "verification",
        "configuration",
      ],
      ...["lambda", "lambda/authorizer", "lambda/scorer", "lib", "local", "cli", "bin", "examples"],
      ...["scripts", "bench", "test", "test/support"],
    ].map((room) => [`${room}/target.ts`, MODULE]),
  ),
};

/** [file, what it imports, the rule that reports it] */
const REFUSED: readonly (readonly [from: string, specifier: string, rule: string])[] = [
  // 1. domain/ imports only domain/.
  ...["contract", "aws", "verification", "policy", "lib", "lambda", "configuration"].map(
    (room) => ["domain/a.ts", `../${room}/target.ts`, "domain-imports-only-what-it-may"] as const,
  ),
  ["domain/risk/factors/a.ts", "../../../contract/target.ts", "domain-imports-only-what-it-may"],
  ["domain/a.ts", "node:crypto", "domain-imports-no-other-package"],
  ["domain/a.ts", "crypto", "domain-imports-no-other-package"],
  ["domain/a.ts", "zod", "domain-imports-no-other-package"],
  // The rooms between domain/ and what runs.
  ["contract/a.ts", "../policy/target.ts", "contract-imports-only-what-it-may"],
  ["contract/a.ts", "zod", "contract-imports-no-other-package"],
  ["contract/a.ts", "node:fs", "contract-imports-no-other-package"],
  ["console/a.ts", "../local/target.ts", "console-imports-only-what-it-may"],
  ["console/a.ts", "node:fs", "console-imports-no-other-package"],
  ["console/browser/a.ts", "hono", "console-imports-no-other-package"],
  ["policy/a.ts", "../aws/target.ts", "policy-imports-only-what-it-may"],
  ["policy/a.ts", "../lambda/target.ts", "policy-imports-only-what-it-may"],
  ["policy/a.ts", "zod", "policy-imports-no-other-package"],
  ["policy/a.ts", "@cedar-policy/cedar-wasm-of-another", "policy-imports-no-other-package"],
  ["aws/a.ts", "../lambda/target.ts", "aws-imports-only-what-it-may"],
  ["aws/a.ts", "../verification/target.ts", "aws-imports-only-what-it-may"],
  ["verification/a.ts", "../aws/target.ts", "verification-imports-only-what-it-may"],
  ["verification/a.ts", "../lambda/authorizer/target.ts", "verification-imports-only-what-it-may"],
  ["verification/a.ts", "../policy/target.ts", "verification-imports-only-what-it-may"],
  ["verification/issuers/a.ts", "../target.ts", "verification/issuers-imports-only-what-it-may"],
  ["verification/issuers/a.ts", "node:fs", "verification/issuers-imports-no-other-package"],
  ["configuration/a.ts", "../verification/target.ts", "configuration-imports-only-what-it-may"],
  ["configuration/a.ts", "../lib/target.ts", "configuration-imports-only-what-it-may"],
  ["configuration/a.ts", "aws-cdk-lib", "configuration-imports-no-other-package"],
  ["configuration/a.ts", "constructs", "configuration-imports-no-other-package"],
  // 2. Constructs and the app never import what runs.
  ["lib/a.ts", "../lambda/target.ts", "lib-imports-only-what-it-may"],
  ["lib/deep/a.ts", "../../local/target.ts", "lib-imports-only-what-it-may"],
  ["lib/a.ts", "../cli/target.ts", "lib-imports-only-what-it-may"],
  ["lib/a.ts", "../aws/target.ts", "lib-imports-only-what-it-may"],
  ["bin/app.ts", "../lambda/authorizer/target.ts", "bin-imports-only-what-it-may"],
  ["bin/app.ts", "../local/target.ts", "bin-imports-only-what-it-may"],
  ["bin/app.ts", "../cli/target.ts", "the-app-does-not-import-the-commands"],
  ["bin/sallyport.ts", "../lib/target.ts", "the-commands-do-not-import-the-app"],
  // 3. Only aws/ imports the SDK.
  ...["lambda/scorer", "lib", "local", "cli", "domain", "verification", "scripts", "bin"].map(
    (room) => [`${room}/a.ts`, "@aws-sdk/client-sqs", "only-aws-imports-the-sdk"] as const,
  ),
  ["lambda/a.ts", "@smithy/node-http-handler", "only-aws-imports-the-sdk"],
  // 4. One function never imports another's folder.
  ["lambda/scorer/a.ts", "../authorizer/target.ts", "one-function-never-imports-another"],
  ["lambda/scorer/deep/a.ts", "../../authorizer/target.ts", "one-function-never-imports-another"],
  ["lambda/scorer-of-another/a.ts", "../scorer/target.ts", "one-function-never-imports-another"],
  ["lambda/a.ts", "./authorizer/target.ts", "shared-function-code-knows-no-function"],
  ["lambda/scorer/a.ts", "../../local/target.ts", "lambda-imports-only-what-it-may"],
  ["lambda/scorer/a.ts", "../../lib/target.ts", "lambda-imports-only-what-it-may"],
  // 5. The laptop runs bundles, never sources.
  ["local/a.ts", "../lambda/authorizer/target.ts", "local-imports-only-what-it-may"],
  ["local/a.ts", "../verification/target.ts", "local-imports-only-what-it-may"],
  ["local/a.ts", "../cli/target.ts", "local-imports-only-what-it-may"],
  // 6. No arrow up, nothing that ships imports tests, benches or scripts.
  ["cli/a.ts", "../bin/target.ts", "cli-imports-only-what-it-may"],
  ["examples/a.ts", "../lib/target.ts", "examples-imports-only-what-it-may"],
  ...["domain", "aws", "lib", "cli", "local", "verification"].flatMap((room) =>
    ["test", "bench", "scripts"].map(
      (closed) => [`${room}/a.ts`, `../${closed}/target.ts`, `${room}-imports-only-what-it-may`] as const,
    ),
  ),
  ["scripts/a.ts", "../test/target.ts", "scripts-imports-only-what-it-may"],
  ["scripts/deep/a.ts", "../../bench/target.ts", "scripts-imports-only-what-it-may"],
  ["bench/parts/a.ts", "../../test/target.ts", "bench-imports-only-what-it-may"],
  ["test/support/a.ts", "../target.ts", "test/support-imports-only-what-it-may"],
  ["test/support/deep/a.ts", "../../../scripts/target.ts", "test/support-imports-only-what-it-may"],
  // Files with JSX count too, on both ends of the arrow.
  ["console/a.tsx", "../local/target.ts", "console-imports-only-what-it-may"],
  ["console/views/a.tsx", "zod", "console-imports-no-other-package"],
  ["aws/a.ts", "../console/view.tsx", "aws-imports-only-what-it-may"],
  ["aws/a.ts", "../console/view", "aws-imports-only-what-it-may"],
  // What the rules could not follow.
  ["cli/a.ts", "./missing.ts", "no-unresolved-import"],
  ["local/a.ts", "/state.js", "no-unresolved-import"],
  ["cli/a.ts", "../../outside.ts", "no-import-from-outside"],
  ["cli/a.ts", "file:///etc/hosts.ts", "no-import-from-outside"],
  ["cli/a.ts", "../dist/other.mjs", "no-unresolved-import"],
  ["newroom/a.ts", "../domain/target.ts", "no-unknown-room"],
];

const ALLOWED: readonly (readonly [from: string, specifier: string])[] = [
  ["domain/a.ts", "./target.ts"],
  ["domain/risk/factors/a.ts", "../../target.ts"],
  ["contract/a.ts", "../domain/target.ts"],
  ["console/views/a.tsx", "preact"],
  ["console/a.ts", "../domain/target.ts"],
  ["policy/a.ts", "@cedar-policy/cedar-wasm/nodejs"],
  ["policy/a.ts", "node:fs"],
  ["aws/a.ts", "@aws-sdk/client-dynamodb"],
  ["verification/a.ts", "../contract/target.ts"],
  ["verification/a.ts", "node:crypto"],
  ["verification/a.ts", "./issuers/target.ts"],
  ["verification/issuers/a.ts", "aws-jwt-verify"],
  ["configuration/a.ts", "../verification/issuers/target.ts"],
  ["configuration/a.ts", "zod"],
  ["lambda/scorer/a.ts", "../target.ts"],
  ["lambda/scorer/deep/a.ts", "../target.ts"],
  ["lambda/authorizer/a.ts", "../../policy/target.ts"],
  ["lambda/authorizer/a.ts", "../../verification/target.ts"],
  ["lib/a.ts", "../configuration/target.ts"],
  ["lib/a.ts", "aws-cdk-lib"],
  ["bin/app.ts", "../lib/target.ts"],
  ["bin/sallyport.ts", "../cli/target.ts"],
  ["bin/sallyport.mjs", "../dist/sallyport.mjs"],
  ["cli/a.ts", "../lambda/authorizer/target.ts"],
  ["bench/a.ts", "../lambda/scorer/target.ts"],
  ["bench/a.ts", "../test/support/target.ts"],
  ["scripts/a.ts", "../test/support/target.ts"],
  ["test/support/a.ts", "../../cli/target.ts"],
  ["console/a.tsx", "./view.tsx"],
  ["local/page/a.ts", "../../console/view.tsx"],
  ["test/aws/a.test.ts", "@aws-sdk/client-dynamodb"],
  ["test/lambda/a.test.ts", "../../lambda/scorer/target.ts"],
];

/** The same import in a separate file, beside the one that the table names. */
const variant = (from: string, index: number) => from.replace(/\/([^/]*)\.(\w+)$/, `/$1.case-${index}.$2`);

describe("which room imports which", () => {
  const cases = [...REFUSED, ...ALLOWED].map(([from, specifier], index) => ({
    file: variant(from, index),
    specifier,
  }));
  const breaches = cruise(
    Object.fromEntries(
      cases.map(({ file, specifier }) => [file, `import { a } from "${specifier}";\na();\n`]),
    ),
  );

  test.each(REFUSED.map((row, index) => [...row, index] as const))(
    "%s that imports %s breaks the rule %s",
    (from, _specifier, rule, index) => {
      expect(rulesOf(breaches, variant(from, index))).toContain(rule);
    },
  );

  const resolves = (rule: string) => rule !== "no-unresolved-import";
  test.each(ALLOWED.map((row, index) => [...row, REFUSED.length + index] as const))(
    "%s may import %s",
    (from, _specifier, index) => {
      // The planted tree has no packages, so a package's name does not resolve there.
      expect(rulesOf(breaches, variant(from, index)).filter(resolves)).toEqual([]);
    },
  );
});

describe("every form of import", () => {
  const forms = [
    'import "../aws/target.ts";',
    'import type { A } from "../aws/target.ts";\nexport type B = A;',
    'import { type A } from "../aws/target.ts";\nexport type B = A;',
    'export { a } from "../aws/target.ts";',
    'export type { A } from "../aws/target.ts";',
    'export * from "../aws/target.ts";',
    'export const a = () => import("../aws/target.ts");',
    "export const a = () => import(`../aws/target.ts`);",
    'import a = require("../aws/target.ts");\nexport { a };',
    'export const a = require("../aws/target.ts");',
    'import "../aws/target";',
    'import "./deep/../../aws/target.js";',
  ];
  const breaches = cruise(Object.fromEntries(forms.map((form, index) => [`domain/form-${index}.ts`, form])));

  test.each(forms.map((form, index) => [form, index] as const))("counts: %s", (_form, index) => {
    expect(rulesOf(breaches, `domain/form-${index}.ts`)).toContain("domain-imports-only-what-it-may");
  });

  test("does not count inside comments and strings", () => {
    const text = '// import "../aws/target.ts"\nexport const a = `import "../aws/target.ts"`;';
    expect(cruise({ "domain/a.ts": text })).toEqual([]);
  });
});

describe("a circle of imports", () => {
  const breaches = cruise({
    "domain/a.ts": 'import "./b.ts";',
    "domain/b.ts": 'import type { C } from "./c.ts"; export type B = C;',
    "domain/c.ts": 'export { a } from "./a.ts"; export type C = 1;',
    "cli/self.ts": 'import "./self.ts";',
    "console/a.tsx": 'import "./b.ts";',
    "console/b.ts": 'import "./a.tsx";',
    // A diamond is not a circle.
    "lib/top.ts": 'import "./left.ts"; import "./right.ts";',
    "lib/left.ts": 'import "./bottom.ts";',
    "lib/right.ts": 'import "./bottom.ts";',
    "lib/bottom.ts": MODULE,
  });

  test.each(["domain/a.ts", "cli/self.ts", "console/a.tsx"])(
    "that begins at %s is reported, type imports included",
    (file) => {
      expect(rulesOf(breaches, file)).toEqual(["no-circle"]);
    },
  );

  test("is not reported where two imports meet again", () => {
    expect(breaches.filter(({ from }) => from.startsWith("lib/"))).toEqual([]);
  });
});

test("a file that does not parse fails the check", () => {
  expect(() => cruise({ "domain/a.ts": "import {" })).toThrow("domain/a.ts");
});

test("every rule of the configuration is broken by a case above, and no room imports a room below it", () => {
  const print = `import(${JSON.stringify(CONFIG)}).then(({ default: { forbidden }, ROOMS }) =>
    console.log(JSON.stringify({ rules: forbidden.map(({ name }) => name), rooms: ROOMS })))`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", print], { encoding: "utf8" });
  const { rules, rooms } = JSON.parse(printed) as {
    readonly rules: readonly string[];
    readonly rooms: readonly { readonly room: string; readonly imports: "all" | readonly string[] }[];
  };
  expect(rules.toSorted()).toEqual(
    [...new Set([...REFUSED.map(([, , rule]) => rule), "no-circle"])].toSorted(),
  );
  const order = rooms.map(({ room }) => room);
  for (const { room, imports } of rooms) {
    const above = order.slice(0, order.indexOf(room));
    expect(imports === "all" ? [] : imports.filter((name) => !above.includes(name))).toEqual([]);
  }
});

describe("what Biome reports, because the imports do not show it", () => {
  const cases: readonly (readonly [file: string, source: string, says: string])[] = [
    ["domain", "export const a = process.env.TZ;", "Do not use the global"],
    ["domain", 'console.log("a");', "Do not use the global"],
    ["domain", "export const a = () => Date.now();", "folder is pure"],
    ["domain", "export const a = new Date();", "folder is pure"],
    ["domain", "export const a = Date();", "folder is pure"],
    ["domain", "export const a = Math.random();", "folder is pure"],
    ["domain", "setTimeout(() => {}, 1);", "Do not use the global"],
    ["domain", "export const a = globalThis;", "Do not use the global"],
    ["domain", "export const a = crypto.randomUUID();", "Do not use the global"],
    ["domain", "export const a = performance.now();", "Do not use the global"],
    ["domain", "export const a = Buffer.from([]);", "Do not use the global"],
    ["domain", "export const a = import.meta.url;", "folder is pure"],
    ["domain", "export const a = { process };", "Do not use the global"],
    ["verification/issuers", "export const a = () => Date.now();", "folder is pure"],
    ["domain/risk/factors", "export const a = fetch;", "Do not use the global"],
    ["domain", 'export type A = import("../aws/target.ts").A;', "inside a type"],
    ["local", 'export type A = typeof import("../lambda/target.ts");', "inside a type"],
    ["lambda/scorer", "export const load = (path: string) => import(path);", "computed"],
    ["cli", "export const load = (path: string) => require(path);", "computed"],
    // The cases that must pass.
    [
      "domain",
      "export const a = (at: number) => [new Date(at), Date.UTC(2026, 0), Date.parse('x'), Math.max(1)];",
      "",
    ],
    [
      "domain",
      "export interface A { process: string; console(): void }\nexport const a = (b: A) => [b.process, b.console()];",
      "",
    ],
    ["lambda/scorer", "export const a = () => Date.now();", ""],
    ["lambda/scorer", 'export const load = () => import("../target.ts");', ""],
    ["local", "export const load = (path: string) => import(path);", ""],
  ];
  const fileOf = (index: number) => `${cases[index]?.[0]}/case-${index}.ts`;
  let reported: ReadonlyMap<string, string>;

  beforeAll(() => {
    const tree = plant(Object.fromEntries(cases.map(([, source], index) => [fileOf(index), `${source}\n`])));
    cpSync(join(ROOT, "biome.json"), join(tree, "biome.json"));
    for (const name of ["purity", "import-types", "computed-imports"]) {
      cpSync(join(ROOT, `scripts/${name}.grit`), join(tree, `scripts/${name}.grit`));
    }
    const biome = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
    const args = [biome, "lint", "--reporter=json", "--max-diagnostics=none", "."];
    const { stdout } = spawnSync(process.execPath, args, { cwd: tree, encoding: "utf8" });
    reported = readReport(stdout);
  });

  test.each(cases.map((row, index) => [...row, index] as const))(
    "in %s/: %s (%s)",
    (_room, _source, says, index) => {
      const found = reported.get(fileOf(index)) ?? "";
      if (says === "") expect(found).not.toMatch(/is pure|the global|inside a type|computed/);
      else expect(found).toContain(says);
    },
  );
});

/** Each file's diagnostics in one text. */
function readReport(stdout: string): ReadonlyMap<string, string> {
  const { diagnostics } = JSON.parse(stdout) as {
    readonly diagnostics: readonly { readonly location: { readonly path: unknown } }[];
  };
  const texts = new Map<string, string>();
  for (const diagnostic of diagnostics) {
    const { path } = diagnostic.location;
    const file = (typeof path === "string" ? path : String((path as { file?: string })?.file)).replace(
      /^\.\//,
      "",
    );
    texts.set(file, (texts.get(file) ?? "") + JSON.stringify(diagnostic));
  }
  return texts;
}
