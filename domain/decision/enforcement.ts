/**
 * Which verdicts of a stage are enforced; the others are only recorded, and the request is passed
 * on (monitor mode).
 */
export type Enforcement =
  | "all"
  /** Names of segments; empty: everything is only monitored */
  | readonly string[];

/** The stage variable that holds a stage's enforcement. */
export const ENFORCE_VARIABLE = "sallyport_enforce";

const SEGMENTS = /^[a-z][a-z0-9-]*(,[a-z][a-z0-9-]*)*$/;
const EVERYTHING = "all";
const NOTHING = "none";

/**
 * Reads the stage variable `sallyport_enforce`: `all`, `none`, or names of segments separated by
 * commas. Fails closed: without the variable, or with any other value, all verdicts are enforced.
 * Does not check that the segments exist.
 */
export function readEnforcement(variable: string | undefined): Enforcement {
  if (variable === NOTHING) return [];
  if (variable === undefined || !SEGMENTS.test(variable)) return EVERYTHING;
  const names = variable.split(",");
  return names.includes(EVERYTHING) || names.includes(NOTHING) ? EVERYTHING : names;
}

/** Returns the stage variable's value, which `readEnforcement` reads. */
export function writeEnforcement(enforcement: Enforcement): string {
  if (enforcement === EVERYTHING) return EVERYTHING;
  return enforcement.length === 0 ? NOTHING : [...new Set(enforcement)].sort().join(",");
}

/**
 * Whether a verdict on a request of these segments is enforced. `undefined`: its segments are
 * unknown, so any could be enforced.
 */
export function isEnforced(enforcement: Enforcement, segments: readonly string[] | undefined): boolean {
  if (enforcement === EVERYTHING) return true;
  if (segments === undefined) return enforcement.length > 0;
  return segments.some((segment) => enforcement.includes(segment));
}
