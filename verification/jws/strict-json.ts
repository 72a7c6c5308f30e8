import { walkJson } from "../../domain/walk-json.ts";

/** Maximum depth of nested objects and arrays; a JWT's claims are nearly flat. */
const DEEPEST = 16;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses bytes as one JSON object. Undefined for anything that two parsers may read differently:
 * bytes that are not UTF-8, a byte order mark, a duplicate member (RFC 7519 §4 lets a parser refuse
 * it or take the last), and objects nested too deeply. Never throws. Time is linear in the length.
 */
export function parseStrictObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return isUnambiguous(text) ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Parses bytes as one JSON object with a list under a name, and returns the list with undefined for
 * each entry that parseStrictObject would refuse: a bad entry does not affect the others. Undefined
 * for the whole if the surrounding object is not strict, or has no such list. Never throws.
 */
export function parseStrictList(bytes: Uint8Array, name: string): readonly unknown[] | undefined {
  try {
    const text = utf8.decode(bytes);
    const document: unknown = JSON.parse(text);
    // Of no object there is no such list; of null the attempt throws.
    const list = (document as Readonly<Record<string, unknown>>)[name];
    const { rest, entries } = cutOut(text, name);
    if (!Array.isArray(list) || !isUnambiguous(rest)) return undefined;
    // An empty list has one entry here, without text.
    return entries
      .slice(0, list.length)
      .map((entry, index) => (isUnambiguous(entry, DEEPEST - LIST_DEPTH) ? list[index] : undefined));
  } catch {
    return undefined;
  }
}

/** Lists are matched only at the top level of the document. */
const LIST_DEPTH = 2;

/**
 * Splits text that is known to be a JSON object: the entries of the values of that name, and the
 * text without them.
 */
function cutOut(text: string, name: string): { readonly rest: string; readonly entries: readonly string[] } {
  const entries: string[] = [];
  let rest = "";
  let kept = 0;
  let begun: number | undefined;
  walkJson(text, (mark, at, open) => {
    if (open.length !== LIST_DEPTH) return false;
    if (mark === "open" && open[0]?.name === name) {
      begun = at + 1;
      rest += text.slice(kept, begun);
    } else if (mark === "comma" && begun !== undefined) {
      entries.push(text.slice(begun, at));
      begun = at + 1;
    } else if (mark === "close" && begun !== undefined) {
      entries.push(text.slice(begun, at));
      kept = at;
      begun = undefined;
    }
    return false;
  });
  return { rest: rest + text.slice(kept), entries };
}

/**
 * Whether text that is known to be JSON has no duplicate member in its object, and bounded nesting.
 */
const isUnambiguous = (text: string, deepest = DEEPEST): boolean =>
  walkJson(text, (mark, _, open) =>
    mark === "open" ? open.length > deepest : open[open.length - 1]?.isRepeated === true,
  );
