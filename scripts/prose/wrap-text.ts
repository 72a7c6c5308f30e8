import { canBreak, MOST_COLUMNS } from "./columns.ts";
import type { Paragraph } from "./paragraph.ts";

const MARKER = /^(?:[-*+]|\d+[.)]|@\w+) +/;
/** What would start a list, a heading, a table or a quotation at the beginning of a line. */
const STARTS_ITEM = /^(?:[-*+>|]|#+|\d+[.)])$/;

/**
 * Wraps again each paragraph that holds a line of more than 100 columns, and leaves every other
 * line as it is. Leaves paragraphs alone that hold aligned columns or forced line breaks: these are
 * wrapped by hand.
 */
export function wrapText(text: string, paragraphs: readonly Paragraph[]): string {
  const lines: (string | undefined)[] = text.split("\n");
  for (const paragraph of paragraphs) {
    const whole = paragraph.lines.map(({ wrapped }) => wrapped);
    if (!whole.every((line) => line !== undefined)) continue;
    if (!whole.some((line) => line.length > MOST_COLUMNS && canBreak(line))) continue;
    const wrapped = paragraph.source === "markdown" ? wrapMarkdown(whole) : wrapComment(whole);
    if (wrapped === undefined) continue;
    const first = (paragraph.lines[0]?.number ?? 1) - 1;
    whole.forEach((_, index) => {
      lines[first + index] = undefined;
    });
    lines[first] = wrapped.join("\n");
  }
  return lines.filter((line) => line !== undefined).join("\n");
}

function wrapMarkdown(lines: readonly string[]): string[] | undefined {
  if (lines.some((line) => / {2,}$|\\$/.test(line))) return undefined;
  const indent = /^\s*(?:> ?)?/.exec(lines[0] ?? "")?.[0] ?? "";
  const marker = MARKER.exec((lines[0] ?? "").slice(indent.length))?.[0] ?? "";
  const words = lines.map((line) => line.replace(/^\s*(?:> ?)?/, "")).join(" ");
  return fill(words.slice(marker.length), indent + marker, indent + " ".repeat(marker.length));
}

function wrapComment(lines: readonly string[]): string[] | undefined {
  const indent = /^\s*/.exec(lines[0] ?? "")?.[0] ?? "";
  const isBlock = !/^\s*\/\//.test(lines[0] ?? "");
  const opens = /^\s*\/\*/.exec(lines[0] ?? "") !== null;
  const closes = isBlock && /\*\/\s*$/.test(lines.at(-1) ?? "");
  const bare = lines.map((line) =>
    line.replace(/^\s*(?:\/\*+|\*(?!\/)|\/\/) ?/, "").replace(/\s*\*\/\s*$/, ""),
  );
  if (bare.some((line) => /\S {2,}\S/.test(line) || /^ {4}/.test(line))) return undefined;
  const star = isBlock ? `${opens ? `${indent} ` : indent}* ` : `${indent}// `;
  const words = bare.map((line) => line.trim()).join(" ");
  const marker = MARKER.exec(words)?.[0] ?? "";
  const hang = marker.startsWith("@") ? 2 : marker.length;
  const filled = fill(words.slice(marker.length), star + marker, star + " ".repeat(hang));
  const opener = /^\s*\/\*+/.exec(lines[0] ?? "")?.[0];
  return [...(opens ? [opener ?? ""] : []), ...filled, ...(closes ? [`${star.trimEnd()}/`] : [])];
}

/** Fills lines up to 100 columns; inline code and links stay on one line. */
function fill(text: string, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of splitWords(text)) {
    const prefix = lines.length === 0 ? first : rest;
    if (line !== "" && prefix.length + line.length + word.length >= MOST_COLUMNS) {
      lines.push(prefix + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, (lines.length === 0 ? first : rest) + line];
}

/** Splits at spaces where a line may end. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const word of text.match(/(?:`[^`]{1,60}`|!?\[[^\]]{1,60}\]\([^)\s]*\)|\S)+/g) ?? []) {
    if (words.length > 0 && STARTS_ITEM.test(word)) words.push(`${words.pop()} ${word}`);
    else words.push(word);
  }
  return words;
}
