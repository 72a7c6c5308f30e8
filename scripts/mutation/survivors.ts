import type { ExplainedSurvivor } from "./check-report.ts";

const UNAVAILABLE_IS_EMPTY =
  "A risk state that is unavailable holds no other member, so that reading one gives what its absence gives";

/**
 * Mutants that no test can kill, each with the reason; `npm run mutate` accepts no other survivor.
 */
export const SURVIVORS: readonly ExplainedSurvivor[] = [
  {
    file: "domain/decision/evaluate.ts",
    line: 'keyRetired: risk.status === "known" && isKeyRetired(identity, risk),',
    original: 'risk.status === "known"',
    replacement: "true",
    why: UNAVAILABLE_IS_EMPTY,
  },
  {
    file: "domain/decision/evaluate.ts",
    line: 'const known: KnownRisk | undefined = risk.status === "known" ? risk : undefined;',
    original: 'risk.status === "known"',
    replacement: "true",
    why: UNAVAILABLE_IS_EMPTY,
  },
  {
    file: "domain/decision/evaluate.ts",
    line: 'if (risk.status === "unavailable") return [];',
    original: 'risk.status === "unavailable"',
    replacement: "false",
    why: UNAVAILABLE_IS_EMPTY,
  },
  {
    file: "domain/decision/evaluate.ts",
    line: 'if (risk.status === "unavailable") return [];',
    original: '"unavailable"',
    replacement: '""',
    why: UNAVAILABLE_IS_EMPTY,
  },
];
