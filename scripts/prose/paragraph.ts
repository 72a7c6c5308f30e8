/**
 * A piece of prose that a rule is applied to as one text, so that a phrase is found across a line
 * break.
 */
export interface Paragraph {
  readonly source: "markdown" | "comment" | "string";
  readonly lines: readonly ProseLine[];
}

export interface ProseLine {
  /** Counted from 1 */
  readonly number: number;
  /** The prose alone: no indentation, comment marker or code */
  readonly text: string;
  /** The whole line as it is in the file; absent where its length is not the author's choice */
  readonly wrapped?: string;
}

/**
 * Starts an item of a list, a tag of a docstring or a row of a table: never the continuation of a
 * sentence.
 */
const OWN_PARAGRAPH = /^\s*(?:[-*+] |\d+[.)] |@\w|\||>|#)/;

/**
 * Groups lines into paragraphs; an empty line ends one, an item of a list starts one. Inline code
 * is blanked out.
 */
export function toParagraphs(source: Paragraph["source"], lines: readonly ProseLine[]): Paragraph[] {
  const paragraphs: ProseLine[][] = [];
  let open: ProseLine[] | undefined;
  for (const line of lines) {
    if (line.text.trim() === "") {
      open = undefined;
      continue;
    }
    if (open === undefined || OWN_PARAGRAPH.test(line.text)) {
      open = [];
      paragraphs.push(open);
    }
    open.push(line);
  }
  return paragraphs.map((group) => ({ source, lines: withoutInlineCode(group) }));
}

function withoutInlineCode(lines: readonly ProseLine[]): ProseLine[] {
  const text = lines.map((line) => line.text).join("\n");
  const blanked = text.replace(/(`+)[^`](?:[\s\S]*?[^`])?\1(?!`)/g, (code) => code.replace(/[^\n]/g, "`"));
  return blanked.split("\n").map((words, index) => ({ ...(lines[index] as ProseLine), text: words }));
}
