/**
 * Files that the prose rules do not cover yet, by the start of their paths. Only ever remove from
 * this list.
 */
export const UNFINISHED_ROOMS: readonly string[] = [
  "CHANGELOG.md",
  "bench/",
  "configuration/",
  "console/",
  "contract/",
  "docs/",
  "domain/canonical-json.ts",
  "domain/decision/",
  "domain/digest.ts",
  "domain/event/",
  "domain/evidence/",
  "domain/retry-delay.ts",
  "domain/risk/",
  "domain/time.ts",
  "domain/walk-json.ts",
  "lambda/",
  "lib/",
  "policies/",
  "policy/",
  "scripts/",
  "test/",
];
