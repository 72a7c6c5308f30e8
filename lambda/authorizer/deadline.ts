import { setTimeout as sleep } from "node:timers/promises";

/** Left over for rendering, and for publishing before the response. */
const RESERVE = 700;

/** The work's result, or undefined if the function's time runs out first. The work is not stopped; its result is dropped. */
export async function withinDeadline<T>(work: Promise<T>, remaining: number): Promise<T | undefined> {
  const timer = new AbortController();
  const expired = sleep(Math.max(0, remaining - RESERVE), undefined, { signal: timer.signal }).catch(
    () => undefined,
  );
  try {
    return await Promise.race([work, expired]);
  } finally {
    timer.abort();
    work.catch(() => undefined);
  }
}
