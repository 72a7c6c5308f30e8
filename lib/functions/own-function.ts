import { createRequire } from "node:module";
import { join } from "node:path";
import { PACKAGE_ROOT, RUNS_FROM_SOURCES } from "../package-root.ts";
import { BUNDLE_NAME } from "./bundle-source.ts";

/** The package's folder of functions that are bundled already. */
const PREBUILT = join(PACKAGE_ROOT, "dist/functions");

/**
 * Cedar's WebAssembly, which its glue reads from the folder of the file that it was bundled into.
 */
export const CEDAR_WASM = "cedar_wasm_bg.wasm";

/**
 * The entry of one of Sallyport's own functions: its source in a checkout, its bundle in the
 * published package.
 */
export const ownFunction = (name: string): string =>
  RUNS_FROM_SOURCES ? join(PACKAGE_ROOT, "lambda", name, "handler.ts") : join(PREBUILT, name, BUNDLE_NAME);

/** Cedar's WebAssembly, of the version that the authorizer was bundled with. */
export const cedarWasm = (): string =>
  RUNS_FROM_SOURCES
    ? join(createRequire(import.meta.url).resolve("@cedar-policy/cedar-wasm/nodejs"), "..", CEDAR_WASM)
    : join(PREBUILT, "authorizer", CEDAR_WASM);
