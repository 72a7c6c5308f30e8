import type { ExplainedSurvivor } from "./check-report.ts";
import { AUTHORIZER } from "./survivors/authorizer.ts";
import { DOMAIN } from "./survivors/domain.ts";
import { KEYS } from "./survivors/keys.ts";
import { POLICY } from "./survivors/policy.ts";
import { VERIFICATION } from "./survivors/verification.ts";

/**
 * Mutants that no test can kill, each with the reason; `npm run mutate` accepts no other survivor.
 */
export const SURVIVORS: readonly ExplainedSurvivor[] = [
  ...DOMAIN,
  ...AUTHORIZER,
  ...KEYS,
  ...POLICY,
  ...VERIFICATION,
];
