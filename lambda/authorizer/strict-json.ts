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

/** Walks text that is known to be JSON: is no member named twice in its object, and is the nesting bounded? */
function isUnambiguous(text: string): boolean {
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
      if (open.push(expectsName ? new Set() : undefined) > DEEPEST) return false;
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
