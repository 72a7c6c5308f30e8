import type { ReasonCode } from "../../../domain/decision/reason.ts";
import type { PublishedKeys } from "./world.ts";

/** What reaches the authorizer, and the circumstances that it does not have by itself. */
export interface Attack {
  /** Sent as `Authorization: Bearer …` of a REST request */
  readonly token?: string;
  /** Sent instead, whole */
  readonly event?: unknown;
  /** Key sets of issuers that the attack supposes */
  readonly keySets?: Readonly<Record<string, PublishedKeys>>;
}

/**
 * One way to attack, really made, and exactly what must happen. `verified` is for what looks
 * hostile and is not, or cannot do harm: were it refused, so would be users.
 */
export interface HostileCase {
  readonly name: string;
  readonly must: ReasonCode | "verified";
  readonly make: () => string | Attack;
}

/** Cases that all must end alike. */
export const allMust = (
  must: HostileCase["must"],
  cases: Readonly<Record<string, HostileCase["make"]>>,
): readonly HostileCase[] => Object.entries(cases).map(([name, make]) => ({ name, must, make }));
