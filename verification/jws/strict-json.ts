/** How deep objects and arrays may stand in one another; a JWT's claims are nearly flat. */
const DEEPEST = 16;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses bytes as one JSON object, or gives undefined for anything that two parsers may read differently: bytes that are not
 * UTF-8, a byte order mark, a member that stands twice (RFC 7519 §4 lets a parser refuse it or take the last), and objects
 * nested deeper than anyone needs. Never throws. Time grows with the length alone.
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
 * Parses bytes as one JSON object that holds a list under a name, and gives the list with undefined in the place of each entry
 * that parseStrictObject would refuse a document for: what one entry is like says nothing of the others. Undefined for the whole
 * where the document around the list is itself no strict object, or holds no such list. Never throws.
 */
export function parseStrictList(bytes: Uint8Array, name: string): readonly unknown[] | undefined {
  try {
    const text = utf8.decode(bytes);
    const document: unknown = JSON.parse(text);
    if (typeof document !== "object" || document === null || Array.isArray(document)) return undefined;
    const list = (document as Readonly<Record<string, unknown>>)[name];
    const { rest, entries } = cutOut(text, name);
    if (!Array.isArray(list) || !isUnambiguous(rest)) return undefined;
    return list.map((entry, index) =>
      isUnambiguous(entries[index] ?? "", DEEPEST - LIST_DEPTH) ? entry : undefined,
    );
  } catch {
    return undefined;
  }
}

/** A list of the document stands in the document's own object. */
const LIST_DEPTH = 2;

/** Takes text that is known to be a JSON object apart: the entries of the lists of that name in it, and the text without them. */
function cutOut(text: string, name: string): { readonly rest: string; readonly entries: readonly string[] } {
  const entries: string[] = [];
  let rest = "";
  let kept = 0;
  let depth = 0;
  let begun: number | undefined;
  let member: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      const end = endOfString(text, at);
      // The last text before a colon is the member's name; one that is a value is followed by another name first.
      if (depth === 1) member = JSON.parse(text.slice(at, end + 1));
      at = end;
    } else if (character === OPEN_OBJECT || character === OPEN_ARRAY) {
      depth += 1;
      if (depth === LIST_DEPTH && character === OPEN_ARRAY && member === name) {
        begun = at + 1;
        rest += text.slice(kept, begun);
      }
    } else if (character === CLOSE_OBJECT || character === CLOSE_ARRAY) {
      if (depth === LIST_DEPTH && begun !== undefined) {
        entries.push(text.slice(begun, at));
        kept = at;
        begun = undefined;
      }
      depth -= 1;
    } else if (character === COMMA && depth === LIST_DEPTH && begun !== undefined) {
      entries.push(text.slice(begun, at));
      begun = at + 1;
    }
  }
  return { rest: rest + text.slice(kept), entries };
}

/** Walks text that is known to be JSON: is no member named twice in its object, and is the nesting bounded? */
function isUnambiguous(text: string, deepest = DEEPEST): boolean {
  // One entry per open bracket: the names seen in an object, or undefined in an array.
  const open: (Set<string> | undefined)[] = [];
  let expectsName = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (expectsName && names !== undefined) {
        const name: string = JSON.parse(text.slice(at, end + 1));
        if (names.has(name)) return false;
        names.add(name);
        expectsName = false;
      }
      at = end;
    } else if (character === OPEN_OBJECT || character === OPEN_ARRAY) {
      expectsName = character === OPEN_OBJECT;
      if (open.push(expectsName ? new Set() : undefined) > deepest) return false;
    } else if (character === CLOSE_OBJECT || character === CLOSE_ARRAY) {
      open.pop();
      expectsName = false;
    } else if (character === COMMA) {
      expectsName = open.at(-1) !== undefined;
    }
  }
  return true;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}
