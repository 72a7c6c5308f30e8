import { setTimeout as sleep } from "node:timers/promises";
import type { UserId } from "../../domain/evidence/identity.ts";
import type { UserRisk } from "../../domain/risk/risk-state.ts";

/** The scorer finishes well within this time after a decision. */
const ATTENTION_MS = 3000;
const LOOK_AGAIN_MS = 100;
/** Points decay without an event. */
const SLOW_LOOK_MS = 10_000;

export interface RiskWatch {
  /** Reports that a user's risk may change soon */
  readonly notice: (user: UserId) => void;
  /** Resolves when the watch has ended; may be called again */
  readonly close: () => Promise<void>;
}

export interface RiskWatchOptions {
  readonly read: (user: UserId) => Promise<UserRisk | undefined>;
  readonly onRisk: (user: UserId, risk: UserRisk | undefined) => void;
}

/** Follows the risk of every reported user by polling: dynalite has no streams. */
export function watchRisk({ read, onRisk }: RiskWatchOptions): RiskWatch {
  const known = new Map<string, { readonly user: UserId; seen: string; until: number; lookedAt: number }>();
  const ended = new AbortController();
  const look = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      for (const one of known.values()) {
        const now = performance.now();
        if (now > one.until && now < one.lookedAt + SLOW_LOOK_MS) continue;
        one.lookedAt = now;
        // Ignore a failed read; the next one is soon.
        const looked = await read(one.user).then(
          (risk) => ({ risk }),
          () => undefined,
        );
        if (looked === undefined) continue;
        const seen = JSON.stringify(looked.risk) ?? "";
        if (seen !== one.seen && !ended.signal.aborted) onRisk(one.user, looked.risk);
        one.seen = seen;
      }
      await sleep(LOOK_AGAIN_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  const looking = look();
  return {
    notice: (user) => {
      const key = `${user.issuer}|${user.subject}`;
      const until = performance.now() + ATTENTION_MS;
      const one = known.get(key);
      if (one === undefined) known.set(key, { user, seen: "", until, lookedAt: 0 });
      else one.until = until;
    },
    close: async () => {
      ended.abort();
      await looking;
    },
  };
}
