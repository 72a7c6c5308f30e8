import type { EpochMs } from "../../domain/time.ts";

/** The burst, and the refill per second. */
export interface RequestRate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Limits a rate by comparing moments: a token bucket. */
export interface RateLimiter {
  /** Takes one request out of the bucket; false if it is empty */
  readonly take: () => boolean;
  /** Puts the last request back */
  readonly refund: () => void;
}

/**
 * @param now a clock that was set back refills nothing; one that jumped ahead refills at most
 *   `burst`
 */
export function createRateLimiter(now: () => EpochMs, { burst, perSecond }: RequestRate): RateLimiter {
  let left = burst;
  let filledAt = now();
  return {
    take: () => {
      const at = now();
      left = Math.min(burst, left + (Math.max(0, at - filledAt) / 1000) * perSecond);
      filledAt = at;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
    refund: () => {
      left = Math.min(burst, left + 1);
    },
  };
}
