import { randomUUID } from "node:crypto";
import type { PageMessage } from "../../console/message.ts";

export interface FeedEntry {
  /** Rises by one per published message */
  readonly sequence: number;
  readonly message: PageMessage;
}

/** The reader's position, from `Last-Event-ID`. */
export interface FeedPosition {
  readonly sequence: number;
  /** The position belongs to another feed, or is missing: the reader must discard what it shows */
  readonly reset: boolean;
}

/**
 * The page's content, as a log that keeps only the newest message of each key and at most `limit`
 * of each kind. A reader that reconnects gets what has changed since, never more than the page can
 * show.
 */
export interface Feed {
  readonly publish: (message: PageMessage) => void;
  /** Entries after `sequence`, oldest first */
  readonly after: (sequence: number) => readonly FeedEntry[];
  /** Resolves when there is an entry after `sequence`, or when the signal aborts */
  readonly changed: (sequence: number, signal: AbortSignal) => Promise<void>;
  readonly eventId: (sequence: number) => string;
  readonly positionOf: (lastEventId: string | undefined) => FeedPosition;
}

export function createFeed(limit = 200): Feed {
  const boot = randomUUID().slice(0, 8);
  const entries = new Map<string, FeedEntry>();
  const waiting = new Set<() => void>();
  let sequence = 0;

  const dropOldest = (kind: PageMessage["kind"]): void => {
    const ofKind = [...entries].filter(([, entry]) => entry.message.kind === kind);
    for (const [key] of ofKind.slice(0, Math.max(0, ofKind.length - limit))) entries.delete(key);
  };

  return {
    publish: (message) => {
      sequence += 1;
      const key = keyOf(message);
      // Delete first, to move the entry to the end: the map stays in order of sequence.
      entries.delete(key);
      entries.set(key, { sequence, message });
      dropOldest(message.kind);
      for (const wake of [...waiting]) wake();
    },
    after: (from) => [...entries.values()].filter((entry) => entry.sequence > from),
    changed: (from, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        if (sequence > from || signal.aborted) return resolve();
        waiting.add(wake);
        signal.addEventListener("abort", wake, { once: true });
      }),
    eventId: (at) => `${boot}-${at}`,
    positionOf: (lastEventId) => {
      const [, ofBoot, at] = /^([0-9a-f]{8})-(\d{1,15})$/.exec(lastEventId ?? "") ?? [];
      const known = ofBoot === boot && Number(at) <= sequence;
      return known ? { sequence: Number(at), reset: false } : { sequence: 0, reset: true };
    },
  };
}

/** The key of a message: a later message with the same key replaces an earlier one. */
function keyOf(message: PageMessage): string {
  switch (message.kind) {
    case "about":
      return "about";
    case "step":
      return `step ${message.index}`;
    case "decision":
      return `decision ${message.id}`;
    case "risk":
      return `risk ${message.key}`;
    case "finding":
      return `finding ${message.id}`;
  }
}
