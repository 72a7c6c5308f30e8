import { z } from "zod";
import type { ConfigurationProblem } from "./configuration-error.ts";
import { configurationSchema } from "./schema.ts";

type Path = readonly PropertyKey[];

const LONGEST_SHOWN = 80;

/** Shows a value of a configuration in one short line. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const json = JSON.stringify(value);
  return json.length <= LONGEST_SHOWN ? json : `${json.slice(0, LONGEST_SHOWN)}…`;
}

function showPath(path: Path): string {
  return path.reduce<string>((shown, step) => {
    if (typeof step === "number") return `${shown}[${step}]`;
    const name = String(step);
    if (!/^[$\w-]+$/.test(name)) return `${shown}[${show(name)}]`;
    return shown === "" ? name : `${shown}.${name}`;
  }, "");
}

/** Tells zod's findings in terms of the file. */
export function problemsOf(error: z.ZodError, raw: unknown): ConfigurationProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: showPath([...issue.path, key]),
        found: "an unknown field",
        accepted: acceptedNames(issue.path, key),
      }));
    }
    const found = issue.code === "invalid_key" ? show(issue.path.at(-1)) : show(valueAt(raw, issue.path));
    return [{ path: showPath(issue.path), found, accepted: issue.message }];
  });
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined,
    raw,
  );
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  /** Of a record: what stands under any name */
  readonly additionalProperties?: SchemaNode | boolean;
}

let tree: SchemaNode | undefined;

function acceptedNames(path: Path, wrong: string): string {
  tree ??= z.toJSONSchema(configurationSchema, { io: "input" }) as SchemaNode;
  let node: SchemaNode | undefined = tree;
  for (const step of path) {
    const any: SchemaNode | boolean | undefined = node?.additionalProperties;
    const named: SchemaNode | undefined =
      node?.properties?.[String(step)] ?? (typeof any === "object" ? any : undefined);
    node = typeof step === "number" ? node?.items : named;
  }
  return acceptedOf(Object.keys(node?.properties ?? {}), wrong);
}

/** The names that are accepted, the nearest to a wrong one first. */
export function acceptedOf(names: readonly string[], wrong: string): string {
  const [nearest] = names
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), wrong.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, name.length / 3))
    .toSorted((one, other) => one.distance - other.distance);
  return nearest === undefined
    ? names.join(", ")
    : `did you mean ${nearest.name}? All names: ${names.join(", ")}`;
}

/** Levenshtein distance; of long words only the first 64 characters are looked at. */
function editDistance(one: string, other: string): number {
  const [a, b] = [one.slice(0, 64), other.slice(0, 64)];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substituted));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
