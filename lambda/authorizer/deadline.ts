import { setTimeout as sleep } from "node:timers/promises";

/**
 * The work's result, or undefined if time runs out first. The work is not stopped; its result is
 * dropped.
 *
 * @param remaining milliseconds that are left; absent: the work may take as long as it does
 */
export async function withinDeadline<T>(work: Promise<T>, remaining?: () => number): Promise<T | undefined> {
  if (remaining === undefined) return work;
  const timer = new AbortController();
  const expired = sleep(Math.max(0, remaining()), undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, expired]);
  } finally {
    timer.abort();
    work.catch(() => undefined);
  }
}
