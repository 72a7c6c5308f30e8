import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two reads; one read of the local table takes about a millisecond. */
const LOOK_AGAIN_MS = 25;

/**
 * Reads until the value is accepted or `patience` milliseconds have passed, and resolves to the
 * last value.
 */
export async function until<T>(
  read: () => T | Promise<T>,
  accept: (value: T) => boolean,
  patience: number,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = performance.now() + patience;
  for (;;) {
    const value = await read();
    if (accept(value) || performance.now() >= deadline) return value;
    await sleep(LOOK_AGAIN_MS, undefined, signal === undefined ? {} : { signal });
  }
}
