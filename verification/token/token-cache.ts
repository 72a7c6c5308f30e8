import type { VerifiedToken } from "../../domain/evidence/identity.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { VerificationKey } from "../keys/verification-key.ts";
import type { TrustedIssuer } from "./trusted-issuers.ts";

/** A verified token with what its verification rested on. */
export interface CachedToken {
  readonly token: VerifiedToken;
  readonly issuer: TrustedIssuer;
  /** The key object itself: a reloaded key set holds others */
  readonly key: VerificationKey;
  /** When the token must be verified again, which finds it expired */
  readonly until: EpochMs;
}

/** All cached tokens together hold at most this many characters, whatever anyone sends. */
const MOST_CHARACTERS = 512 * 1024;

/**
 * Caches verified tokens by their exact characters, so that a token seen again costs a look-up.
 *
 * Holds successes only, and nothing that may change between two requests: revocation, risk, age
 * limits and proofs of possession are checked each time. The oldest entries are evicted first.
 */
export interface TokenCache {
  readonly find: (characters: string, now: EpochMs) => CachedToken | undefined;
  readonly add: (characters: string, cached: CachedToken) => void;
}

export function createTokenCache(): TokenCache {
  const entries = new Map<string, CachedToken>();
  let size = 0;
  const evict = (characters: string) => {
    if (entries.delete(characters)) size -= characters.length;
  };
  return {
    find: (characters, now) => {
      const found = entries.get(characters);
      if (found === undefined) return undefined;
      if (now < found.until) return found;
      evict(characters);
      return undefined;
    },
    add: (characters, cached) => {
      evict(characters);
      entries.set(characters, cached);
      size += characters.length;
      for (const oldest of entries.keys()) {
        if (size <= MOST_CHARACTERS) break;
        evict(oldest);
      }
    },
  };
}
