import type { ConfigurationProblem } from "./problem.ts";

/** An object or list that is open: where it is, and the names in it or the place in it. */
interface Frame {
  readonly path: string;
  readonly names?: Set<string>;
  name: string;
  index: number;
  expectsName: boolean;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/**
 * Finds fields that stand twice in their object, of which JSON.parse would silently keep the last alone.
 *
 * @param text known to be JSON
 */
export function repeatedFields(text: string): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const open: Frame[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const frame = open.at(-1);
    if (token === "{" || token === "[") {
      const names = token === "{" ? { names: new Set<string>() } : {};
      open.push({ path: placeIn(frame), ...names, name: "", index: 0, expectsName: token === "{" });
    } else if (token === "}" || token === "]") {
      open.pop();
    } else if (frame !== undefined && token === ",") {
      frame.index += 1;
      frame.expectsName = frame.names !== undefined;
    } else if (frame?.names !== undefined && frame.expectsName) {
      frame.name = String(JSON.parse(token));
      frame.expectsName = false;
      if (frame.names.has(frame.name))
        problems.push({ path: placeIn(frame), found: "the field again", accepted: "each field once" });
      frame.names.add(frame.name);
    }
  }
  return problems;
}

/** Where the value stands that comes next. */
function placeIn(frame: Frame | undefined): string {
  if (frame === undefined) return "";
  if (frame.names === undefined) return `${frame.path}[${frame.index}]`;
  return frame.path === "" ? frame.name : `${frame.path}.${frame.name}`;
}
