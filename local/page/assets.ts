import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { factorStyles } from "../../console/factor-styles.ts";
import { FACTORS } from "../../domain/risk/factor-pack.ts";

/** The page's files by path. */
export type Assets = ReadonlyMap<string, { readonly type: string; readonly body: string }>;

const BROWSER = join(import.meta.dirname, "../../console/browser");

/** Reads and bundles the page's files once, so that no part of a request becomes a file name. */
export async function readAssets(): Promise<Assets> {
  const text = (name: string) => readFileSync(join(BROWSER, name), "utf8");
  return new Map([
    ["/", { type: "text/html; charset=utf-8", body: text("index.html") }],
    ["/page.css", { type: "text/css; charset=utf-8", body: `${text("page.css")}\n${factorStyles(FACTORS)}` }],
    ["/icon.svg", { type: "image/svg+xml", body: text("icon.svg") }],
    ["/page.js", { type: "text/javascript; charset=utf-8", body: await readScript() }],
  ]);
}

/** The page's components and preact as one module. Does not check types: `npm run types` does. */
async function readScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(BROWSER, "main.tsx")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
  });
  const [script] = outputFiles;
  if (script === undefined) throw new Error("esbuild made no file of the page's script.");
  return script.text;
}
