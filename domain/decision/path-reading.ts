/** Longer paths are read only if they are plain. */
const LONGEST = 2048;
/** Bounds on what a hostile path may cost: how many readings are looked at, and how long they may be together. */
const MOST_READINGS = 256;
const MOST_CHARACTERS = 65_536;

/** Nothing in such a path is read differently by different servers, letter case apart. */
const PLAIN = /^(?:\/[A-Za-z0-9_~-]+)+$|^\/$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;

/** What servers, proxies and frameworks do to a path before they route it; `undefined` where no sense can be made of it. */
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
  // A suffix, also in the middle: `/admin.php/keys` is the script `/admin.php` to servers with path information.
  (path) => path.replace(/([^./])\.[^./]+(\/?)$/, "$1$2"),
  (path) => path.replace(/([^./])\.[^./]+(?=\/)/g, "$1"),
  // Characters without a shape of their own, and what follows a stream's or a short name's mark.
  (path) => path.replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, ""),
  (path) => path.replace(/[\u2215\u2044]/g, "/"),
  // Full-width letters, dots and slashes.
  (path) => path.normalize("NFKC"),
];

/**
 * Lists the ways in which a server behind the gateway may read a path: as it is, percent-decoded any number of times, dot
 * segments removed, slashes joined, backslash as slash, `;parameters` and what follows an escaped `?` or `#` cut off, without
 * the slash, the dots and spaces or the suffix (`.json`) at its end, with compatibility characters unified; in every order.
 * Letter case is left to the caller, see {@link foldCase}.
 *
 * Gives `undefined` for a path that no two servers can be trusted to agree on: no leading slash, a control character, a broken
 * percent escape, an escape that is not UTF-8, or too many readings to tell.
 */
export function everyReadingOf(path: string): readonly string[] | undefined {
  if (PLAIN.test(path)) return [path];
  if (!path.startsWith("/") || path.length > LONGEST || BROKEN_ESCAPE.test(path)) return undefined;
  const readings = new Set([path]);
  let characters = 0;
  // A set hands out what is added while it is walked, so this goes on until no interpretation finds anything new.
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

/** Unifies letter case, also of letters such as `ſ` and `K` that only one direction of folding catches. */
export function foldCase(text: string): string {
  // `İ` lower-cases to two characters, and comparisons without case (Java's, Python's) take it for an `i`.
  return text.replaceAll("\u0130", "i").toUpperCase().toLowerCase();
}

/** A broken escape that comes up in a later round stays as it is: `100%25` is a legitimate `100%`. */
function decodeEscapes(path: string): string | undefined {
  try {
    return path.replace(ESCAPES, decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** RFC 3986 §6.2.2.2: an escaped letter, digit, `-`, `.`, `_` or `~` is the same as the bare one. */
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
