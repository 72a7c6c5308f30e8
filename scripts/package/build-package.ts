import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";
import { BUNDLE_NAME, bundleSource } from "../../lib/functions/bundle-source.ts";
import { CEDAR_WASM, cedarWasm, ownFunction } from "../../lib/functions/own-function.ts";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";
import { emitDeclarations } from "./declarations.ts";
import { thirdPartyLicences } from "./licences.ts";

/**
 * What the package leaves to its consumer's node_modules: peers, and what its declarations import.
 */
const EXTERNAL = ["aws-cdk-lib", "constructs", "@cedar-policy/cedar-wasm"];

/** Paths of all bundled files, from the root. */
type Inputs = Set<string>;

/**
 * Makes what the published package runs; nothing in a checkout needs it.
 *
 *     index.js            the construct library, CommonJS: any consumer loads it, each class once
 *     types/              its declarations
 *     sallyport.mjs       the command line, with the AWS SDK bundled in
 *     functions/<name>/   each function as it is deployed
 *
 * @param dist absolute path of a folder named `dist` beside `package.json`; replaced if it is there
 * @throws if a source does not compile, or a bundled package has no licence
 */
export function buildPackage(dist: string): void {
  const inputs: Inputs = new Set();
  rmSync(dist, { recursive: true, force: true });
  writeFile(dist, "package.json", `${JSON.stringify({ type: "commonjs" })}\n`);
  buildLibrary(dist, inputs);
  buildCommandLine(dist, inputs);
  buildFunctions(dist, inputs);
  for (const [path, text] of emitDeclarations(PACKAGE_ROOT)) writeFile(dist, join("types", path), text);
  writeFile(dist, "THIRD-PARTY-LICENSES.txt", thirdPartyLicences(PACKAGE_ROOT, inputs));
}

function buildLibrary(dist: string, inputs: Inputs): void {
  bundle(dist, inputs, {
    entryPoints: ["lib/index.ts"],
    format: "cjs",
    define: {
      "import.meta.url": "__sallyportUrl",
      "import.meta.dirname": "__dirname",
      "import.meta.filename": "__filename",
    },
    banner: { js: 'const __sallyportUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
}

function buildCommandLine(dist: string, inputs: Inputs): void {
  const banner = [
    'import { createRequire as __sallyportRequire } from "node:module";',
    "const require = __sallyportRequire(import.meta.url);",
  ].join("\n");
  bundle(dist, inputs, {
    entryPoints: ["bin/sallyport.ts"],
    format: "esm",
    // Commands are loaded when they are called. All files are in dist/ itself, one level below
    // the package's root as the sources' folders are, so that paths from import.meta hold.
    splitting: true,
    chunkNames: "sallyport-[name]-[hash]",
    outExtension: { ".js": ".mjs" },
    minify: true,
    banner: { js: banner },
  });
  copyFileSync(join(PACKAGE_ROOT, "policy/schema.cedarschema"), join(dist, "schema.cedarschema"));
}

function bundle(dist: string, inputs: Inputs, options: BuildOptions): void {
  const { metafile } = buildSync({
    absWorkingDir: PACKAGE_ROOT,
    outdir: dist,
    bundle: true,
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    external: EXTERNAL,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    ...options,
  });
  for (const path of Object.keys(metafile?.inputs ?? {})) inputs.add(path);
}

function buildFunctions(dist: string, inputs: Inputs): void {
  for (const name of readdirSync(join(PACKAGE_ROOT, "lambda"))) {
    const entry = ownFunction(name);
    if (!existsSync(entry)) continue;
    const { code, inputs: own } = bundleSource(entry);
    writeFile(dist, join("functions", name, BUNDLE_NAME), code);
    for (const path of Object.keys(own)) inputs.add(relative(PACKAGE_ROOT, resolve(path)));
  }
  copyFileSync(cedarWasm(), join(dist, "functions/authorizer", CEDAR_WASM));
}

function writeFile(dist: string, path: string, content: string | Uint8Array): void {
  const file = join(dist, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
