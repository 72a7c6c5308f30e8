import type { ReasonCode } from "../decision/reason.ts";
import type { EpochSeconds } from "../time.ts";
import type { DeviceTrust } from "./device-trust.ts";
import type { PrincipalKind } from "./principal-kind.ts";

/**
 * Names a user across issuers: the subject alone is unique only within its issuer (RFC 7519
 * §4.1.2).
 */
export interface UserId {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * A key that the caller was shown to hold, by a method that is bound to this very request or
 * connection.
 */
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

/**
 * What a verified token says, after the issuer's claim mapping.
 * Not yet an identity: nothing says so far that its sender holds the keys that it is bound to.
 */
export interface VerifiedToken extends UserId {
  readonly status: "verified";
  /** A service acts for itself: its token came from a client credentials grant and names no user */
  readonly kind: PrincipalKind;
  readonly tokenId?: string;
  readonly binding?: TokenBinding;
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

declare const proven: unique symbol;

/**
 * A verified token whose sender has proven every key that it is bound to. Only `identityOf` makes
 * one.
 */
export interface Identity extends VerifiedToken {
  /** One for each key that the token is bound to; empty for a bearer token */
  readonly proofs: readonly PossessionProof[];
  readonly [proven]: true;
}

/**
 * A caller without an identity. Nothing that the token says is kept: its forger chose the words.
 */
export interface Unverified {
  readonly status: "unverified";
  readonly reason: ReasonCode;
}

/** Who sent the request. */
export type Caller = Identity | Unverified;

/**
 * Makes an identity of a verified token and the proofs that hold for this request.
 *
 * Does not verify the proofs: verifyProofs does.
 * @throws Error unless there is a proof for each key that the token is bound to, and for no other
 */
export function identityOf(token: VerifiedToken, proofs: readonly PossessionProof[]): Identity {
  const keys = keysOf(token.binding);
  const proves = ({ method, thumbprint }: PossessionProof): boolean =>
    proofs.some((proof) => proof.method === method && proof.thumbprint === thumbprint);
  if (proofs.length !== keys.length || !keys.every(proves)) {
    throw new Error("the proofs are not those of the keys that the token is bound to");
  }
  return { ...token, proofs } as Identity;
}

function keysOf({ jkt, x5t }: TokenBinding = {}): readonly PossessionProof[] {
  return [
    ...(x5t === undefined ? [] : [{ method: "mtls", thumbprint: x5t } as const]),
    ...(jkt === undefined ? [] : [{ method: "dpop", thumbprint: jkt } as const]),
  ];
}

export function unverified(reason: ReasonCode): Unverified {
  return { status: "unverified", reason };
}
