import { type OpenValue, walkJson } from "../domain/walk-json.ts";
import type { ConfigurationProblem } from "./configuration-error.ts";

/**
 * Finds fields that stand twice in their object, of which JSON.parse would silently keep the last
 * alone.
 *
 * @param text known to be JSON
 */
export function repeatedFields(text: string): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  walkJson(text, (mark, _, open) => {
    if (mark === "name" && open.at(-1)?.isRepeated === true) {
      problems.push({ path: placeIn(open), found: "the field again", accepted: "each field once" });
    }
    return false;
  });
  return problems;
}

/** The path of the value that the innermost open value has come to, such as `a[1].c.d`. */
function placeIn(open: readonly OpenValue[]): string {
  return open.reduce((path, { names, name, index }) => {
    if (names === undefined) return `${path}[${index}]`;
    return path === "" ? name : `${path}.${name}`;
  }, "");
}
