import type { DeviceTrust } from "./device-trust.ts";
import type { ReasonCode } from "./reason.ts";
import type { EpochSeconds } from "./time.ts";

/** Names a user across issuers: the subject alone is unique only within its issuer (RFC 7519 §4.1.2). */
export interface UserId {
  readonly issuer: string;
  readonly subject: string;
}

/** What a verified token says, after the issuer's claim mapping. */
export interface VerifiedIdentity extends UserId {
  readonly status: "verified";
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly clientId?: string;
  readonly sessionId?: string;
  readonly deviceId?: string;
  /** What the token claims of the device; a hint, not a proof */
  readonly claimedDeviceTrust: DeviceTrust;
  /** Whether the issuer says that several factors were used */
  readonly mfa: boolean;
  /** `auth_time`, where the issuer gives it */
  readonly authenticatedAt?: EpochSeconds;
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
  /** A risk score, 0 to 100, that the issuer put into the token */
  readonly claimedRisk?: number;
}

/** Nothing that an unverified token says is kept: whoever forged it chose the words. */
export interface UnverifiedIdentity {
  readonly status: "unverified";
  readonly reason: ReasonCode;
}

export type IdentityEvidence = VerifiedIdentity | UnverifiedIdentity;

export function unverified(reason: ReasonCode): UnverifiedIdentity {
  return { status: "unverified", reason };
}
