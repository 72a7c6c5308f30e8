/** Why a version cannot be released as the changelog stands. */
export class ReleaseError extends Error {}

const HEADING = /^## +(\S+) +- +(.+?) *$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The section of a changelog (Keep a Changelog 1.1.0) on one version, without its heading. Pure.
 *
 * @throws ReleaseError if there is no such section, if it has no date yet, or if it says nothing
 */
export function changelogSection(changelog: string, version: string): string {
  const lines = changelog.split("\n");
  const headings = lines.flatMap((line, at) => {
    const [, name, date] = HEADING.exec(line) ?? [];
    return name === undefined ? [] : [{ name, date, at }];
  });
  const found = headings.find(({ name }) => name === version);
  if (found === undefined) {
    const known = headings.map(({ name }) => name).join(", ") || "none";
    throw new ReleaseError(`CHANGELOG.md has no section on ${version}; it has: ${known}.`);
  }
  if (!DATE.test(found.date ?? "")) {
    throw new ReleaseError(
      `CHANGELOG.md gives ${version} the date "${found.date}". A release needs a date: "## ${version} - YYYY-MM-DD".`,
    );
  }
  const next = lines.findIndex((line, at) => at > found.at && line.startsWith("## "));
  const section = lines.slice(found.at + 1, next < 0 ? undefined : next).join("\n");
  if (section.replace(/^#+ .*$/gm, "").trim() === "") {
    throw new ReleaseError(`CHANGELOG.md says nothing about ${version}.`);
  }
  return section.trim();
}
