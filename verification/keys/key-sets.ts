import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_KEY_REFRESH, DEFAULT_KEYS_STALE_FOR, type IssuerSettings } from "../../contract/settings.ts";
import type { EpochMs } from "../../domain/time.ts";
import { parseStrictList } from "../jws/strict-json.ts";
import type { IssuerKeys } from "../token/trusted-issuers.ts";
import { createBackOff } from "./back-off.ts";
import { FETCH_TIMEOUT_MS, type FetchDocument } from "./fetch-document.ts";
import { fetchKeySet } from "./key-set-source.ts";
import { readVerificationKey, type VerificationKey } from "./verification-key.ts";

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
const LARGEST_KEY_SET = 256 * 1024;

type KeySet = ReadonlyMap<string, VerificationKey>;

export interface IssuerKeysOptions {
  readonly fetchDocument: FetchDocument;
  /** Called for each failed fetch; `expected` if the issuer may have no keys and never had any */
  readonly onFailure: (issuer: string, error: unknown, expected: boolean) => void;
  /** The issuer may publish no keys, under this name or at all */
  readonly keysOptional?: boolean;
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
    now,
    random = Math.random,
    refreshWait = REFRESH_WAIT_MS,
  }: IssuerKeysOptions,
): IssuerKeys {
  const { issuer, keyRefresh = DEFAULT_KEY_REFRESH, keysStaleFor = DEFAULT_KEYS_STALE_FOR } = settings;
  let keys: KeySet = new Map();
  let fetchedAt: EpochMs = Number.NEGATIVE_INFINITY;
  let refreshAhead = 0;
  let fetching: { readonly since: EpochMs; readonly done: Promise<void> } | undefined;
  let cooldownFrom: EpochMs = Number.NEGATIVE_INFINITY;

  const backOff = createBackOff(now, random);
  // In both directions: a clock that was set back must not make keys young or cooldowns long.
  const since = (moment: EpochMs) => Math.abs(now() - moment);
  const isPast = (seconds: number) => since(fetchedAt) >= seconds * 1000;
  const find = (kid: string) => (isPast(keysStaleFor) ? undefined : keys.get(kid));
  // Without any keys yet, the last fetch is infinitely long ago.
  const haveNone = () => isPast(keysStaleFor);
  const underWay = () =>
    fetching !== undefined && since(fetching.since) <= LONGEST_FETCH_MS ? fetching.done : undefined;
  const isFailing = () => backOff.failures() > 0;
  const mayFetch = () => underWay() !== undefined || backOff.isOver();
  // Only while the last failure is recent: an old one does not describe the issuer's current state.
  const waitingIsVain = () => isFailing() && !backOff.isOver();

  const load = async (started: EpochMs, isLatest: () => boolean) => {
    try {
      const loaded = parseKeySet(await fetchKeySet(settings, fetchDocument));
      // A set without a usable key counts as a failure: it must not replace the known keys.
      if (loaded.size === 0) throw new Error("the key set holds no usable key");
      if (!isLatest()) return;
      keys = keepUnchanged(keys, loaded);
      fetchedAt = started;
      refreshAhead = keyRefresh * (REFRESH_AHEAD + 0.1 * random());
      backOff.succeeded();
    } catch (error) {
      // A fetch that broke because the environment was frozen does not count against the issuer.
      if (!isLatest() || since(started) > LONGEST_FETCH_MS) return;
      backOff.failed();
      onFailure(issuer, error, keysOptional && keys.size === 0);
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
    return key;
  };

  return {
    prepare: refresh,
    settled: async () => fetching?.done,
    // Past the refresh time the caller must use `find`, which may wait; unless a refresh just
    // failed, because waiting would not help.
    trusts: (key) => {
      if (find(key.kid) !== key || (isPast(keyRefresh) && !waitingIsVain())) return false;
      use(key);
      return true;
    },
    find: async (kid) => {
      if (find(kid) !== undefined && isPast(keyRefresh) && !waitingIsVain()) {
        await Promise.race([refresh(), sleep(refreshWait, undefined, { ref: false })]);
      }
      const known = find(kid);
      if (known !== undefined) return use(known);
      const isCoolingDown = !haveNone() && underWay() === undefined && since(cooldownFrom) < COOLDOWN_MS;
      if (mayFetch() && !isCoolingDown) {
        if (!haveNone()) cooldownFrom = now();
        await refresh();
        const fetched = find(kid);
        if (fetched !== undefined) return use(fetched);
      }
      // While the issuer is unreachable, an unknown key id may be a new key of the issuer.
      return { denied: haveNone() || isFailing() ? "identity-provider-unavailable" : "token-key-unknown" };
    },
  };
}

/**
 * An unchanged key stays the same object; cached verifications use this to check that it is still
 * trusted.
 */
function keepUnchanged(before: KeySet, loaded: KeySet): KeySet {
  return new Map(
    [...loaded].map(([kid, key]) => {
      const earlier = before.get(kid);
      return [kid, earlier !== undefined && areSame(earlier, key) ? earlier : key];
    }),
  );
}

const areSame = (one: VerificationKey, other: VerificationKey): boolean =>
  one.algorithm === other.algorithm && one.alias === other.alias && one.key.equals(other.key);

/**
 * Parses a JWK set (RFC 7517 §5) and keeps the keys that may verify signatures; leaves out any that
 * two parsers may read differently. Leaves out both of two different keys with the same key id: it
 * is unclear which one is meant.
 *
 * @throws Error if it is not a key set
 */
export function parseKeySet(bytes: Uint8Array): KeySet {
  if (bytes.byteLength > LARGEST_KEY_SET) throw new Error("the key set is larger than 256 KB");
  const jwks = parseStrictList(bytes, "keys");
  if (jwks === undefined) throw new Error("the key set is not a JSON object with an array `keys`");
  const keys = new Map<string, VerificationKey>();
  const ambiguous = new Set<string>();
  for (const jwk of jwks) {
    const key = readVerificationKey(jwk);
    if ("rejected" in key) continue;
    const earlier = keys.get(key.kid);
    if (earlier === undefined) keys.set(key.kid, key);
    else if (!areSame(earlier, key)) ambiguous.add(key.kid);
  }
  for (const kid of ambiguous) keys.delete(kid);
  return keys;
}
