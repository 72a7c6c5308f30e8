import { FACTORS } from "../../domain/risk/factor-pack.ts";
import type { FactorSetting } from "../../domain/risk/factor-setting.ts";

const BEGIN =
  "<!-- Generated from domain/risk/factors/ by `npm run factors`. Change those files, not this part. -->";
const END = "<!-- End of the generated part. -->";

/**
 * Puts the tables of factors into a page, between its two marks. Pure. Throws if the page lacks a
 * mark.
 */
export function writeFactors(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`The page has no part from "${BEGIN}" to "${END}".`);
  return `${page.slice(0, from + BEGIN.length)}\n\n${describeFactors()}\n\n${page.slice(to)}`;
}

function describeFactors(): string {
  const factors = FACTORS.map(({ name, label, techniques, defaults, describe }) => {
    const { points, access } = describe(defaults);
    return [`\`${name}\`<br>${label}`, points, access, techniques.map(attack).join(", ")];
  });
  const settings = FACTORS.flatMap(({ name, defaults, settings: fields }) =>
    Object.entries(fields).map(([field, setting]) => {
      const rules = defaults as Readonly<Record<string, unknown>>;
      return [
        `\`${name}.${field}\``,
        setting.describes,
        accepted(setting),
        `\`${JSON.stringify(rules[field])}\``,
      ];
    }),
  );
  return [
    ...table(["factor", "points", "caused by an access", "ATT&CK"], factors),
    "",
    "The configuration replaces the defaults one by one, in the section `risk.rules`:",
    "",
    ...table(["field", "meaning", "accepted", "default"], settings),
  ].join("\n");
}

const attack = (technique: string): string =>
  `[${technique}](https://attack.mitre.org/techniques/${technique.replace(".", "/")}/)`;

function accepted(setting: FactorSetting): string {
  switch (setting.kind) {
    case "whole":
      return `${setting.unit ?? "a whole number"} from ${setting.from} to ${setting.to}`;
    case "path-prefixes":
      return 'paths that begin with "/"';
    case "list":
      return setting.accepted;
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)];
}
