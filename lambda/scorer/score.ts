import { isDeepStrictEqual } from "node:util";
import { type AccessObservation, placeAccess } from "../../domain/event/access-observation.ts";
import { type RetryDelays, retryDelay } from "../../domain/retry-delay.ts";
import { assess, type RiskAssessment, type SaveRisk, type ScoringRules } from "../../domain/risk/assess.ts";
import { describeFinding } from "../../domain/risk/finding.ts";
import type { Profile, ReadProfile, SaveProfile } from "../../domain/risk/profile.ts";
import type { FindingOrigin, QueueFinding, SecurityFinding } from "../../domain/risk/security-finding.ts";
import type { Now } from "../../domain/time.ts";
import type { Locate } from "../locate.ts";

/** The outside of the scorer. */
export interface ScorerPorts {
  readonly readProfile: ReadProfile;
  readonly saveProfile: SaveProfile;
  readonly saveRisk: SaveRisk;
  readonly queueFinding: QueueFinding;
  readonly now: Now;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** From 0 to 1 */
  readonly random: () => number;
  /** Absent: accesses without coordinates stay without */
  readonly locate?: Locate;
}

/** What one access led to. */
export interface ScoredAccess {
  readonly assessment: RiskAssessment;
  /** Findings that were handed to the queue */
  readonly findings: readonly SecurityFinding[];
}

type Scorer = { readonly ports: ScorerPorts; readonly scoring: ScoringRules; readonly origin: FindingOrigin };
type Announcement = { readonly profile: Profile; readonly version: number };

const ATTEMPTS = 8;
/** Two thirds of each pause are chance, so that two writers who met do not meet again. */
const PAUSES: RetryDelays = { first: 60, longest: 3840, spread: 2 / 3 };

/**
 * Scores one access: read the profile, assess, save profile and risk, announce a finding that is
 * due.
 *
 * The announcement waits in the profile until the queue has taken it, so a crash after any step is
 * repaired by scoring the same access again: what is saved is not saved twice, and what is sent
 * twice is the same finding, which Security Hub ignores. Rejects when a port fails, or when other
 * accesses of the same user get in the way `ATTEMPTS` times.
 */
export async function score(access: AccessObservation, scorer: Scorer): Promise<ScoredAccess> {
  const { ports, scoring } = scorer;
  const located = locateAccess(access, ports.locate);
  const findings: SecurityFinding[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await ports.pause(retryDelay(attempt, PAUSES, ports.random()));
    const now = ports.now();
    const seconds = Math.floor(now / 1000);
    const stored = await ports.readProfile(located.user, seconds);
    const assessment = assess(stored.profile, located, scoring, now);
    if (stored.profile !== undefined && replacesUnsent(stored.profile, assessment.profile)) {
      findings.push(
        ...(await announce({ profile: stored.profile, version: stored.version }, located, scorer)),
      );
      continue;
    }
    const changed = !isDeepStrictEqual(stored.profile, assessment.profile);
    if (changed && !(await ports.saveProfile(located.user, assessment.profile, stored.version))) continue;
    const version = stored.version + (changed ? 1 : 0);
    await ports.saveRisk(assessment, version, seconds);
    findings.push(...(await announce({ profile: assessment.profile, version }, located, scorer)));
    return { assessment, findings };
  }
  throw new Error(`the profile was changed by others ${ATTEMPTS} times; the access is to be tried again`);
}

function locateAccess(access: AccessObservation, locate: Locate | undefined): AccessObservation {
  if (locate === undefined || access.place !== undefined || access.address === undefined) return access;
  return placeAccess(access, locate(access.address));
}

function replacesUnsent({ episode: old }: Profile, { episode }: Profile): boolean {
  return old?.sent === false && episode?.start !== old.start;
}

/** Sends what the profile has to announce, if anything, and marks it sent. */
async function announce(
  { profile, version }: Announcement,
  access: AccessObservation,
  { ports, scoring, origin }: Scorer,
): Promise<SecurityFinding[]> {
  const { episode } = profile;
  if (episode === undefined || episode.sent) return [];
  const finding = describeFinding(profile, episode, access, origin, scoring);
  await ports.queueFinding(finding);
  // The quicker writer has read the unsent announcement too, and sends and marks it.
  await ports.saveProfile(access.user, { ...profile, episode: { ...episode, sent: true } }, version);
  return [finding];
}
