import type { AccessRequest } from "../../domain/access-request.ts";
import { type IdentityEvidence, unverified } from "../../domain/identity-evidence.ts";

/** Asks for every proof of possession that the token is bound to. */
export async function verifyProofs(
  _request: AccessRequest,
  identity: IdentityEvidence,
): Promise<IdentityEvidence> {
  if (identity.status === "unverified" || identity.binding === undefined) return identity;
  return unverified("proof-missing");
}
