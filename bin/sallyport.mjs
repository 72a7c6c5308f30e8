#!/usr/bin/env node
// Starts the command line from its TypeScript sources. Run it as `npx sallyport` in the checkout, or by its path.
let register;
try {
  ({ register } = await import("tsx/esm/api"));
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  process.stderr.write("Sallyport's dependencies are not installed: run `npm ci` in its folder first.\n");
  process.exit(1);
}
register();
await import("./sallyport.ts");
