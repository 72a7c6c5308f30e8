import { dirname } from "node:path";

/** The folder that holds `lib/`, `lambda/`, `policy/` and `node_modules/`, whatever the current directory is. */
export const PACKAGE_ROOT = dirname(import.meta.dirname);
