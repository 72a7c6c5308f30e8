import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { acceptedOf } from "../configuration/problem.ts";
import type { Enforcement } from "../domain/decision/enforcement.ts";
import type { PolicyProblem } from "../policy/policy-error.ts";
import { readSegments } from "../policy/read-segments.ts";
import { UsageError } from "./command.ts";

const OWN_POLICIES = fileURLToPath(new URL("../policies/default", import.meta.url));

/**
 * Checks that the segments to enforce are in the `segments.json` of a folder of policies, by
 * default the default policies: the authorizer enforces everything where it does not know one.
 * Does not check that the deployment has these policies.
 *
 * @throws UsageError with the nearest name
 */
export function assertKnownSegments(enforcement: Enforcement, folder = OWN_POLICIES): void {
  if (enforcement === "all" || enforcement.length === 0) return;
  const file = join(folder, "segments.json");
  const known = namesIn(file);
  const unknown = enforcement.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new UsageError(
    `--enforce: ${JSON.stringify(unknown)} is not a segment of ${file}: ${acceptedOf(known, unknown)}.`,
    "If the deployment uses other policies, name their folder with --policies.",
  );
}

function namesIn(file: string): readonly string[] {
  const problems: PolicyProblem[] = [];
  const names = Object.keys(readSegments(file, contentOf(file), problems));
  const [problem] = problems;
  if (problem === undefined) return names;
  throw new UsageError(
    `--policies: ${file}:${problem.line} has ${problem.found}; accepted: ${problem.accepted}.`,
    "Correct the file.",
  );
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UsageError(`--policies: ${file} cannot be read.`, "Name a folder that has a segments.json.");
  }
}
