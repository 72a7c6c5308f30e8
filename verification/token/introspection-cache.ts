import type { EpochMs } from "../../domain/time.ts";

type Claims = Readonly<Record<string, unknown>>;

/** Maximum bytes of all cached responses together. */
const MOST_BYTES = 512 * 1024;
/** Tokens that were active before, each by its SHA-256 in base64, 44 characters. */
const MOST_ACTIVE = 4096;

interface Answer {
  readonly claims: Claims;
  readonly bytes: number;
  readonly at: EpochMs;
}

/**
 * An issuer's responses by the SHA-256 of the token, for `lifetime` milliseconds; the oldest are
 * evicted when space is needed.
 */
export function createIntrospectionCache(lifetime: number) {
  const answers = new Map<string, Answer>();
  let bytes = 0;
  const evict = (digest: string) => {
    bytes -= answers.get(digest)?.bytes ?? 0;
    answers.delete(digest);
  };
  return {
    find: (digest: string, now: EpochMs): Claims | undefined => {
      const found = answers.get(digest);
      if (found === undefined) return undefined;
      if (Math.abs(now - found.at) < lifetime) return found.claims;
      evict(digest);
      return undefined;
    },
    add: (digest: string, answer: Answer): void => {
      if (lifetime === 0) return;
      evict(digest);
      answers.set(digest, answer);
      bytes += answer.bytes;
      for (const oldest of answers.keys()) {
        if (bytes <= MOST_BYTES) break;
        evict(oldest);
      }
    },
  };
}

/**
 * The tokens that were active at the last introspection, by SHA-256 only; they may not be active
 * now.
 */
export function createActiveTokens() {
  const digests = new Set<string>();
  return {
    has: (digest: string): boolean => digests.has(digest),
    add: (digest: string): void => {
      digests.delete(digest);
      digests.add(digest);
      for (const oldest of digests) {
        if (digests.size <= MOST_ACTIVE) break;
        digests.delete(oldest);
      }
    },
    remove: (digest: string): void => void digests.delete(digest),
  };
}
