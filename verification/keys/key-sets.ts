import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_KEY_REFRESH, DEFAULT_KEYS_STALE_FOR, type IssuerSettings } from "../../contract/settings.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { IssuerKeys } from "../token/trusted-issuers.ts";
import { createBackOff } from "./back-off.ts";
import { FETCH_TIMEOUT_MS, type FetchDocument } from "./fetch-document.ts";
import { chooseKey, describeLeftOut, type KeySet, keepUnchanged, parseKeySet } from "./key-set.ts";
import { fetchKeySet } from "./key-set-source.ts";
import type { VerificationKey } from "./verification-key.ts";

/** From this share of the refresh time on, a request starts a refresh in the background. */
const REFRESH_AHEAD = 0.6;
/** A request past the refresh time waits this long for the refresh, then uses the known keys. */
export const REFRESH_WAIT_MS = 300;
/** Cooldown after a fetch for an unknown key id. */
const COOLDOWN_MS = 10_000;
/**
 * Discovery and the key set, and a margin: a fetch that takes longer was frozen with its
 * environment.
 */
const LONGEST_FETCH_MS = 2 * FETCH_TIMEOUT_MS + 500;
const NO_KEYS: KeySet = { keys: [], leftOut: [] };

export interface IssuerKeysOptions {
  readonly fetchDocument: FetchDocument;
  /** Called for each failed fetch; `expected` if the issuer may have no keys and never had any */
  readonly onFailure: (issuer: string, error: unknown, expected: boolean) => void;
  /** The issuer may publish no keys, under this name or at all */
  readonly keysOptional?: boolean;
  /**
   * Called when a fetched key set has other unusable keys than the one before; with a text for
   * people
   */
  readonly onLeftOut?: (issuer: string, description: string) => void;
  /** Called when a fetched key set lacks a key that verified tokens before */
  readonly onKeyLost?: (issuer: string, kid: string | undefined) => void;
  /** Called for each use of keys that are past their refresh time because refreshing fails */
  readonly onStaleUse?: (issuer: string) => void;
  readonly now: () => EpochMs;
  /** From 0 to 1; spreads the fetches of many environments */
  readonly random?: () => number;
  /** Milliseconds; REFRESH_WAIT_MS by default */
  readonly refreshWait?: number;
}

/**
 * An issuer's keys for the life of the process: fetched at init, refreshed ahead of their refresh
 * time by the requests that use them, and used past it for a bounded time while the issuer is down.
 * See docs/keys.md.
 *
 * A token's content is never cached here, and every fetch is rate limited per issuer, so that a
 * flood of forged tokens costs neither memory nor fetches. Compares moments instead of waiting for
 * timers: an environment may be frozen for hours between two lines. Does not check keys;
 * parseKeySet does.
 */
export function createIssuerKeys(
  settings: IssuerSettings,
  {
    fetchDocument,
    onFailure,
    keysOptional = false,
    onStaleUse = () => {},
    onLeftOut = () => {},
    onKeyLost = () => {},
    now,
    random = Math.random,
    refreshWait = REFRESH_WAIT_MS,
  }: IssuerKeysOptions,
): IssuerKeys {
  const { issuer, keyRefresh = DEFAULT_KEY_REFRESH, keysStaleFor = DEFAULT_KEYS_STALE_FOR } = settings;
  let keys = NO_KEYS;
  let leftOut = "";
  const used = new Set<VerificationKey>();
  let fetchedAt: EpochMs = Number.NEGATIVE_INFINITY;
  let refreshAhead = 0;
  let fetching: { readonly since: EpochMs; readonly done: Promise<void> } | undefined;
  let cooldownFrom: EpochMs = Number.NEGATIVE_INFINITY;

  const backOff = createBackOff(now, random);
  // In both directions: a clock that was set back must not make keys young or cooldowns long.
  const since = (moment: EpochMs) => Math.abs(now() - moment);
  const isPast = (seconds: number) => since(fetchedAt) >= seconds * 1000;
  const choose = (kid: string | undefined, algorithm: string) =>
    chooseKey(isPast(keysStaleFor) ? NO_KEYS : keys, kid, algorithm);
  // Without any keys yet, the last fetch is infinitely long ago.
  const haveNone = () => isPast(keysStaleFor);
  const underWay = () =>
    fetching !== undefined && since(fetching.since) <= LONGEST_FETCH_MS ? fetching.done : undefined;
  const isFailing = () => backOff.failures() > 0;
  const mayFetch = () => underWay() !== undefined || backOff.isOver();
  // Only while the last failure is recent: an old one does not describe the issuer's current state.
  const waitingIsVain = () => isFailing() && !backOff.isOver();

  const reportChanges = (described: string) => {
    if (described !== leftOut && described !== "") onLeftOut(issuer, described);
    leftOut = described;
    for (const key of used) {
      if (keys.keys.includes(key)) continue;
      used.delete(key);
      onKeyLost(issuer, key.kid);
    }
  };
  const load = async (started: EpochMs, isLatest: () => boolean) => {
    try {
      const loaded = parseKeySet(await fetchKeySet(settings, fetchDocument), settings.algorithms);
      const described = describeLeftOut(loaded.leftOut);
      // A set without a usable key counts as a failure: it must not replace the known keys.
      if (loaded.keys.length === 0) {
        throw new Error(`the key set holds no usable key${described === "" ? "" : `: ${described}`}`);
      }
      if (!isLatest()) return;
      keys = keepUnchanged(keys, loaded);
      reportChanges(described);
      fetchedAt = started;
      refreshAhead = keyRefresh * (REFRESH_AHEAD + 0.1 * random());
      backOff.succeeded();
    } catch (error) {
      // A fetch that broke because the environment was frozen does not count against the issuer.
      if (!isLatest() || since(started) > LONGEST_FETCH_MS) return;
      backOff.failed();
      onFailure(issuer, error, keysOptional && keys.keys.length === 0);
    }
  };
  const refresh = (): Promise<void> => {
    const current = underWay();
    if (current !== undefined) return current;
    const started = now();
    const isLatest = () => fetching === own;
    const own = {
      since: started,
      done: Promise.resolve()
        .then(() => load(started, isLatest))
        .finally(() => {
          if (isLatest()) fetching = undefined;
        }),
    };
    fetching = own;
    return own.done;
  };
  const refreshIfDue = () => {
    if (isPast(refreshAhead) && mayFetch()) void refresh();
  };
  /** The key, and the effects of its use. */
  const use = (key: VerificationKey): VerificationKey => {
    refreshIfDue();
    if (isPast(keyRefresh)) onStaleUse(issuer);
    used.add(key);
    return key;
  };

  const found = (chosen: VerificationKey | keyof typeof DENIED) =>
    typeof chosen === "object" ? use(chosen) : { denied: DENIED[chosen] };

  return {
    prepare: refresh,
    settled: async () => fetching?.done,
    // Past the refresh time the caller must use `find`, which may wait; unless a refresh just
    // failed, because waiting would not help.
    trusts: (key) => {
      if (isPast(keysStaleFor) || !keys.keys.includes(key)) return false;
      if (isPast(keyRefresh) && !waitingIsVain()) return false;
      use(key);
      return true;
    },
    find: async (kid, algorithm) => {
      if (typeof choose(kid, algorithm) === "object" && isPast(keyRefresh) && !waitingIsVain()) {
        await Promise.race([refresh(), sleep(refreshWait, undefined, { ref: false })]);
      }
      const known = choose(kid, algorithm);
      if (known !== "unknown") return found(known);
      const isCoolingDown = !haveNone() && underWay() === undefined && since(cooldownFrom) < COOLDOWN_MS;
      if (mayFetch() && !isCoolingDown) {
        if (!haveNone()) cooldownFrom = now();
        await refresh();
        const fetched = choose(kid, algorithm);
        if (fetched !== "unknown") return found(fetched);
      }
      // While the issuer is unreachable, an unknown key id may be a new key of the issuer.
      return { denied: haveNone() || isFailing() ? "identity-provider-unavailable" : "token-key-unknown" };
    },
  };
}

const DENIED = {
  ambiguous: "token-key-ambiguous",
  "other-algorithm": "token-algorithm-not-allowed",
} as const;
