import type { ApiKind } from "./api-state.ts";
import type { ApiAddress } from "./attachment.ts";
import type { DriftProblem } from "./drift-problem.ts";

/** Layout version of a ledger. */
export const LEDGER_VERSION = 1;

/** A problem that was reported to Security Hub as open and not yet as resolved. */
export interface OpenProblem {
  readonly problem: DriftProblem;
  /** ISO 8601 in UTC: when it was first seen */
  readonly since: string;
  /** ISO 8601 in UTC: when the queue last accepted its finding */
  readonly sentAt: string;
}

/** The open problems of one API, from which the next check finds those that were fixed. */
export interface DriftLedger {
  readonly version: typeof LEDGER_VERSION;
  readonly address: ApiAddress;
  readonly kind: ApiKind;
  readonly name: string;
  /** ISO 8601 in UTC */
  readonly checkedAt: string;
  readonly open: readonly OpenProblem[];
}

/** One finding to send. */
export interface DriftNews {
  readonly problem: DriftProblem;
  readonly since: string;
  readonly over: boolean;
}

/**
 * Security Hub deletes a finding that is not updated for 90 days, so an open problem is reported
 * again each day.
 */
const REPORT_AGAIN = 86_400_000;

/**
 * Returns the findings to send after a check, and the problems that are open then. Pure; the caller
 * sends first and saves the open ones afterwards.
 */
export function reconcile(
  known: readonly OpenProblem[],
  found: readonly DriftProblem[],
  now: number,
): { readonly news: readonly DriftNews[]; readonly open: readonly OpenProblem[] } {
  const time = new Date(now).toISOString();
  const before = new Map(known.map((one) => [keyOf(one.problem), one]));
  const news: DriftNews[] = [];
  const open = [...uniqueByKey(found).values()].map((problem) => {
    const old = before.get(keyOf(problem));
    const since = old?.since ?? time;
    if (old !== undefined && isSame(old.problem, problem) && now - Date.parse(old.sentAt) < REPORT_AGAIN)
      return old;
    news.push({ problem, since, over: false });
    return { problem, since, sentAt: time };
  });
  const openKeys = new Set(open.map(({ problem }) => keyOf(problem)));
  for (const { problem, since } of known) {
    if (!openKeys.has(keyOf(problem))) news.push({ problem, since, over: true });
  }
  return { news, open };
}

/** Names a problem within its API. */
export const keyOf = ({ kind, subject }: DriftProblem): string => `${kind}/${subject}`;

const uniqueByKey = (problems: readonly DriftProblem[]): ReadonlyMap<string, DriftProblem> =>
  new Map(problems.map((problem) => [keyOf(problem), problem]));

const isSame = (a: DriftProblem, b: DriftProblem): boolean =>
  a.says === b.says && a.severity === b.severity && a.remedy === b.remedy;

/**
 * The drift ledgers, one for each attached API; only the drift function writes them.
 */
export interface DriftStore {
  /**
   * Calls `onUnreadable` for a ledger that cannot be read, so that the others are still returned
   */
  readonly list: (
    onUnreadable: (address: ApiAddress, error: unknown) => void,
  ) => Promise<readonly DriftLedger[]>;
  /**
   * One conditional write. `previous`: the `checkedAt` that was read, undefined for none; rejects
   * if it has changed
   */
  readonly save: (ledger: DriftLedger, previous: string | undefined) => Promise<void>;
  readonly remove: (address: ApiAddress) => Promise<void>;
}
