import type { Now } from "../../../domain/time.ts";

/** Results by identity, each with a time to live. One cache serves one authorizer on one stage. */
export interface AuthorizerCache<Result> {
  readonly read: (identity: readonly string[]) => Result | undefined;
  readonly keep: (identity: readonly string[], result: Result) => void;
}

export interface AuthorizerCaches<Result> {
  /**
   * The cache of an authorizer on a stage; the same object on every call, until its time to live
   * changes
   */
  readonly of: (
    authorizer: { readonly id: string; readonly ttlSeconds: number },
    stage: string,
  ) => AuthorizerCache<Result>;
  /** Clears the stage's caches */
  readonly flush: (stage: string) => void;
}

const MOST_ENTRIES = 10_000;

export function createAuthorizerCaches<Result>(now: Now): AuthorizerCaches<Result> {
  const caches = new Map<string, Map<string, AuthorizerCache<Result>>>();
  return {
    of: ({ id, ttlSeconds }, stage) => {
      const ofStage = caches.get(stage) ?? new Map<string, AuthorizerCache<Result>>();
      const key = `${id}/${ttlSeconds}`;
      const cache = ofStage.get(key) ?? createAuthorizerCache(ttlSeconds, now);
      caches.set(stage, ofStage.set(key, cache));
      return cache;
    },
    flush: (stage) => {
      caches.delete(stage);
    },
  };
}

/** A cache that stores nothing when `seconds` is 0. When full, it evicts the oldest entry. */
function createAuthorizerCache<Result>(seconds: number, now: Now): AuthorizerCache<Result> {
  const entries = new Map<string, { readonly result: Result; readonly until: number }>();
  return {
    read: (identity) => {
      const key = JSON.stringify(identity);
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (now() < entry.until) return entry.result;
      entries.delete(key);
      return undefined;
    },
    keep: (identity, result) => {
      if (seconds <= 0) return;
      const oldest = entries.size >= MOST_ENTRIES ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      entries.set(JSON.stringify(identity), { result, until: now() + seconds * 1000 });
    },
  };
}
