import { fencedLines } from "./fences.ts";
import { type Paragraph, toParagraphs } from "./paragraph.ts";

/** Tables, headings and reference definitions are one line each by the format. */
const ONE_LINE = /^\s*(?:\||#{1,6} |\[[^\]]+\]: )/;

/**
 * Reads the prose of a Markdown file: everything but blocks of code, link targets and HTML
 * comments.
 */
export function readMarkdown(text: string): Paragraph[] {
  const lines = withoutComments(text).split("\n");
  const fenced = fencedLines(lines);
  const indented = indentedCode(lines);
  const prose = lines.map((line, index) => {
    const number = index + 1;
    if (fenced[index] || indented[index]) return { number, text: "" };
    const words = line.replace(/\]\([^)\s]*\)/g, "]");
    return { number, text: words, ...(ONE_LINE.test(line) ? {} : { wrapped: line }) };
  });
  return toParagraphs("markdown", prose);
}

function withoutComments(text: string): string {
  return text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ""));
}

/**
 * Marks blocks of code that are indented by four spaces, which inside a list is a paragraph
 * instead.
 */
function indentedCode(lines: readonly string[]): boolean[] {
  let inList = false;
  let inCode = false;
  let afterBlank = true;
  return lines.map((line) => {
    const isBlank = line.trim() === "";
    const isIndented = line.startsWith("    ");
    if (!isBlank && !isIndented) {
      if (/^ {0,3}(?:[-*+] |\d+[.)] )/.test(line)) inList = true;
      else if (afterBlank && !line.startsWith(" ")) inList = false;
    }
    inCode = isBlank ? inCode : isIndented && !inList && (inCode || afterBlank);
    afterBlank = isBlank;
    return inCode && !isBlank;
  });
}
