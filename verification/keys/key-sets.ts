import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_KEY_REFRESH, DEFAULT_KEYS_STALE_FOR, type IssuerSettings } from "../../contract/settings.ts";
import type { EpochMs } from "../../domain/time.ts";
import { parseStrictList } from "../jws/strict-json.ts";
import type { IssuerKeys } from "../token/trusted-issuers.ts";
import { createBackOff } from "./back-off.ts";
import { FETCH_TIMEOUT_MS, type FetchDocument } from "./fetch-document.ts";
import { fetchKeySet } from "./key-set-source.ts";
import { readVerificationKey, type VerificationKey } from "./verification-key.ts";

/** From this share of the refresh time on a request starts a refresh that nobody waits for. */
const REFRESH_AHEAD = 0.6;
/** A request that comes past the refresh time waits this long for the refresh, then goes on with the keys that are known. */
export const PATIENCE_MS = 300;
/** After a fetch for an unknown key id the issuer is asked for no other one for this long. */
const BRAKE_MS = 10_000;
/** Discovery and the key set, and a little more: a fetch that is under way for longer was frozen with its environment. */
const LONGEST_FETCH_MS = 2 * FETCH_TIMEOUT_MS + 500;
const LARGEST_KEY_SET = 256 * 1024;

type KeySet = ReadonlyMap<string, VerificationKey>;

export interface IssuerKeysOptions {
  readonly fetchDocument: FetchDocument;
  /** Told of each fetch that failed; `expected` where there may be no keys and never were any */
  readonly onFailure: (issuer: string, error: unknown, expected: boolean) => void;
  /** The issuer may publish no keys, under this name or at all */
  readonly mayHaveNone?: boolean;
  /** Told of each use of keys that are past their refresh time because refreshing fails */
  readonly onStaleUse?: (issuer: string) => void;
  readonly now: () => EpochMs;
  /** From 0 to 1; spreads what many environments would do at once */
  readonly random?: () => number;
  /** Milliseconds; PATIENCE_MS by default */
  readonly patience?: number;
}

/**
 * An issuer's keys through the life of the process: fetched at init, refreshed ahead of their refresh time by the requests that
 * use them, and for a bounded time used past it while the issuer is down. docs/keys.md tells the whole life.
 *
 * Nothing is kept by what a token says, and every fetch is held back by a clock of the issuer's own, so that a flood of forged
 * tokens costs neither memory nor fetches. Moments are compared, timers are not waited for: an environment may be frozen for hours
 * between two lines. Does not judge keys; parseKeySet does.
 */
export function createIssuerKeys(
  settings: IssuerSettings,
  {
    fetchDocument,
    onFailure,
    mayHaveNone = false,
    onStaleUse = () => {},
    now,
    random = Math.random,
    patience = PATIENCE_MS,
  }: IssuerKeysOptions,
): IssuerKeys {
  const { issuer, keyRefresh = DEFAULT_KEY_REFRESH, keysStaleFor = DEFAULT_KEYS_STALE_FOR } = settings;
  let keys: KeySet = new Map();
  let fetchedAt: EpochMs = Number.NEGATIVE_INFINITY;
  let refreshAhead = 0;
  let fetching: { readonly since: EpochMs; readonly done: Promise<void> } | undefined;
  let brakedAt: EpochMs = Number.NEGATIVE_INFINITY;

  const backOff = createBackOff(now, random);
  // Either way round: a clock that was set back must not make keys young or brakes long.
  const since = (moment: EpochMs) => Math.abs(now() - moment);
  const isPast = (seconds: number) => since(fetchedAt) >= seconds * 1000;
  const find = (kid: string) => (isPast(keysStaleFor) ? undefined : keys.get(kid));
  const haveNone = () => keys.size === 0 || isPast(keysStaleFor);
  const isUnderWay = () => fetching !== undefined && since(fetching.since) <= LONGEST_FETCH_MS;
  const isFailing = () => backOff.failures() > 0;
  const mayFetch = () => isUnderWay() || backOff.isOver();
  // Only for as long as the last failure is fresh: an old one says nothing of how the issuer is now.
  const waitingIsVain = () => isFailing() && !backOff.isOver();

  const load = async (started: EpochMs, isLatest: () => boolean) => {
    try {
      const loaded = parseKeySet(await fetchKeySet(settings, fetchDocument));
      // A set without a usable key is a failure too: taken as it is, it would push out the keys that are known.
      if (loaded.size === 0) throw new Error("the key set holds no usable key");
      if (!isLatest()) return;
      keys = keepUnchanged(keys, loaded);
      fetchedAt = started;
      refreshAhead = keyRefresh * (REFRESH_AHEAD + 0.1 * random());
      backOff.succeeded();
    } catch (error) {
      // What broke because the environment was frozen says nothing of the issuer.
      if (!isLatest() || since(started) > LONGEST_FETCH_MS) return;
      backOff.failed();
      onFailure(issuer, error, mayHaveNone && keys.size === 0);
    }
  };
  const refresh = (): Promise<void> => {
    if (fetching !== undefined && isUnderWay()) return fetching.done;
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
  /** The key, with what follows from using it. */
  const use = (key: VerificationKey): VerificationKey => {
    refreshIfDue();
    if (isPast(keyRefresh)) onStaleUse(issuer);
    return key;
  };

  return {
    prepare: refresh,
    settled: async () => fetching?.done,
    // Past the refresh time `find` is to be asked, which may wait; unless refreshing just failed, when waiting helps nobody.
    trusts: (key) => {
      if (find(key.kid) !== key || (isPast(keyRefresh) && !waitingIsVain())) return false;
      use(key);
      return true;
    },
    find: async (kid) => {
      if (find(kid) !== undefined && isPast(keyRefresh) && !waitingIsVain()) {
        await Promise.race([refresh(), sleep(patience, undefined, { ref: false })]);
      }
      const known = find(kid);
      if (known !== undefined) return use(known);
      const braked = !haveNone() && !isUnderWay() && since(brakedAt) < BRAKE_MS;
      if (mayFetch() && !braked) {
        if (!haveNone()) brakedAt = now();
        await refresh();
        const fetched = find(kid);
        if (fetched !== undefined) return use(fetched);
      }
      // While the issuer cannot be asked, a key id that is not known here may well be a new one of its own.
      return { refused: haveNone() || isFailing() ? "identity-provider-unavailable" : "token-key-unknown" };
    },
  };
}

/** A key that was not changed stays the same object, by which remembered verifications tell that it is still trusted. */
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
 * Parses a JWK set (RFC 7517 §5) and keeps the keys that may verify signatures; one that two parsers may read differently is left out
 * alone. Two different ones under one key id are both left out: which of them is meant cannot be told.
 *
 * @throws Error when it is not a set at all
 */
export function parseKeySet(bytes: Uint8Array): KeySet {
  if (bytes.byteLength > LARGEST_KEY_SET) throw new Error("the key set is larger than 256 KB");
  const jwks = parseStrictList(bytes, "keys");
  if (jwks === undefined) throw new Error("the key set is no JSON object with one array `keys`");
  const keys = new Map<string, VerificationKey>();
  const ambiguous = new Set<string>();
  for (const jwk of jwks) {
    const key = readVerificationKey(jwk);
    if ("refused" in key) continue;
    const earlier = keys.get(key.kid);
    if (earlier === undefined) keys.set(key.kid, key);
    else if (!areSame(earlier, key)) ambiguous.add(key.kid);
  }
  for (const kid of ambiguous) keys.delete(kid);
  return keys;
}
