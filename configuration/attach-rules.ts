import type { z } from "zod";
import { MOST_ALLOWED_ACCOUNTS } from "./allowed-apis.ts";
import type { attachSchema } from "./attach-schema.ts";
import type { ConfigurationProblem } from "./configuration-error.ts";
import { show } from "./problem.ts";

/** Finds Regions that belong to no account, and more pairs than a function's policy holds. */
export function attachProblems({
  accounts = [],
  regions,
}: z.output<typeof attachSchema>): ConfigurationProblem[] {
  if (regions === undefined) return [];
  const problem = (accepted: string) => [{ path: "attach.regions", found: show(regions), accepted }];
  if (accounts.length === 0) return problem("nothing without attach.accounts, whose Regions these are");
  if (new Set(accounts).size * new Set(regions).size <= MOST_ALLOWED_ACCOUNTS) return [];
  return problem(
    `at most ${MOST_ALLOWED_ACCOUNTS} pairs of account and Region; for more name the organization`,
  );
}
