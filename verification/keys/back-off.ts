import { type RetryDelays, retryDelay } from "../../domain/retry-delay.ts";
import type { EpochMs } from "../../domain/time.ts";

/**
 * Short at first, so that requests do not pile up; at the end at least 10 s, even with full jitter.
 */
const DELAYS: RetryDelays = { first: 250, longest: 12_500, spread: 0.2 };

/** Delays attempts after failures, by comparing moments. */
export interface BackOff {
  /** Failed attempts since the last success */
  readonly failures: () => number;
  readonly isOver: () => boolean;
  readonly failed: () => void;
  readonly succeeded: () => void;
}

/** @param random from 0 to 1; spreads the attempts of many environments */
export function createBackOff(now: () => EpochMs, random: () => number): BackOff {
  let failures = 0;
  let since: EpochMs = Number.NEGATIVE_INFINITY;
  let pause = 0;
  return {
    failures: () => failures,
    // In both directions: a clock that was set back must not make a pause long.
    isOver: () => Math.abs(now() - since) >= pause,
    failed: () => {
      failures += 1;
      pause = retryDelay(failures, DELAYS, random());
      since = now();
    },
    succeeded: () => {
      failures = 0;
      pause = 0;
    },
  };
}
