/** Longer paths are read only if they are plain. */
const LONGEST = 2048;
/** Limits on the cost of a hostile path: the number of readings, and their total length. */
const MOST_READINGS = 256;
const MOST_CHARACTERS = 65_536;

/** All servers read such a path in the same way, apart from letter case. */
const PLAIN = /^(?:\/[A-Za-z0-9_~-]+)+$|^\/$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression searches for them
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;

/**
 * Changes that servers, proxies and frameworks make to a path before routing; `undefined` for a
 * path that has no valid reading.
 */
const INTERPRETATIONS: readonly ((path: string) => string | undefined)[] = [
  decodeEscapes,
  decodeUnreserved,
  removeDotSegments,
  (path) => path.replace(/\/{2,}/g, "/"),
  (path) => path.replaceAll("\\", "/"),
  // Path parameters: `/admin;jsessionid=1`, `/..;/admin` (RFC 3986 §3.3, servlet containers).
  (path) => path.replace(/;[^/]*/g, ""),
  // An escaped `?` or `#`, decoded too early, ends the path.
  (path) => path.replace(/[?#][\s\S]*/, ""),
  (path) => (path.endsWith("/") ? path.slice(0, -1) : path),
  (path) => path.split("/").map(stripTail).join("/"),
  // A suffix, also in the middle: `/admin.php/keys` is the script `/admin.php` to servers with path
  // information.
  (path) => path.replace(/([^./])\.[^./]+(\/?)$/, "$1$2"),
  (path) => path.replace(/([^./])\.[^./]+(?=\/)/g, "$1"),
  // Invisible characters, and the rest of a name after the mark of a stream or a short name.
  (path) => path.replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, ""),
  (path) => path.replace(/[\u2215\u2044]/g, "/"),
  // Full-width letters, dots and slashes.
  (path) => path.normalize("NFKC"),
];

/**
 * Lists the ways in which a server behind the gateway may read a path: unchanged, percent-decoded
 * any number of times, dot segments removed, slashes joined, backslash as slash, `;parameters` and
 * what follows an escaped `?` or `#` cut off, without the slash, the dots and spaces or the suffix
 * (`.json`) at its end, with compatibility characters unified; in every order. Letter case is left
 * to the caller, see {@link foldCase}.
 *
 * Returns `undefined` for a path that servers may read in unknown ways: no leading slash, a control
 * character, a broken percent escape, an escape that is not UTF-8, or too many readings.
 */
export function everyReadingOf(path: string): readonly string[] | undefined {
  if (PLAIN.test(path)) return [path];
  if (!path.startsWith("/") || path.length > LONGEST || BROKEN_ESCAPE.test(path)) return undefined;
  const readings = new Set([path]);
  let characters = 0;
  // Iterating a set includes values added meanwhile, so this continues until no interpretation
  // finds a new reading.
  for (const reading of readings) {
    characters += reading.length;
    if (characters > MOST_CHARACTERS || CONTROL.test(reading)) return undefined;
    for (const interpret of INTERPRETATIONS) {
      const next = interpret(reading);
      if (next === undefined) return undefined;
      readings.add(next === "" ? "/" : next);
    }
    if (readings.size > MOST_READINGS) return undefined;
  }
  return [...readings];
}

/**
 * Unifies letter case, also of letters such as `ſ` and `K` that only one direction of folding
 * catches.
 */
export function foldCase(text: string): string {
  // `İ` lower-cases to two characters, and case-insensitive comparisons (Java's, Python's) treat it
  // as `i`.
  return text.replaceAll("\u0130", "i").toUpperCase().toLowerCase();
}

/**
 * A broken escape that appears in a later round stays unchanged: `100%25` is a legitimate `100%`.
 */
function decodeEscapes(path: string): string | undefined {
  try {
    return path.replace(ESCAPES, decodeURIComponent);
  } catch {
    return undefined;
  }
}

/**
 * RFC 3986 §6.2.2.2: an escaped letter, digit, `-`, `.`, `_` or `~` is the same as the bare one.
 */
function decodeUnreserved(path: string): string {
  return path.replace(/%[0-9A-Fa-f]{2}/g, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escaped;
  });
}

/** RFC 3986 §5.2.4. */
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const parts = path.split("/").slice(1);
  for (const [index, part] of parts.entries()) {
    const dots = part === "." || part === "..";
    if (part === "..") kept.pop();
    if (!dots) kept.push(part);
    else if (index === parts.length - 1) kept.push("");
  }
  return `/${kept.join("/")}`;
}

/** Some file systems ignore dots and spaces at the end of a name. */
function stripTail(part: string): string {
  if (part === "." || part === "..") return part;
  let end = part.length;
  while (part[end - 1] === "." || part[end - 1] === " ") end -= 1;
  return part.slice(0, end);
}
