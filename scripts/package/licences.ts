import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of the package that a bundled file came from: the last one of its path. */
const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * Collects name, version and licence text of every package that has code in a bundle, as their
 * licences ask of those who pass the code on. Packages with the same text are listed above one copy
 * of it.
 *
 * @param inputs paths of the bundled files, from `root`
 */
export function thirdPartyLicences(root: string, inputs: Iterable<string>): string {
  const folders = new Set([...inputs].flatMap((path) => PACKAGE_FOLDER.exec(path) ?? []));
  const byText = new Map<string, string[]>();
  for (const folder of folders) {
    const { title, text } = licenceOf(join(root, folder));
    byText.set(text, [...(byText.get(text) ?? []), title]);
  }
  const sections = [...byText].map(
    ([text, titles]) => `${[...new Set(titles)].toSorted().join("\n")}\n\n${text}\n`,
  );
  return ["This package contains code of these packages.\n", ...sections.toSorted()].join(
    `\n${"-".repeat(80)}\n\n`,
  );
}

function licenceOf(folder: string): { title: string; text: string } {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file) && !/\.[cm]?[jt]s$/.test(file))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (texts.length === 0 && license === undefined) {
    throw new Error(`${name} has no licence; code of it may not be passed on.`);
  }
  return { title: `${name} ${version}`, text: texts.join("\n\n") || `Licence: ${license}` };
}
