import type { VerifiedIdentity } from "../../domain/evidence/identity.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { VerificationKey } from "../keys/verification-key.ts";
import type { TrustedIssuer } from "./trusted-issuers.ts";

/** A token that was verified, with what its verification rested on. */
export interface VerifiedToken {
  readonly identity: VerifiedIdentity;
  readonly issuer: TrustedIssuer;
  /** The key object itself: a key set that was loaded anew holds others */
  readonly key: VerificationKey;
  /** From then on the token is to be verified again, which finds it expired */
  readonly until: EpochMs;
}

/** All remembered tokens together hold at most this many characters, whatever anyone sends. */
const MOST_CHARACTERS = 512 * 1024;

/**
 * Remembers verified tokens by their exact characters, so that a token seen again costs a look-up.
 *
 * Only successes are remembered, and nothing that may change between two requests: revocation, risk, age limits and proofs of
 * possession are judged each time. The oldest entries go first when room is needed.
 */
export interface VerifiedTokens {
  readonly find: (token: string, now: EpochMs) => VerifiedToken | undefined;
  readonly remember: (token: string, verified: VerifiedToken) => void;
}

export function createVerifiedTokens(): VerifiedTokens {
  const entries = new Map<string, VerifiedToken>();
  let characters = 0;
  const forget = (token: string) => {
    if (entries.delete(token)) characters -= token.length;
  };
  return {
    find: (token, now) => {
      const found = entries.get(token);
      if (found === undefined) return undefined;
      if (now < found.until) return found;
      forget(token);
      return undefined;
    },
    remember: (token, verified) => {
      forget(token);
      entries.set(token, verified);
      characters += token.length;
      for (const oldest of entries.keys()) {
        if (characters <= MOST_CHARACTERS) break;
        forget(oldest);
      }
    },
  };
}
