import { dirname } from "node:path";

/**
 * The folder of `package.json`, in a checkout and in the published package; does not depend on the
 * current directory.
 */
export const PACKAGE_ROOT = dirname(import.meta.dirname);

/**
 * True in a checkout, where functions are bundled from their sources; false in the published
 * package.
 */
export const RUNS_FROM_SOURCES = import.meta.filename.endsWith(".ts");
