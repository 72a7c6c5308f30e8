import type { ReasonCode } from "../decision/reason.ts";
import type { EpochSeconds } from "../time.ts";
import type { DeviceTrust } from "./device-trust.ts";
import type { PrincipalKind } from "./principal-kind.ts";

/** Names a user across issuers: the subject alone is unique only within its issuer (RFC 7519 §4.1.2). */
export interface UserId {
  readonly issuer: string;
  readonly subject: string;
}

/** A key that the caller was shown to hold, by a method that is bound to this very request or connection. */
export interface PossessionProof {
  readonly method: "dpop" | "mtls";
  /** RFC 7638 thumbprint of the proof's key, or SHA-256 of the certificate's DER; base64url */
  readonly thumbprint: string;
}

/** The keys that a token is bound to (RFC 7800 `cnf`); every one that is present must be proven. */
export interface TokenBinding {
  /** RFC 9449 §6.1 */
  readonly jkt?: string;
  /** RFC 8705 §3.1 */
  readonly x5t?: string;
}

/** What a verified token says, after the issuer's claim mapping. */
export interface VerifiedIdentity extends UserId {
  readonly status: "verified";
  /** A service acts for itself: its token came from a client credentials grant and names no user */
  readonly kind: PrincipalKind;
  readonly tokenId?: string;
  readonly binding?: TokenBinding;
  /** Proofs that were verified for this request; empty for a bearer token */
  readonly proofs: readonly PossessionProof[];
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
  /** `nbf`, where the issuer gives it */
  readonly notBefore?: EpochSeconds;
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
