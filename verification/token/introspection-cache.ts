import type { EpochMs } from "../../domain/time.ts";

type Claims = Readonly<Record<string, unknown>>;

/** Maximum bytes of all cached responses together. */
const MOST_BYTES = 512 * 1024;
/** Tokens that were active before, each by a name of 44 characters. */
const MOST_NAMES = 4096;

interface Answer {
  readonly claims: Claims;
  readonly bytes: number;
  readonly at: EpochMs;
}

/**
 * An issuer's responses by token name, for so many milliseconds; the oldest are evicted when space
 * is needed.
 */
export function createAnswers(lifetime: number) {
  const answers = new Map<string, Answer>();
  let bytes = 0;
  const forget = (name: string) => {
    bytes -= answers.get(name)?.bytes ?? 0;
    answers.delete(name);
  };
  return {
    find: (name: string, now: EpochMs): Claims | undefined => {
      const found = answers.get(name);
      if (found === undefined) return undefined;
      if (Math.abs(now - found.at) < lifetime) return found.claims;
      forget(name);
      return undefined;
    },
    keep: (name: string, answer: Answer): void => {
      if (lifetime === 0) return;
      forget(name);
      answers.set(name, answer);
      bytes += answer.bytes;
      for (const oldest of answers.keys()) {
        if (bytes <= MOST_BYTES) break;
        forget(oldest);
      }
    },
  };
}

/**
 * The tokens that were active at the last introspection, by name only; they may not be active now.
 */
export function createGoodNames() {
  const names = new Set<string>();
  return {
    has: (name: string): boolean => names.has(name),
    add: (name: string): void => {
      names.delete(name);
      names.add(name);
      for (const oldest of names) {
        if (names.size <= MOST_NAMES) break;
        names.delete(oldest);
      }
    },
    forget: (name: string): void => void names.delete(name),
  };
}
