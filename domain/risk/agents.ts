import type { EpochSeconds } from "../time.ts";
import { type LayoutOf, SECONDS, TEXT } from "./part-layout.ts";

/** A user agent that a user has used. */
export interface KnownAgent {
  /** Part of a digest of the user agent's text */
  readonly fingerprint: string;
  readonly first: EpochSeconds;
  readonly last: EpochSeconds;
}

export const AGENTS_LAYOUT: LayoutOf<readonly KnownAgent[]> = {
  kind: "list",
  of: { kind: "record", fields: { fingerprint: TEXT, first: SECONDS, last: SECONDS } },
};

/**
 * Agents that are kept; one more replaces the agent unused for longest, which would count as new
 * again.
 */
export const AGENTS_KEPT = 12;

/** Adds one use of an agent; up to `AGENTS_KEPT` agents, the order of arrival does not matter. */
export function addAgent(
  agents: readonly KnownAgent[],
  fingerprint: string,
  at: EpochSeconds,
): readonly KnownAgent[] {
  const known = agents.find((agent) => agent.fingerprint === fingerprint);
  const seen: KnownAgent =
    known === undefined
      ? { fingerprint, first: at, last: at }
      : { fingerprint, first: Math.min(known.first, at), last: Math.max(known.last, at) };
  const others = agents.filter((agent) => agent !== known);
  const kept = [...others, seen].sort(byLastUse).slice(-AGENTS_KEPT);
  return kept.sort(byFirstUse);
}

/** The newest agent that was not the user's first. */
export function newestAgent(agents: readonly KnownAgent[]): KnownAgent | undefined {
  return agents.length > 1 ? agents.at(-1) : undefined;
}

const byFingerprint = (a: KnownAgent, b: KnownAgent): number => (a.fingerprint < b.fingerprint ? -1 : 1);
const byFirstUse = (a: KnownAgent, b: KnownAgent): number => a.first - b.first || byFingerprint(a, b);
const byLastUse = (a: KnownAgent, b: KnownAgent): number => a.last - b.last || byFingerprint(a, b);
