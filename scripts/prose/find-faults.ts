import type { Violation } from "../tree-rules.ts";
import { canBreak, MOST_COLUMNS } from "./columns.ts";
import { readExemptions } from "./exemptions.ts";
import type { Paragraph } from "./paragraph.ts";
import { readCode } from "./read-code.ts";
import { readMarkdown } from "./read-markdown.ts";
import type { Rule } from "./rules.ts";

const CODE = /\.(?:[mc]?[jt]s|tsx)$/;

/** Whether `findFaults` can read a file of this name. */
export function holdsProse(file: string): boolean {
  return file.endsWith(".md") || CODE.test(file);
}

/**
 * Applies the rules to the prose of one file: Markdown, comments and string literals. Lines of
 * Markdown and of comments wrap at 100 columns. Does not read fenced or inline code, and does not
 * wrap strings, tables or headings.
 */
export function findFaults(file: string, text: string, rules: readonly Rule[]): Violation[] {
  const found = readProse(file, text).flatMap((paragraph) => [
    ...rules.flatMap((rule) => applyRule(file, paragraph, rule)),
    ...longLines(file, paragraph),
  ]);
  const exemptions = readExemptions(file, text);
  const used = new Set<number>();
  const kept = found.filter(({ rule, line }) => {
    const exemption = exemptions.allowed.find((one) => one.rule === rule && one.covers.includes(line ?? 0));
    if (exemption !== undefined) used.add(exemption.line);
    return exemption === undefined;
  });
  const unused = exemptions.allowed
    .filter(({ line }) => !used.has(line))
    .map(({ line }) => ({
      file,
      line,
      rule: "exemption",
      says: "allows a fault that is not there; remove it",
    }));
  return [...kept, ...exemptions.faults, ...unused].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** Reads the paragraphs of one file that `holdsProse`. Throws on code that does not parse. */
export function readProse(file: string, text: string): Paragraph[] {
  return file.endsWith(".md") ? readMarkdown(text) : readCode(file, text);
}

function applyRule(file: string, { lines }: Paragraph, rule: Rule): Violation[] {
  const text = lines.map((line) => line.text).join("\n");
  return rule.find(text).map(({ offset, says }) => {
    const index = text.slice(0, offset).split("\n").length - 1;
    return { file, line: lines[index]?.number ?? 0, rule: rule.name, says };
  });
}

function longLines(file: string, { lines }: Paragraph): Violation[] {
  return lines.flatMap(({ number, wrapped }) => {
    if (wrapped === undefined || wrapped.length <= MOST_COLUMNS || !canBreak(wrapped)) return [];
    return [
      { file, line: number, rule: "Wrap", says: `has ${wrapped.length} columns; wrap at ${MOST_COLUMNS}` },
    ];
  });
}
