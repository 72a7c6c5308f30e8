import type { VerifiedIdentity } from "../../../domain/evidence/identity.ts";

/** Alice, an administrator on a device of medium trust with several factors, with some of what is known of her replaced. */
export function verifiedIdentity(change: Partial<VerifiedIdentity> = {}): VerifiedIdentity {
  return {
    status: "verified",
    kind: "user",
    proofs: [],
    issuer: "https://issuer.example",
    subject: "alice",
    roles: ["admin"],
    scopes: [],
    sessionId: "s1",
    deviceId: "d1",
    claimedDeviceTrust: "medium",
    mfa: true,
    issuedAt: 1,
    expiresAt: 2,
    ...change,
  };
}
