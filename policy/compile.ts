import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type DetailedError,
  policyToJson,
  type SchemaJson,
  schemaToJson,
  validate,
} from "@cedar-policy/cedar-wasm/nodejs";
import type { SegmentTable } from "../domain/decision/segment.ts";
import type { CompiledPolicies, CompiledPolicy } from "./compiled-policies.ts";
import { PolicyError, type PolicyProblem } from "./policy-error.ts";
import { readAnnotations } from "./read-annotations.ts";
import { readSegments } from "./read-segments.ts";
import { lineAt, type PolicySource, splitPolicies } from "./split-policies.ts";

const SCHEMA_FILE = "schema.cedarschema";
const SEGMENTS_FILE = "segments.json";
const OWN_FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** A policy that parsed, before validation. */
interface ParsedPolicy {
  readonly source: PolicySource;
  /** Absent if its annotations are wrong */
  readonly compiled?: CompiledPolicy;
}

/**
 * Reads, checks and compiles a folder of policies: every `*.cedar` file in it or below it, and its
 * `segments.json`. The folder stands alone: it replaces the default policies and the default
 * segments, both. The schema is always Sallyport's own, because it describes what Sallyport asks; a
 * copy of it in the folder must say the same.
 *
 * Checked: syntax; types, by the official validator in strict mode, warnings such as "policy is
 * impossible" included; annotations; ids; the segments that policies name. Not checked: that the
 * policies mean what they should; see cases.md. Takes about a third of a second: for synthesis and
 * tests, not for functions.
 *
 * @throws {PolicyError} listing all that is wrong, each with file, line, what was found and what is
 *   accepted
 */
export function compilePolicies(directory: string): CompiledPolicies {
  const problems: PolicyProblem[] = [];
  const files = listFiles(directory, problems);
  const schema = readSchema(directory, files, problems);
  const segments = files.includes(SEGMENTS_FILE)
    ? readSegments(join(directory, SEGMENTS_FILE), read(directory, SEGMENTS_FILE), problems)
    : {};
  const parsed = files
    .filter((file) => file.endsWith(".cedar"))
    .flatMap((file) => splitPolicies(join(directory, file), read(directory, file)))
    .flatMap((source) => parsePolicy(source, segments, problems));
  problems.push(...idsTwice(parsed), ...validatePolicies(schema, parsed));
  if (problems.length > 0) throw new PolicyError(problems.toSorted(byPlace));
  const policies = parsed.flatMap(({ compiled }) => (compiled === undefined ? [] : [compiled]));
  return { schema, policies: Object.fromEntries(policies.map((one) => [one.note.id, one])), segments };
}

const byPlace = (left: PolicyProblem, right: PolicyProblem) =>
  left.file < right.file ? -1 : left.file > right.file ? 1 : left.line - right.line;

function read(directory: string, name: string): string {
  const file = join(directory, name);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const found = `nothing that can be read (${error instanceof Error ? error.message : String(error)})`;
    throw new PolicyError([{ file, line: 1, found, accepted: "a text file" }]);
  }
}

function listFiles(directory: string, problems: PolicyProblem[]): readonly string[] {
  let files: readonly string[];
  try {
    // The order of files is the order of policies, so it must not depend on how a machine separates
    // folders.
    files = readdirSync(directory, { recursive: true, encoding: "utf8" })
      .map((file) => file.replaceAll(sep, "/"))
      .toSorted();
  } catch (error) {
    const found = `no folder that can be read (${error instanceof Error ? error.message : String(error)})`;
    throw new PolicyError([{ file: directory, line: 1, found, accepted: "a folder of policies" }]);
  }
  const needs = (name: string, found: boolean) => {
    if (!found)
      problems.push({ file: directory, line: 1, found: `no ${name}`, accepted: `a folder with ${name}` });
  };
  needs(SEGMENTS_FILE, files.includes(SEGMENTS_FILE));
  needs(
    "*.cedar file",
    files.some((file) => file.endsWith(".cedar")),
  );
  return files;
}

function readSchema(
  directory: string,
  files: readonly string[],
  problems: PolicyProblem[],
): SchemaJson<string> {
  const schema = read(OWN_FOLDER, SCHEMA_FILE);
  const parsed = schemaToJson(schema);
  if (parsed.type === "failure") {
    throw new PolicyError(problemsOf({ file: SCHEMA_FILE, line: 1, text: schema }, parsed.errors));
  }
  if (files.includes(SCHEMA_FILE) && read(directory, SCHEMA_FILE) !== schema) {
    const file = join(directory, SCHEMA_FILE);
    const accepted = "none, or an unchanged copy of Sallyport's: it describes what Sallyport asks";
    problems.push({ file, line: 1, found: "a schema of the folder's own", accepted });
  }
  return parsed.json;
}

function parsePolicy(
  source: PolicySource,
  segments: SegmentTable,
  problems: PolicyProblem[],
): readonly ParsedPolicy[] {
  const parsed = policyToJson(source.text);
  if (parsed.type === "failure") {
    problems.push(...problemsOf(source, parsed.errors));
    return [];
  }
  const { annotations = {}, ...body } = parsed.json;
  for (const name of segmentsIn(body)) {
    if (Object.hasOwn(segments, name)) continue;
    const accepted = `a segment of ${SEGMENTS_FILE}: ${Object.keys(segments).join(", ") || "(it has none)"}`;
    problems.push({ ...placeOf(source, `"${name}"`), found: `the segment "${name}"`, accepted });
  }
  for (const number of numbersIn(body)) {
    if (Number.isSafeInteger(number)) continue;
    const accepted = "whole numbers up to 9007199254740991, which JSON can carry";
    problems.push({ ...placeOf(source, ""), found: `the number ${number}`, accepted });
  }
  const result = readAnnotations(body.effect, annotations);
  if (result.status === "read") {
    const { note, monitor } = result;
    return [{ source, compiled: { text: source.text, json: body, note, monitor } }];
  }
  for (const { key, found, accepted } of result.mistakes) {
    problems.push({ ...placeOf(source, key === undefined ? "" : `@${key}`), found, accepted });
  }
  return [{ source }];
}

function idsTwice(policies: readonly ParsedPolicy[]): PolicyProblem[] {
  const first = new Map<string, PolicySource>();
  return policies.flatMap(({ source, compiled }) => {
    if (compiled === undefined) return [];
    const { id } = compiled.note;
    const other = first.get(id);
    if (other === undefined) first.set(id, source);
    if (other === undefined) return [];
    const accepted = `a unique id; ${other.file}:${other.line} has this one`;
    return [{ ...placeOf(source, "@id"), found: `@id("${id}") again`, accepted }];
  });
}

/** Every segment that a policy's JSON form names, wherever it stands. */
function segmentsIn(node: unknown): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  const { type, id } = node as { type?: unknown; id?: unknown };
  if (type === "Sallyport::Segment" && typeof id === "string") return [id];
  return [...new Set(Object.values(node).flatMap(segmentsIn))];
}

function numbersIn(node: unknown): readonly number[] {
  if (typeof node === "number") return [node];
  return typeof node === "object" && node !== null ? Object.values(node).flatMap(numbersIn) : [];
}

function validatePolicies(schema: SchemaJson<string>, policies: readonly ParsedPolicy[]): PolicyProblem[] {
  const staticPolicies = Object.fromEntries(policies.map(({ source }, index) => [index, source.text]));
  const answer = validate({ schema, policies: { staticPolicies }, validationSettings: { mode: "strict" } });
  if (answer.type === "failure") {
    throw new PolicyError(problemsOf({ file: SCHEMA_FILE, line: 1, text: "" }, answer.errors));
  }
  // The validator repeats an error for every action that a policy applies to.
  const seen = new Set<string>();
  return [...answer.validationErrors, ...answer.validationWarnings].flatMap(({ policyId, error }) => {
    const message = error.message
      .replace(/^for policy `\d+`, /, "")
      .replace(/ for Sallyport::Action::"\w+"/, "");
    const key = `${policyId} ${error.sourceLocations?.[0]?.start} ${message}`;
    const source = policies[Number(policyId)]?.source;
    if (source === undefined || seen.has(key)) return [];
    seen.add(key);
    return problemsOf(source, [{ ...error, message }]);
  });
}

function problemsOf(source: PolicySource, errors: readonly DetailedError[]): PolicyProblem[] {
  return errors.map(({ message, help, sourceLocations }) => {
    const [location] = sourceLocations ?? [];
    // Cedar counts bytes.
    const before = Buffer.from(source.text)
      .subarray(0, location?.start ?? 0)
      .toString();
    const line = source.line + lineAt(before, before.length) - 1;
    const label = (location as { label?: string | null } | undefined)?.label;
    return { file: source.file, line, found: message, accepted: help ?? label ?? "see schema.cedarschema" };
  });
}

function placeOf({ file, line, text }: PolicySource, word: string): { file: string; line: number } {
  return { file, line: line + lineAt(text, text.indexOf(word)) - 1 };
}
