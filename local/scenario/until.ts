import { setTimeout as sleep } from "node:timers/promises";

/** Looking at the table again costs about a millisecond; DynamoDB tells no one that an item changed. */
const LOOK_AGAIN_MS = 25;

/** Reads until the value is accepted or `patience` milliseconds are over, and resolves to what was read last. */
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
