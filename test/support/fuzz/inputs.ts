import fc from "fast-check";

/** What parsers trip over. */
const SCRAPS = [
  ..."{}[]\":,\\.=;/%*?#&|<>'`~$\u0000\t\r\n \u007f",
  "\ufeff",
  "\u2028",
  "\ud800",
  "é",
  "%2e%2e",
  "%00",
  "%",
  "..;/",
  "//",
  "\\u0000",
  '"__proto__":',
  '"constructor"',
  "null",
  "true",
  "-0",
  "1e999",
  "9007199254740993",
  "AAAA",
  "====",
  "..",
  "eyJ",
  "[[[[[[[[",
  "bearer ",
  "-----BEGIN CERTIFICATE-----",
];

interface Edit {
  readonly kind: "insert" | "cut" | "double" | "flip" | "swap" | "repeat";
  readonly at: number;
  readonly length: number;
  readonly scrap: string;
}

const edits = fc.array(
  fc.record<Edit>({
    kind: fc.constantFrom("insert", "cut", "double", "flip", "swap", "repeat"),
    at: fc.nat(),
    length: fc.nat(60),
    scrap: fc.constantFrom(...SCRAPS),
  }),
  { minLength: 1, maxLength: 4 },
);

function edit(text: string, { kind, at, length, scrap }: Edit): string {
  const start = at % (text.length + 1);
  const end = Math.min(text.length, start + length);
  const [head, middle, tail] = [text.slice(0, start), text.slice(start, end), text.slice(end)];
  switch (kind) {
    case "insert":
      return head + scrap + middle + tail;
    case "cut":
      return head + tail;
    case "double":
      return head + middle + middle + tail;
    case "flip":
      return (
        head +
        String.fromCharCode((text.charCodeAt(start) || 0) ^ (1 << (length % 8))) +
        text.slice(start + 1)
      );
    case "swap":
      return tail + middle + head;
    case "repeat":
      return head + scrap.repeat(1 + length * 20) + tail;
  }
}

/** Text that is nearly one of the seeds, now and then it itself or nothing like it. */
export const nearly = (...seeds: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...seeds) },
    {
      weight: 20,
      arbitrary: fc.tuple(fc.constantFrom(...seeds), edits).map(([seed, all]) => all.reduce(edit, seed)),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 80 }) },
    {
      weight: 1,
      arbitrary: fc.array(fc.constantFrom(...SCRAPS), { maxLength: 30 }).map((scraps) => scraps.join("")),
    },
  );

/** The same as bytes; some of them are no UTF-8. */
export const nearlyBytes = (...seeds: readonly string[]): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    { weight: 6, arbitrary: nearly(...seeds).map((text) => Buffer.from(text)) },
    { weight: 2, arbitrary: nearly(...seeds).map((text) => Buffer.from(text, "latin1")) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 120 }) },
  );

/** Values that a JSON document can hold in any place. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1e12,
    1e300,
    "",
    [],
    {},
    [null],
    "x".repeat(3000),
    undefined,
  ),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(...SCRAPS),
  fc.jsonValue({ maxDepth: 2 }),
);

type Path = readonly string[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]));
  return path.length === 0 ? below : [path, ...below];
}

function replaced(value: unknown, [name, ...rest]: Path, by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((inner, at) => (String(at) === name ? replaced(inner, rest, by) : inner));
  const members = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return { ...members, [name]: replaced(members[name], rest, by) };
}

/**
 * One of the seeds with up to three members, however deep, put in place by anything; and now and
 * then anything at all.
 */
export function spoiled(...seeds: readonly unknown[]): fc.Arbitrary<unknown> {
  const places = seeds.map((seed) => ({ seed, paths: [...pathsOf(seed), ["__proto__"], ["extra"]] }));
  const changes = fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    {
      weight: 15,
      arbitrary: fc
        .tuple(fc.constantFrom(...places), changes)
        .map(([{ seed, paths }, all]) =>
          all.reduce<unknown>((value, [at, by]) => replaced(value, paths[at % paths.length] ?? [], by), seed),
        ),
    },
    { weight: 1, arbitrary: junk },
  );
}
