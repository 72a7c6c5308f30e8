import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Gives a run of the tests its own temporary folder, which is removed unless the run is killed:
 * a CDK `App` without `outdir` leaves its assembly behind. Workers inherit it.
 */
export default function useScratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-tests-"));
  for (const name of ["TMPDIR", "TEMP", "TMP"]) process.env[name] = folder;
  process.once("exit", () => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 });
    } catch {
      // A process that is just ending may still write there; what is left is no reason to fail a
      // run.
    }
  });
}
