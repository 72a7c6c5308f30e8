import type { ApiState } from "../../domain/attach/api-state.ts";
import type { ApiAddress, Attachment } from "../../domain/attach/attachment.ts";
import { findDrift } from "../../domain/attach/drift.ts";
import { describeDrift } from "../../domain/attach/drift-finding.ts";
import {
  type DriftLedger,
  LEDGER_VERSION,
  type OpenProblem,
  reconcile,
} from "../../domain/attach/drift-ledger.ts";
import type { DriftProblem } from "../../domain/attach/drift-problem.ts";
import type { Digest } from "../../domain/digest.ts";
import type { FindingOrigin, QueueFinding } from "../../domain/risk/security-finding.ts";
import type { Now } from "../../domain/time.ts";

/** The outside of the check. */
export interface DriftPorts {
  /** What is there and cannot be read is reported, and left out of the list */
  readonly listAttachments: (
    onUnreadable: (address: ApiAddress, error: unknown) => void,
  ) => Promise<readonly Attachment[]>;
  /** Undefined: API Gateway has no such API */
  readonly readApi: (attachment: Attachment) => Promise<ApiState | undefined>;
  /** The same */
  readonly listLedgers: (
    onUnreadable: (address: ApiAddress, error: unknown) => void,
  ) => Promise<readonly DriftLedger[]>;
  /**
   * `previous`: the `checkedAt` that was read, undefined for none; rejects if it is another one by
   * now
   */
  readonly saveLedger: (ledger: DriftLedger, previous: string | undefined) => Promise<void>;
  readonly removeLedger: (address: ApiAddress) => Promise<void>;
  readonly queueFinding: QueueFinding;
  readonly now: Now;
  /** Milliseconds that are left for this run */
  readonly remaining: () => number;
  readonly digest: Digest;
}

/** How the check of one API went. */
export interface CheckedApi {
  readonly address: ApiAddress;
  readonly open: readonly DriftProblem[];
  /** Findings that were handed to the queue, opened and archived ones */
  readonly sent: number;
  /** What could not be looked at, one sentence each */
  readonly unread: readonly string[];
}

export interface DriftRun {
  readonly checked: readonly CheckedApi[];
  /** APIs that could not be checked: what was open stays open */
  readonly failed: readonly { readonly address: ApiAddress; readonly error: unknown }[];
  /** APIs for which no time was left; they are first in the next run */
  readonly postponed: number;
  /** APIs of other accounts or Regions, which are recorded here and cannot be read from here */
  readonly elsewhere: number;
}

/** Milliseconds that one API may take; a run begins none that it might not end. */
const LONGEST_CHECK = 60_000;

/**
 * Checks the attached APIs of the account and Region that the function runs in, those first that
 * were checked longest ago.
 *
 * Findings go out before the ledger remembers them: a crash between sends a finding twice, and
 * loses none. An API that cannot be read or reported fails alone; its findings stay as they are.
 * What is no longer attached is over. Rejects only where there is nothing to go by: the table is
 * down.
 */
export async function checkDrift(origin: FindingOrigin, ports: DriftPorts): Promise<DriftRun> {
  const failed: { address: ApiAddress; error: unknown }[] = [];
  const unreadable = new Set<string>();
  const onUnreadable = (address: ApiAddress, error: unknown): void => {
    unreadable.add(nameOf(address));
    if (isHere(address, origin)) failed.push({ address, error });
  };
  const [attachments, ledgers] = await Promise.all([
    ports.listAttachments(onUnreadable),
    ports.listLedgers(onUnreadable),
  ]);
  const known = new Map(ledgers.map((ledger) => [nameOf(ledger.address), ledger]));
  const own = attachments.filter(({ address }) => isHere(address, origin));
  const attached = new Set(own.map(({ address }) => nameOf(address)));
  // What cannot be read, such as the record of a newer version, is attached for all we know.
  const isOver = ({ address }: DriftLedger): boolean =>
    isHere(address, origin) && !attached.has(nameOf(address)) && !unreadable.has(nameOf(address));
  const left = ledgers.filter(isOver);
  const jobs = [
    // Without its ledger it is unknown which findings of an API are open.
    ...own
      .filter(({ address }) => !unreadable.has(nameOf(address)))
      .map((attachment) => {
        const ledger = known.get(nameOf(attachment.address));
        return {
          address: attachment.address,
          last: ledger?.checkedAt ?? "",
          run: () => checkApi(attachment, ledger, origin, ports),
        };
      }),
    ...left.map((ledger) => ({
      address: ledger.address,
      last: ledger.checkedAt,
      run: () => closeLedger(ledger, origin, ports),
    })),
  ].sort((a, b) => (a.last < b.last ? -1 : a.last > b.last ? 1 : 0));
  const checked: CheckedApi[] = [];
  let postponed = 0;
  for (const { address, run } of jobs) {
    if (ports.remaining() < LONGEST_CHECK) {
      postponed += 1;
      continue;
    }
    try {
      checked.push(await run());
    } catch (error) {
      failed.push({ address, error });
    }
  }
  return { checked, failed, postponed, elsewhere: attachments.length - own.length };
}

async function checkApi(
  attachment: Attachment,
  ledger: DriftLedger | undefined,
  origin: FindingOrigin,
  ports: DriftPorts,
): Promise<CheckedApi> {
  const api = await ports.readApi(attachment);
  const now = ports.now();
  const { address, kind, name } = attachment;
  const before = ledger?.open ?? [];
  const found = findDrift(attachment, api, now) ?? before.map(({ problem }) => problem);
  const { news, open } = reconcile(before, [...found, ...unseen(before, api)], now);
  const about = { address, kind, name: api?.name ?? name };
  for (const one of news) await ports.queueFinding(describeDrift(one, about, origin, now, ports.digest));
  const checkedAt = new Date(now).toISOString();
  await ports.saveLedger({ version: LEDGER_VERSION, ...about, checkedAt, open }, ledger?.checkedAt);
  return {
    address,
    open: open.map(({ problem }) => problem),
    sent: news.length,
    unread: (api?.unread ?? []).map(({ why }) => why),
  };
}

/** What was open and could not be looked at this time is not over for that. */
function unseen(before: readonly OpenProblem[], api: ApiState | undefined): readonly DriftProblem[] {
  if (!api?.unread?.some(({ part }) => part === "mutual-tls-domains")) return [];
  return before.map(({ problem }) => problem).filter(({ kind }) => kind === "endpoint-beside-mutual-tls");
}

/** The API was detached: nothing of it is drift any more. */
async function closeLedger(
  ledger: DriftLedger,
  origin: FindingOrigin,
  ports: DriftPorts,
): Promise<CheckedApi> {
  const now = ports.now();
  const { news } = reconcile(ledger.open, [], now);
  for (const one of news) await ports.queueFinding(describeDrift(one, ledger, origin, now, ports.digest));
  await ports.removeLedger(ledger.address);
  return { address: ledger.address, open: [], sent: news.length, unread: [] };
}

const isHere = ({ accountId, region }: ApiAddress, origin: FindingOrigin): boolean =>
  accountId === origin.accountId && region === origin.region;

const nameOf = ({ accountId, region, apiId }: ApiAddress): string => `${accountId}/${region}/${apiId}`;
