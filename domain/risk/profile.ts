import type { Digest } from "../digest.ts";
import type { AccessObservation } from "../event/access-observation.ts";
import type { UserId } from "../evidence/identity.ts";
import { type EpochMs, type EpochSeconds, localTime } from "../time.ts";
import { FACTORS, type Factor } from "./factor-pack.ts";
import type { FactorRules } from "./risk-rules.ts";
import type { FactorPoints, RiskScore } from "./risk-state.ts";

/** A period in which a user's score is above the alert threshold; one finding describes it. */
export interface Episode {
  readonly start: EpochSeconds;
  /** When the score last rose above the step-up threshold */
  readonly elevatedAt?: EpochSeconds;
  /** What was announced, or is about to be */
  readonly score: RiskScore;
  readonly factors: FactorPoints;
  /** `UpdatedAt` of the finding; rises with every announcement */
  readonly announcedAt: EpochMs;
  /** Whether the announcement has reached the queue */
  readonly sent: boolean;
}

/** What each factor remembers of a user; absent: nothing yet. */
export type ProfileParts = { readonly [One in Factor as One["name"]]?: PartOf<One> };
type PartOf<One extends Factor> = NonNullable<ReturnType<One["record"]>>;

/**
 * The stored data about one user, under 1 KB. Every part except the episode depends only on the set
 * of accesses, not on the order or number of their arrivals: newest-k sets, smallest and greatest
 * moments.
 */
export interface Profile {
  /** The newest access */
  readonly at: EpochSeconds;
  readonly parts: ProfileParts;
  /** Stored parts of factors that this version does not have, by their key; they are kept */
  readonly unknownParts?: Readonly<Record<string, Uint8Array>>;
  readonly episode?: Episode;
}

/** A profile as it was read; `version` counts its writes, 0 if there was none. */
export interface StoredProfile {
  readonly profile?: Profile;
  readonly version: number;
}

/** Reads with strong consistency. Rejects for an item with an unknown layout. */
export type ReadProfile = (user: UserId, now: EpochSeconds) => Promise<StoredProfile>;
/**
 * Writes version `read + 1` if the stored version is still `read`; resolves to false if it is not.
 */
export type SaveProfile = (user: UserId, profile: Profile, read: number) => Promise<boolean>;

/** What the rules of a deployment add to an observation. */
export interface RecordingRules {
  readonly rules: FactorRules;
  /** IANA name */
  readonly timeZone: string;
  readonly digest: Digest;
}

/** Adds one access to a profile; an access that it knows already changes nothing that counts. */
export function recordAccess(
  profile: Profile | undefined,
  access: AccessObservation,
  { rules, timeZone, digest }: RecordingRules,
): Profile {
  const newest = Math.max(profile?.at ?? access.at, access.at);
  const shared = { hold: rules.hold, newest, local: localTime(access.at * 1000, timeZone), digest };
  const parts = FACTORS.map((factor) => {
    const recording = { ...shared, rules: rules[factor.name] };
    return [factor.name, factor.record(profile?.parts[factor.name], access, recording)];
  });
  const present = parts.filter(([, part]) => part !== undefined);
  return { ...profile, at: newest, parts: Object.fromEntries(present) };
}
