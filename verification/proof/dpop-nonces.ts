import { createHmac } from "node:crypto";
import type { EpochMs } from "../../domain/time.ts";

/** Nonces that a proof must carry, so that it cannot be made ahead of time (RFC 9449 §9, §11.2). */
export interface Nonces {
  /** The nonce for a client now; undefined while the secret is unavailable */
  readonly current: (now: EpochMs) => Promise<string | undefined>;
  /** Whether a proof's nonce was issued recently; undefined while the secret is unavailable */
  readonly accepts: (nonce: unknown, now: EpochMs) => Promise<boolean | undefined>;
}

/** A nonce is issued for this long and accepted for as long again. */
const PERIOD: EpochMs = 120_000;

/**
 * Nonces without storage: each is the HMAC of its period of time, with a secret that all
 * environments share. All clients get the same nonce in a period: it proves when a proof was made,
 * not for whom.
 *
 * @param readSecret called until it returns a secret; undefined: not available now
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
      // Accept the next period too: the environment that issued it may have a fast clock.
      return [period, period - 1, period + 1].some((one) => nonce === nonceOf(key, one));
    },
  };
}

function nonceOf(secret: Uint8Array, period: number): string {
  return createHmac("sha256", secret).update(`sallyport dpop nonce ${period}`).digest("base64url");
}
