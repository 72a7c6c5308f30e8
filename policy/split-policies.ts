/** The text of one policy and where it stands. */
export interface PolicySource {
  readonly file: string;
  /** Line of the first character of `text`, from 1 */
  readonly line: number;
  /** From the first annotation or keyword to the semicolon, without the comments before it */
  readonly text: string;
}

/** A comment, a string, a semicolon, or any other character that is not white space. */
const TOKEN = /\/\/[^\n]*|"(?:[^"\\]|\\[\s\S])*"|;|[^\s]/g;

/**
 * Cuts a Cedar file into its policies. The official splitter sorts policies and drops their places,
 * which error messages need. In Cedar a semicolon ends a policy wherever it stands outside strings
 * and comments, so tokens are enough; whether a piece is a policy is for Cedar's parser to say.
 */
export function splitPolicies(file: string, content: string): readonly PolicySource[] {
  const sources: PolicySource[] = [];
  let start: number | undefined;
  const take = (from: number, to: number) =>
    sources.push({ file, line: lineAt(content, from), text: content.slice(from, to) });
  for (const { 0: token, index } of content.matchAll(TOKEN)) {
    if (token.startsWith("//")) continue;
    start ??= index;
    if (token !== ";") continue;
    take(start, index + 1);
    start = undefined;
  }
  if (start !== undefined) take(start, content.length);
  return sources;
}

/** The line, from 1, of a position in a text. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, Math.max(position, 0)).split("\n").length;
}
