// `npm run build`: makes dist/ for `npm pack`.
import { join } from "node:path";
import { PACKAGE_ROOT } from "../lib/package-root.ts";
import { buildPackage } from "./package/build-package.ts";

buildPackage(join(PACKAGE_ROOT, "dist"));
