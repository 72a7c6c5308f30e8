import { type RetryDelays, retryDelay } from "../../domain/retry-delay.ts";
import type { EpochMs } from "../../domain/time.ts";

/** At first only so long that requests do not pile up; in the end at least 10 s, whatever chance takes off. */
const DELAYS: RetryDelays = { first: 250, longest: 12_500, spread: 0.2 };

/** Holds back attempts after failed ones, by comparing moments. */
export interface BackOff {
  /** How many attempts failed since the last success */
  readonly failures: () => number;
  readonly isOver: () => boolean;
  readonly failed: () => void;
  readonly succeeded: () => void;
}

/** @param random from 0 to 1; spreads what many environments would do at once */
export function createBackOff(now: () => EpochMs, random: () => number): BackOff {
  let failures = 0;
  let since: EpochMs = Number.NEGATIVE_INFINITY;
  let pause = 0;
  return {
    failures: () => failures,
    // Either way round: a clock that was set back must not make a pause long.
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
