import type { UserId } from "../evidence/identity.ts";
import type { RegisteredDevice } from "../evidence/registered-device.ts";
import type { EpochSeconds } from "../time.ts";
import { FACTORS, type Factor } from "./factor-pack.ts";

/** A whole number from 0 (no risk seen) to 100. */
export type RiskScore = number;

/** Names of the factors; every point of a score belongs to one of them. */
export type RiskFactor = Factor["name"];

export const RISK_FACTORS: readonly RiskFactor[] = FACTORS.map(({ name }) => name);

/** Points per factor; their sum is the score. */
export type FactorPoints = Readonly<Record<RiskFactor, number>>;

const NO_POINTS = Object.fromEntries(RISK_FACTORS.map((factor) => [factor, 0])) as FactorPoints;

/** The points of every factor; one that is absent has none. */
export const completePoints = (known: Readonly<Partial<FactorPoints>> = {}): FactorPoints => ({
  ...NO_POINTS,
  ...known,
});

/** The judgement that the scorer last saved of a user. */
export interface UserRisk {
  readonly score: RiskScore;
  readonly factors: FactorPoints;
  readonly updatedAt: EpochSeconds;
  /** When the score last rose above the step-up threshold; an authentication after this moment answers the step-up */
  readonly elevatedAt?: EpochSeconds;
}

/** What stands against a user, session or device. All moments are compared with the time of the request. */
export interface Restriction {
  /** Tokens issued before this moment are void */
  readonly notBefore?: EpochSeconds;
  readonly revokedAt?: EpochSeconds;
  /** Quarantined until this moment */
  readonly quarantinedUntil?: EpochSeconds;
  /** Names of what is there but cannot be read; one alone denies. Absent: everything was read */
  readonly unreadable?: readonly string[];
}

/** What the risk table says of one request's user, session and device. */
export interface KnownRisk {
  readonly status: "known";
  /** Absent: nothing has been held against the user within the last hour */
  readonly user?: UserRisk;
  readonly userRestriction?: Restriction;
  readonly sessionRestriction?: Restriction;
  readonly deviceRestriction?: Restriction;
  /** Absent: the registry holds no such device */
  readonly device?: RegisteredDevice;
  /** Those of the asked keys that are retired, by thumbprint; absent: none */
  readonly retiredKeys?: readonly string[];
  /** Attributes and factors of the risk that this version does not know, which changes no decision; absent: none */
  readonly unknownAttributes?: readonly string[];
}

/** The table could not be read, or holds something this version cannot read. Never to be taken for "no risk". */
export interface UnknownRisk {
  readonly status: "unavailable";
  readonly why: string;
}

export type RiskState = KnownRisk | UnknownRisk;

export interface RiskSubjects {
  readonly user: UserId;
  readonly sessionId?: string;
  /** As deviceIdOf tells it */
  readonly deviceId?: string;
  /** Thumbprints, as keysToAskFor tells them */
  readonly keys?: readonly string[];
}

/** Reads the state in one round trip, strongly consistent. Never rejects: trouble comes back as `unavailable`. */
export type ReadRiskState = (subjects: RiskSubjects, now: EpochSeconds) => Promise<RiskState>;
