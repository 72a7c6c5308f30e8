import { type Identity, identityOf, type VerifiedToken } from "../../../domain/evidence/identity.ts";

/**
 * The token of Alice, an administrator on a device of medium trust, with some of what it says
 * replaced.
 */
export function verifiedToken(change: Partial<VerifiedToken> = {}): VerifiedToken {
  return {
    status: "verified",
    kind: "user",
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

/** Alice with the proofs that are given, for a token that is bound to their keys. */
export function identity({ proofs = [], ...change }: Partial<Identity> = {}): Identity {
  const thumbprint = (method: "dpop" | "mtls") => proofs.find((proof) => proof.method === method)?.thumbprint;
  const [jkt, x5t] = [thumbprint("dpop"), thumbprint("mtls")];
  const binding = { ...(jkt !== undefined && { jkt }), ...(x5t !== undefined && { x5t }) };
  return identityOf(verifiedToken({ ...(proofs.length > 0 && { binding }), ...change }), proofs);
}
