import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Gives a run of the tests a temporary folder of its own, which ends with it: a CDK `App` without `outdir` leaves its assembly behind.
 * Workers inherit it.
 */
export default function useScratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-tests-"));
  for (const name of ["TMPDIR", "TEMP", "TMP"]) process.env[name] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}
