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

/** The scorer's last saved assessment of a user. */
export interface UserRisk {
  readonly score: RiskScore;
  readonly factors: FactorPoints;
  readonly updatedAt: EpochSeconds;
  /**
   * When the score last rose above the step-up threshold; an authentication after this moment
   * satisfies the step-up
   */
  readonly elevatedAt?: EpochSeconds;
}

/**
 * The restrictions of a user, session or device. All moments are compared with the time of the
 * request.
 */
export interface Restriction {
  /** Tokens issued before this moment are revoked */
  readonly notBefore?: EpochSeconds;
  readonly revokedAt?: EpochSeconds;
  /** Quarantined until this moment */
  readonly quarantinedUntil?: EpochSeconds;
  /** Names of attributes that cannot be read; one is enough to deny. Absent: everything was read */
  readonly unreadable?: readonly string[];
}

/** The risk table's data about the user, session and device of one request. */
export interface KnownRisk {
  readonly status: "known";
  /** Absent: the user has had no risk within the last hour */
  readonly user?: UserRisk;
  readonly userRestriction?: Restriction;
  readonly sessionRestriction?: Restriction;
  readonly deviceRestriction?: Restriction;
  /** Absent: the device is not in the registry */
  readonly device?: RegisteredDevice;
  /** Thumbprints of the requested keys that are retired; absent: none */
  readonly retiredKeys?: readonly string[];
  /**
   * Attributes and factors of the risk that this version does not know; they change no decision.
   * Absent: none
   */
  readonly unknownAttributes?: readonly string[];
}

/**
 * The table could not be read, or has an item that this version cannot read. Must not be treated as
 * "no risk".
 */
export interface UnknownRisk {
  readonly status: "unavailable";
  readonly why: string;
}

export type RiskState = KnownRisk | UnknownRisk;

export interface RiskSubjects {
  readonly user: UserId;
  readonly sessionId?: string;
  /** As deviceIdOf returns it */
  readonly deviceId?: string;
  /** Thumbprints, as keysToAskFor returns them */
  readonly keys?: readonly string[];
}

/**
 * Reads the state in one strongly consistent round trip. Never rejects: a failure resolves to
 * `unavailable`.
 */
export type ReadRiskState = (subjects: RiskSubjects, now: EpochSeconds) => Promise<RiskState>;
