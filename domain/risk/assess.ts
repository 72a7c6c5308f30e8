import type { AccessObservation } from "../event/access-observation.ts";
import type { UserId } from "../evidence/identity.ts";
import type { EpochMs, EpochSeconds } from "../time.ts";
import { pointsAt, scoreOf } from "./points.ts";
import { type Episode, type Profile, type RecordingRules, recordAccess } from "./profile.ts";
import type { RiskThresholds } from "./risk-rules.ts";
import type { UserRisk } from "./risk-state.ts";

/** A deployment's settings for scoring. */
export interface ScoringRules extends RecordingRules {
  readonly thresholds: RiskThresholds;
}

/** The result of adding one access to a user. */
export interface RiskAssessment {
  readonly user: UserId;
  readonly risk: UserRisk;
  /** When everything that is known now has expired */
  readonly expiresAt: EpochSeconds;
  readonly profile: Profile;
}

/** Writes the assessment unless a newer version of the profile has already produced one. */
export type SaveRisk = (assessment: RiskAssessment, version: number, now: EpochSeconds) => Promise<void>;

/**
 * Adds one access to a user's profile and scores the user at the newest access in the profile.
 *
 * Pure: the caller supplies `now`, which only dates announcements. The same access twice, or
 * accesses in another order, give the same score and factors, except for the tolerances that
 * `addAccess` and `AGENTS_KEPT` state. Does not check where the observation comes from: it must be
 * of a verified user. An unsent announcement is kept unless a new episode replaces it: the caller
 * must send it before it saves such a profile.
 */
export function assess(
  known: Profile | undefined,
  access: AccessObservation,
  scoring: ScoringRules,
  now: EpochMs,
): RiskAssessment {
  const { rules, thresholds } = scoring;
  const recorded = recordAccess(known, access, scoring);
  const { at } = recorded;
  const factors = pointsAt(recorded, rules, at);
  const score = scoreOf(factors);
  // The score before this access: if it was not above a threshold, this access may cross the
  // threshold again.
  const before = known === undefined ? 0 : scoreOf(pointsAt(known, rules, at));
  const episode = continueEpisode(known?.episode, { at, before, score, factors }, thresholds, now);
  const { episode: _, ...parts } = recorded;
  return {
    user: access.user,
    risk: {
      score,
      factors,
      updatedAt: at,
      ...(episode?.elevatedAt !== undefined && { elevatedAt: episode.elevatedAt }),
    },
    expiresAt: at + rules.hold,
    profile: { ...parts, ...(episode !== undefined && { episode }) },
  };
}

type Step = {
  readonly at: EpochSeconds;
  readonly before: number;
  readonly score: number;
  readonly factors: UserRisk["factors"];
};

/**
 * An episode begins when the score rises above `medium`. It ends when a later access finds the
 * score at or below `medium`, before or after that access's own points. Within an episode, only a
 * score above the announced one is announced.
 */
function continueEpisode(
  known: Episode | undefined,
  { at, before, score, factors }: Step,
  { medium, high }: RiskThresholds,
  now: EpochMs,
): Episode | undefined {
  const later = known !== undefined && at > known.start;
  const over = later && (before <= medium || score <= medium);
  const current = over ? undefined : known;
  if (current === undefined && score <= medium) return keepUnsent(known);
  const start = current?.start ?? at;
  const elevatedAt = score > high && before <= high ? at : current?.elevatedAt;
  const elevation = elevatedAt !== undefined && { elevatedAt };
  if (current !== undefined && score <= current.score) return { ...current, ...elevation };
  const announcedAt = Math.max(now, start * 1000, current === undefined ? 0 : current.announcedAt + 1);
  return { start, ...elevation, score, factors, announcedAt, sent: false };
}

/** An episode that has ended stays until its announcement is sent. */
function keepUnsent(episode: Episode | undefined): Episode | undefined {
  return episode?.sent === false ? episode : undefined;
}
