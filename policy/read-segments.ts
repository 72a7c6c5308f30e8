import type { SegmentTable } from "../domain/decision/segment.ts";
import { stringAt, walkJson } from "../domain/walk-json.ts";
import type { PolicyProblem } from "./policy-error.ts";
import { lineAt } from "./split-policies.ts";

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/**
 * Literal parts in unreserved and harmless characters: anything else would be read in more ways
 * than one.
 */
const PATTERN = /^\/(?:(?:\*|[A-Za-z0-9._~$@=+,:-]+)(?:\/(?:\*|[A-Za-z0-9._~$@=+,:-]+))*)?$/;
const SHAPE = 'an object of lists of patterns: { "admin": ["/api/admin/**"] }';
const ACCEPTED_PATTERN =
  "an exact path such as /api/orders, a subtree such as /api/admin/**, * for one whole part of the path";

/**
 * Reads and checks `segments.json`.
 *
 * @param problems Receives what is wrong; the table is worth nothing then
 */
export function readSegments(file: string, content: string, problems: PolicyProblem[]): SegmentTable {
  const report = (position: number, found: string, accepted: string) =>
    problems.push({ file, line: lineAt(content, position), found, accepted });
  const parsed = parseJson(content);
  if ("position" in parsed) {
    report(parsed.position, `text that is not JSON (${parsed.why})`, SHAPE);
    return {};
  }
  const { value } = parsed;
  if (!isTable(value)) {
    report(0, "JSON of another shape", SHAPE);
    return {};
  }
  walkJson(content, (mark, position, open) => {
    if (mark === "string") {
      const text = stringAt(content, position);
      if (!isPattern(text)) report(position, `the pattern ${JSON.stringify(text)}`, ACCEPTED_PATTERN);
    } else if (mark === "name") {
      const { name = "", isRepeated } = open.at(-1) ?? {};
      reportName(name, isRepeated === true, (found, accepted) => report(position, found, accepted));
    }
    return false;
  });
  return value;
}

function reportName(
  name: string,
  isRepeated: boolean,
  report: (found: string, accepted: string) => void,
): void {
  const shown = `the segment ${JSON.stringify(name)}`;
  if (!NAME.test(name)) report(shown, "lower-case words joined by hyphens");
  // The stage variable that says what is enforced reserves these words
  // (domain/decision/enforcement.ts).
  if (name === "all" || name === "none") {
    report(shown, "any other name: these two mean every segment and no segment");
  }
  if (isRepeated) report(`${shown} again`, "each name once");
}

function isTable(value: unknown): value is SegmentTable {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(
      (patterns) => Array.isArray(patterns) && patterns.every((pattern) => typeof pattern === "string"),
    )
  );
}

function isPattern(pattern: string): boolean {
  const parts = pattern.split("/");
  const literal = parts.at(-1) === "**" ? parts.slice(0, -1).join("/") || "/" : pattern;
  return PATTERN.test(literal) && !parts.includes(".") && !parts.includes("..");
}

function parseJson(content: string): { value: unknown } | { position: number; why: string } {
  try {
    return { value: JSON.parse(content) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(why)?.[1];
    return { position: position === undefined ? content.length : Number(position), why };
  }
}
