import { type ParserPlugin, parse } from "@babel/parser";
import { fencedLines } from "./fences.ts";
import { type Paragraph, type ProseLine, toParagraphs } from "./paragraph.ts";

type Comment = NonNullable<ReturnType<typeof parse>["comments"]>[number];
type Json = { readonly [name: string]: unknown };

/**
 * Reads comments and string literals of TypeScript or JavaScript. Throws on a file that does not
 * parse.
 */
export function readCode(file: string, text: string): Paragraph[] {
  const jsx: ParserPlugin[] = file.endsWith("x") ? ["jsx"] : [];
  const tree = parse(text, { sourceType: "module", plugins: ["typescript", "decorators", ...jsx] });
  const lines = text.split("\n");
  const comments = (tree.comments ?? []).map((comment) => readComment(comment, lines));
  return [
    ...joinLineComments(comments).flatMap((c) => toParagraphs("comment", c)),
    ...readStrings(tree.program),
  ];
}

/** Comments that a tool reads, and that end with their line. */
const DIRECTIVE = /^\s*(?:biome-ignore|@ts-|prose: allow)/;

function readComment(comment: Comment, lines: readonly string[]): readonly ProseLine[] {
  const start = comment.loc?.start ?? { line: 1, column: 0 };
  const words = comment.value.split("\n").map((line) => line.replace(/^\s*\*+ ?|^ /, ""));
  const fenced = fencedLines(words);
  return words.map((text, index) => {
    const number = start.line + index;
    if (fenced[index] || DIRECTIVE.test(text)) return { number, text: "" };
    const whole = lines[number - 1] ?? "";
    // A comment behind code is as wide as the formatter lets the code be.
    const alone = index > 0 || whole.slice(0, start.column).trim() === "";
    return { number, text, ...(alone ? { wrapped: whole } : {}) };
  });
}

/** Joins `//` comments that fill consecutive lines into one text. */
function joinLineComments(comments: readonly (readonly ProseLine[])[]): ProseLine[][] {
  const joined: ProseLine[][] = [];
  const fillsLine = (line: ProseLine | undefined): boolean => /^\s*\/\//.test(line?.wrapped ?? "");
  for (const comment of comments) {
    const last = joined.at(-1)?.at(-1);
    const follows = last?.number === (comment[0]?.number ?? 0) - 1;
    if (follows && fillsLine(last) && fillsLine(comment[0])) joined.at(-1)?.push(...comment);
    else joined.push([...comment]);
  }
  return joined;
}

/**
 * Words of a program: literals that hold a space. Each `${…}` of a template is read as an ellipsis.
 */
function readStrings(node: unknown): Paragraph[] {
  if (typeof node !== "object" || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(readStrings);
  const { type, loc, value, quasis, ...rest } = node as Json & { readonly quasis?: readonly Json[] };
  if (type === "StringLiteral" || type === "JSXText") return stringAt(loc, String(value));
  const below = Object.entries(rest).flatMap(([name, child]) =>
    /Comments$/.test(name) ? [] : readStrings(child),
  );
  if (type !== "TemplateLiteral") return [...readStrings(value), ...below];
  const text = (quasis ?? []).map((quasi) => (quasi.value as { raw: string }).raw).join("…");
  return [...stringAt(loc, text), ...below];
}

function stringAt(loc: unknown, text: string): Paragraph[] {
  if (!/\S\s+\S/.test(text)) return [];
  const first = (loc as { readonly start: { readonly line: number } }).start.line;
  const lines = text.split("\n").map((words, index) => ({ number: first + index, text: words }));
  return toParagraphs("string", lines);
}
