import { createHmac } from "node:crypto";
import type { EpochMs } from "../../domain/time.ts";

/** Nonces that a proof must carry, so that none can be made ahead of time (RFC 9449 §9, §11.2). */
export interface Nonces {
  /** The nonce to give to a client now; undefined while the secret cannot be had */
  readonly current: (now: EpochMs) => Promise<string | undefined>;
  /** Whether a proof's nonce is one that was given lately; undefined while the secret cannot be had */
  readonly accepts: (nonce: unknown, now: EpochMs) => Promise<boolean | undefined>;
}

/** A nonce is given for this long and accepted for as long again. */
const PERIOD: EpochMs = 120_000;

/**
 * Nonces that nobody stores: each is the HMAC of its period of time, by a secret that all environments share.
 * Everybody gets the same nonce in a period: it proves when a proof was made, not for whom.
 *
 * @param readSecret asked until it has answered once; undefined: not now
 */
export function createNonces(readSecret: () => Promise<Uint8Array | undefined>): Nonces {
  let known: Uint8Array | undefined;
  const secret = async () => {
    known ??= await readSecret();
    return known;
  };
  return {
    current: async (now) => {
      const key = await secret();
      return key && nonceOf(key, Math.floor(now / PERIOD));
    },
    accepts: async (nonce, now) => {
      const key = await secret();
      if (key === undefined) return undefined;
      const period = Math.floor(now / PERIOD);
      // The next one too: the environment that gave it may have a clock that is ahead.
      return [period, period - 1, period + 1].some((one) => nonce === nonceOf(key, one));
    },
  };
}

function nonceOf(secret: Uint8Array, period: number): string {
  return createHmac("sha256", secret).update(`sallyport dpop nonce ${period}`).digest("base64url");
}
