/** An object or array that is open while its text is walked. */
export interface OpenValue {
  /** Names seen so far in an object; undefined in an array */
  readonly names: Set<string> | undefined;
  /** The last name in an object */
  name: string;
  /** Whether that name was there before */
  isRepeated: boolean;
  /** The place of the current value, from 0 */
  index: number;
}

/**
 * What a walk comes to: a bracket, a comma between values, a member's name, or a string that is a
 * value.
 */
export type JsonMark = "open" | "close" | "comma" | "name" | "string";

/**
 * Sees one mark. `at` is its first character; `open` has the innermost value last, and includes the
 * one that a bracket opens or closes. True ends the walk.
 */
export type VisitJson = (mark: JsonMark, at: number, open: readonly OpenValue[]) => boolean;

/**
 * Walks JSON text and finds what JSON.parse does not say: repeated names, nesting, positions.
 * Time grows with the length alone, apart from what `visit` does.
 *
 * @param text known to be JSON, or the walk says nothing and may not end well
 * @returns whether the walk reached the end
 */
export function walkJson(text: string, visit: VisitJson): boolean {
  const open: OpenValue[] = [];
  let expectsName = false;
  for (let at = 0; at < text.length; at++) {
    const inner = open[open.length - 1];
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfString(text, at);
        const isName = expectsName && inner?.names !== undefined;
        if (isName) {
          takeName(inner, inner.names, read(text, at, end));
          expectsName = false;
        }
        if (visit(isName ? "name" : "string", at, open)) return false;
        at = end - 1;
        break;
      }
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        expectsName = text.charCodeAt(at) === OPEN_OBJECT;
        open.push({ names: expectsName ? new Set() : undefined, name: "", isRepeated: false, index: 0 });
        if (visit("open", at, open)) return false;
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        if (visit("close", at, open)) return false;
        open.pop();
        expectsName = false;
        break;
      case COMMA:
        if (inner !== undefined) inner.index += 1;
        expectsName = inner?.names !== undefined;
        if (visit("comma", at, open)) return false;
        break;
    }
  }
  return true;
}

function takeName(value: OpenValue, names: Set<string>, name: string): void {
  value.name = name;
  value.isRepeated = names.has(name);
  names.add(name);
}

/** The string whose opening quote is at `at`. */
export const stringAt = (text: string, at: number): string => read(text, at, endOfString(text, at));

function read(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  // Few names have escapes, and to parse the others costs half as much as the whole walk.
  return raw.includes("\\") ? JSON.parse(text.slice(start, end)) : raw;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** The position behind the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}
