import type { ExplainedSurvivor } from "./check-report.ts";

/** The line on which a mutant begins, what is replaced, and by what. */
type Mutant = readonly [line: string, original: string, replacement: string];

/** The mutants that survive for one reason, by the file that they change. */
export function explain(
  why: string,
  files: Readonly<Record<string, readonly Mutant[]>>,
): readonly ExplainedSurvivor[] {
  return Object.entries(files).flatMap(([file, mutants]) =>
    mutants.map(([line, original, replacement]) => ({ file, line, original, replacement, why })),
  );
}
