import { everyReadingOf, foldCase } from "./path-reading.ts";

/**
 * Named sets of routes, by name. A pattern is an exact path (`/api/orders`), a subtree
 * (`/api/admin/**`, which covers `/api/admin` itself), and may have a star in place of one part. A
 * path may belong to several.
 */
export type SegmentTable = Readonly<Record<string, readonly string[]>>;

export type SegmentMatch =
  /** In the table's order; empty if no pattern covers the path */
  | { readonly status: "matched"; readonly segments: readonly string[] }
  /** Servers may read the path as routes of different segments */
  | { readonly status: "ambiguous" };

/** The parts between the slashes, and whether the pattern covers the subtree too. */
interface Pattern {
  readonly parts: readonly string[];
  readonly subtree: boolean;
}

interface Segment {
  readonly name: string;
  readonly patterns: readonly Pattern[];
  /** The same, for servers that ignore letter case */
  readonly folded: readonly Pattern[];
}

const AMBIGUOUS: SegmentMatch = { status: "ambiguous" };
const read = new WeakMap<SegmentTable, readonly Segment[]>();

/**
 * Determines the segments of a path, or that they depend on the server that reads it. The caller
 * denies an ambiguous path. An attacker writes the path and the server behind the gateway
 * interprets it, so every known reading (see path-reading.ts) must belong to the same segments.
 * Bounded: at most 256 readings of at most 2,048 characters.
 *
 * Takes a well-formed table (checked when policies are compiled); a malformed pattern matches
 * nothing.
 *
 * @param path The path from the gateway, with its leading slash and without the query
 */
export function segmentsOf(table: SegmentTable, path: string): SegmentMatch {
  const readings = everyReadingOf(path);
  if (readings === undefined) return AMBIGUOUS;
  const segments = segmentsOfTable(table);
  const names = namesOf(segments, "patterns", path);
  for (const reading of readings) {
    if (!sameNames(names, namesOf(segments, "patterns", reading))) return AMBIGUOUS;
    if (!sameNames(names, namesOf(segments, "folded", foldCase(reading)))) return AMBIGUOUS;
  }
  return { status: "matched", segments: names };
}

function segmentsOfTable(table: SegmentTable): readonly Segment[] {
  let segments = read.get(table);
  if (segments === undefined) {
    segments = Object.entries(table).map(([name, patterns]) => ({
      name,
      patterns: patterns.map(readPattern),
      folded: patterns.map((pattern) => readPattern(foldCase(pattern))),
    }));
    read.set(table, segments);
  }
  return segments;
}

function readPattern(pattern: string): Pattern {
  const parts = pattern.split("/");
  const subtree = parts.at(-1) === "**";
  return { parts: subtree ? parts.slice(0, -1) : parts, subtree };
}

function namesOf(
  segments: readonly Segment[],
  mode: "patterns" | "folded",
  reading: string,
): readonly string[] {
  const parts = reading.split("/");
  return segments
    .filter((segment) => segment[mode].some((pattern) => covers(pattern, parts)))
    .map(({ name }) => name);
}

function covers(pattern: Pattern, parts: readonly string[]): boolean {
  const fits = pattern.subtree ? parts.length >= pattern.parts.length : parts.length === pattern.parts.length;
  return (
    fits && pattern.parts.every((part, index) => (part === "*" ? parts[index] !== "" : part === parts[index]))
  );
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index]);
}
