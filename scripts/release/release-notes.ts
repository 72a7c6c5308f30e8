// `npm run release-notes -- 0.2.0` prints what CHANGELOG.md says of a version. With `--tag v0.2.0`,
// which the release workflow uses, it also fails unless that is the version in package.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { changelogSection, ReleaseError } from "./changelog-section.ts";

const read = (name: string): string => readFileSync(join(import.meta.dirname, "../..", name), "utf8");

function versionAskedFor(): string {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { tag: { type: "string" } } });
  if (values.tag === undefined) {
    const [version, ...others] = positionals;
    if (version !== undefined && others.length === 0) return version;
    throw new ReleaseError("Name one version: npm run release-notes -- 0.2.0");
  }
  const { version } = JSON.parse(read("package.json"));
  if (values.tag === `v${version}`) return version;
  throw new ReleaseError(
    `The tag is ${values.tag}, and package.json has version ${version}: tag v${version}.`,
  );
}

try {
  console.log(changelogSection(read("CHANGELOG.md"), versionAskedFor()));
} catch (error) {
  if (!(error instanceof ReleaseError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
