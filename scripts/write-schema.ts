import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { configurationJsonSchema } from "../configuration/json-schema.ts";

// Writes sallyport.schema.json from the configuration's zod schema, formatted as the lint step
// wants it. A test fails when the two differ.
const file = join(import.meta.dirname, "../sallyport.schema.json");
writeFileSync(file, JSON.stringify(configurationJsonSchema()));
const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
execFileSync(process.execPath, [biome, "format", "--write", file], {
  stdio: ["ignore", "ignore", "inherit"],
});
