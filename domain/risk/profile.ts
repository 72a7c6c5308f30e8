import { everyReadingOf, foldCase } from "../decision/path-reading.ts";
import type { AccessObservation } from "../event/access-observation.ts";
import type { UserId } from "../evidence/identity-evidence.ts";
import { type EpochMs, type EpochSeconds, localTime } from "../time.ts";
import { addAgent, type KnownAgent } from "./agents.ts";
import type { FactorRules } from "./risk-rules.ts";
import type { FactorPoints, RiskScore } from "./risk-state.ts";
import { addAccess, forgetStays, type Itinerary } from "./stays.ts";

/** One access that mattered: when, and its decision id. */
export interface Moment {
  readonly at: EpochSeconds;
  readonly event: string;
}

/** One refused request. The mark tells requests of the same second apart; it is part of a digest of the decision id. */
export interface Failure {
  readonly at: EpochSeconds;
  readonly mark: string;
}

/** A stretch of time in which a user's score is above the alert threshold, told as one finding. */
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

/**
 * What is remembered of one user. Every part but the episode depends on the set of accesses only, not on the order
 * or number of their arrivals: newest-k sets, smallest and greatest moments. Small: under 1 KB when stored.
 */
export interface Profile {
  /** The newest access */
  readonly at: EpochSeconds;
  /** Oldest first */
  readonly failures: readonly Failure[];
  readonly lastFailure?: Moment;
  /** By first use */
  readonly agents: readonly KnownAgent[];
  /** An access that brought an agent not seen before; to show, the points come from `agents` */
  readonly newAgent?: Moment;
  readonly unusual?: Moment;
  readonly sensitive?: Moment;
  readonly itinerary: Itinerary;
  readonly episode?: Episode;
}

/** A profile as it was read; `version` counts its writes, 0 if there was none. */
export interface StoredProfile {
  readonly profile?: Profile;
  readonly version: number;
}

/** Reads strongly consistent. Rejects for an item of a layout it does not know. */
export type ReadProfile = (user: UserId, now: EpochSeconds) => Promise<StoredProfile>;
/** Writes version `read + 1` if the stored version still is `read`; resolves to false if it is not. */
export type SaveProfile = (user: UserId, profile: Profile, read: number) => Promise<boolean>;

/** SHA-256 in base64url without padding, handed in because the rules import no cryptography. */
export type Digest = (text: string) => string;

/** What the rules of a deployment add to an observation. */
export interface RecordingRules {
  readonly rules: FactorRules;
  /** IANA name */
  readonly timeZone: string;
  readonly digest: Digest;
}

/**
 * Failures to keep, so that the highest step reached within the hold time can be told from them alone, for a hold not
 * longer than the memory. Say that `over + 1` failures reach a step, the last of them at a moment that is still held. If
 * `over` or more came later, these and that last one reach the step as well; so only `over - 1` later ones need room
 * besides the `over + 1`.
 */
export function failuresKept({ failedAttempts }: FactorRules): number {
  return Math.max(1, ...failedAttempts.steps.map((step) => 2 * step.over));
}

/** Adds one access to a profile; an access that it knows already changes nothing that counts. */
export function recordAccess(
  profile: Profile | undefined,
  access: AccessObservation,
  { rules, timeZone, digest }: RecordingRules,
): Profile {
  const { event } = access;
  const moment: Moment = { at: access.at, event };
  const known = profile ?? { at: access.at, failures: [], agents: [], itinerary: { stays: [] } };
  const at = Math.max(known.at, access.at);
  const { hour } = localTime(access.at * 1000, timeZone);
  const failed = access.status !== undefined && access.status >= rules.failedAttempts.status;
  const failures = failed
    ? addFailure(known.failures, { at: access.at, mark: digest(event).slice(0, 4) })
    : known.failures;
  const failureHorizon = at - rules.failedAttempts.memory - rules.hold;
  const fingerprint = access.userAgent === undefined ? undefined : digest(access.userAgent).slice(0, 8);
  const brings = fingerprint !== undefined && known.agents.length > 0 && isNew(known.agents, fingerprint);
  const itinerary =
    access.place === undefined
      ? known.itinerary
      : addAccess(known.itinerary, access.place, access.at, event, rules.impossibleTravel);
  return {
    at,
    failures: failures.filter((failure) => failure.at > failureHorizon).slice(-failuresKept(rules)),
    ...present("lastFailure", newer(known.lastFailure, failed ? moment : undefined)),
    agents: fingerprint === undefined ? known.agents : addAgent(known.agents, fingerprint, access.at),
    ...present("newAgent", newer(known.newAgent, brings ? moment : undefined)),
    ...present("unusual", newer(known.unusual, isUnusual(hour, rules) ? moment : undefined)),
    ...present("sensitive", newer(known.sensitive, isSensitive(access.path, rules) ? moment : undefined)),
    itinerary: forgetStays(itinerary, at - rules.impossibleTravel.memory - rules.hold),
    ...present("episode", known.episode),
  };
}

function addFailure(failures: readonly Failure[], failure: Failure): readonly Failure[] {
  if (failures.some((known) => known.at === failure.at && known.mark === failure.mark)) return failures;
  return [...failures, failure].sort((a, b) => a.at - b.at || (a.mark < b.mark ? -1 : 1));
}

const isNew = (agents: readonly KnownAgent[], fingerprint: string): boolean =>
  !agents.some((agent) => agent.fingerprint === fingerprint);

const isUnusual = (hour: number, { unusualTime }: FactorRules): boolean =>
  hour < unusualTime.from || hour >= unusualTime.to;

/** Asks of each way in which a server may read the path, so that `/API//%61dmin` counts as `/api/admin`. */
function isSensitive(path: string, { sensitiveDataAccess }: FactorRules): boolean {
  const readings = (everyReadingOf(path) ?? [path]).map(foldCase);
  return sensitiveDataAccess.prefixes.some((prefix) =>
    readings.some((reading) => reading.startsWith(foldCase(prefix))),
  );
}

function newer(a: Moment | undefined, b: Moment | undefined): Moment | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.at > a.at || (b.at === a.at && b.event > a.event) ? b : a;
}

function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, Value>>);
}
