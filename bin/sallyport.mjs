#!/usr/bin/env node
// Starts the command line: in a checkout from its TypeScript sources, in the published package as
// it was built.
import { existsSync } from "node:fs";

if (existsSync(new URL("sallyport.ts", import.meta.url))) {
  await registerTypeScript();
  await import("./sallyport.ts");
} else {
  await import("../dist/sallyport.mjs");
}

async function registerTypeScript() {
  try {
    const { register } = await import("tsx/esm/api");
    register();
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    process.stderr.write("Sallyport's dependencies are not installed: run `npm ci` in its folder first.\n");
    process.exit(1);
  }
}
