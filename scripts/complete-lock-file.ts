// `npm run lock`: adds to package-lock.json the packages for other platforms that the registry at
// hand did not have.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { missingOptionalPackages } from "./lock-file.ts";

const path = join(import.meta.dirname, "..", "package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8"));
const missing = missingOptionalPackages(lock);
const entries = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, "en"));
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
console.log(`${Object.keys(missing).length} packages for other platforms added to package-lock.json.`);
