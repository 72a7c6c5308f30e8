/** How long to wait between attempts, in milliseconds. */
export interface RetryDelays {
  /** After the first failure; each further failure doubles it */
  readonly first: number;
  /** Never more than this */
  readonly longest: number;
  /**
   * The share of a delay, 0 to 1, that may be subtracted at random, so that many callers do not
   * retry at once; 0 by default
   */
  readonly spread?: number;
}

/**
 * Milliseconds to wait before the next attempt: exponential back-off with jitter.
 *
 * @param failures attempts that failed since the last success, at least 1
 * @param random from 0 to 1; 1 subtracts nothing
 */
export function retryDelay(
  failures: number,
  { first, longest, spread = 0 }: RetryDelays,
  random = 1,
): number {
  return Math.min(first * 2 ** (failures - 1), longest) * (1 - spread * (1 - random));
}
