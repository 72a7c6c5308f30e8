import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { compilePolicies } from "../../policy/compile.ts";
import { createPolicyEngine } from "../../policy/engine.ts";
import { question } from "../support/policy/question.ts";

const ROOT = join(import.meta.dirname, "../..");
const MAIN = `
import { readFileSync } from "node:fs";
import { createPolicyEngine } from "./engine.ts";
const [compiled, ...questions] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
console.log(JSON.stringify(questions.map(createPolicyEngine(compiled))));
`;
// Cedar's glue is CommonJS and reads the .wasm file from the folder that it is in.
const BANNER =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname;';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bundle-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("decides in a minified ES module with the .wasm file beside it, away from node_modules", () => {
  const { metafile } = buildSync({
    stdin: { contents: MAIN, resolveDir: join(ROOT, "policy"), loader: "ts" },
    outfile: join(folder, "index.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    minify: true,
    banner: { js: BANNER },
    metafile: true,
    logLevel: "silent",
  });
  const wasm = createRequire(import.meta.url).resolve("@cedar-policy/cedar-wasm/nodejs");
  copyFileSync(join(wasm, "../cedar_wasm_bg.wasm"), join(folder, "cedar_wasm_bg.wasm"));
  const compiled = compilePolicies(join(ROOT, "policies/default"));
  const questions = [
    question(),
    question({}, { risk: { score: 71 } }),
    question({}, { risk: { score: 0.5 } }),
  ];
  const files = [compiled, ...questions].map((content, index) => {
    const file = join(folder, `${index}.json`);
    writeFileSync(file, JSON.stringify(content));
    return file;
  });

  const said = execFileSync(process.execPath, [join(folder, "index.mjs"), ...files], {
    cwd: folder,
    encoding: "utf8",
  });

  expect(JSON.parse(said)).toEqual(questions.map(createPolicyEngine(compiled)));
  // The compiler has no business in a function.
  const inputs = Object.keys(metafile.inputs).filter((name) => name.includes("policy/"));
  expect(inputs.map((name) => name.split("/").at(-1)).toSorted()).toEqual([
    "cedar_wasm.js",
    "engine.ts",
    "phrase-question.ts",
  ]);
}, 60_000);
