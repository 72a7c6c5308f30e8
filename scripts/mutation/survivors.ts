import type { ExplainedSurvivor } from "./judge-report.ts";

/**
 * Mutants that no test can kill, each with the reason; `npm run mutate` accepts no other survivor.
 */
export const SURVIVORS: readonly ExplainedSurvivor[] = [];
