import type { EpochMs } from "../../domain/time.ts";

type Claims = Readonly<Record<string, unknown>>;

/** All remembered answers together hold at most this many bytes. */
const MOST_BYTES = 512 * 1024;
/** Tokens that are known to have been good, each by a name of 44 characters. */
const MOST_NAMES = 4096;

interface Answer {
  readonly claims: Claims;
  readonly bytes: number;
  readonly at: EpochMs;
}

/** What an issuer said of tokens, by their names, for so many milliseconds; the oldest answers go first when room is needed. */
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

/** Which tokens were good when last asked about, by their names alone; says nothing of how they are now. */
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
