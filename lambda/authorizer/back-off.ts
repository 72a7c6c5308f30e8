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

/** @param random from 0 to 1; takes up to a quarter off each pause, so that many environments do not try at once */
export function createBackOff(now: () => EpochMs, random: () => number): BackOff {
  let failures = 0;
  let since: EpochMs = Number.NEGATIVE_INFINITY;
  let pause = 0;
  return {
    failures: () => failures,
    // Either way round: a clock that was set back must not make a pause long.
    isOver: () => Math.abs(now() - since) >= pause,
    failed: () => {
      pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures) * (0.75 + 0.25 * random());
      since = now();
      failures += 1;
    },
    succeeded: () => {
      failures = 0;
      pause = 0;
    },
  };
}
