import type { ExplainedSurvivor } from "./check-report.ts";
import { DOMAIN } from "./survivors/domain.ts";
import { VERIFICATION } from "./survivors/verification.ts";

/**
 * Mutants that no test can kill, each with the reason; `npm run mutate` accepts no other survivor.
 */
export const SURVIVORS: readonly ExplainedSurvivor[] = [...DOMAIN, ...VERIFICATION];
