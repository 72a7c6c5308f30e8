import type { EpochMs } from "../../domain/time.ts";

/** After a failure at first only so long that requests do not pile up, then twice as long each time. */
const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** Holds back attempts after failed ones, by comparing moments. */
export interface BackOff {
  /** How many attempts failed since the last success */
  readonly failures: () => number;
  readonly isOver: () => boolean;
  readonly failed: () => void;
  readonly succeeded: () => void;
}

/**
 * @param random from 0 to 1; takes up to a quarter off each pause, or puts it onto the longest, so that many environments do not try at
 * once, and none that fails for long more often than that
 */
export function createBackOff(now: () => EpochMs, random: () => number): BackOff {
  let failures = 0;
  let since: EpochMs = Number.NEGATIVE_INFINITY;
  let pause = 0;
  return {
    failures: () => failures,
    // Either way round: a clock that was set back must not make a pause long.
    isOver: () => Math.abs(now() - since) >= pause,
    failed: () => {
      const next = FIRST_MS * 2 ** failures;
      const spread = 0.25 * (1 - random());
      pause = next < LONGEST_MS ? next * (1 - spread) : LONGEST_MS * (1 + spread);
      since = now();
      failures += 1;
    },
    succeeded: () => {
      failures = 0;
      pause = 0;
    },
  };
}
