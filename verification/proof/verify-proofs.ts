import type { AuthorizerSettings } from "../../contract/settings.ts";
import type { ReasonCode } from "../../domain/decision/reason.ts";
import type { AccessRequest } from "../../domain/evidence/access-request.ts";
import {
  type Caller,
  identityOf,
  type PossessionProof,
  unverified,
  type VerifiedToken,
} from "../../domain/evidence/identity.ts";
import type { RememberProof } from "../../domain/evidence/remember-proof.ts";
import type { EpochMs } from "../../domain/time.ts";
import { certificateThumbprint } from "./client-certificate.ts";
import { createNonces, type Nonces } from "./dpop-nonces.ts";
import { type ProofAge, verifyDpopProof } from "./dpop-proof.ts";
import { isUrlOf, type PublicOrigins } from "./public-url.ts";

/** What verifying proofs needs. */
export interface ProofVerifier {
  readonly publicOrigins: PublicOrigins;
  readonly age: ProofAge;
  readonly remember: RememberProof;
  /** Absent: proofs need no nonce */
  readonly nonces?: Nonces;
}

/** Seconds; RFC 9449 §11.1 says "a relatively brief period". */
const MAX_AGE = 60;
/** Clients' clocks are worse than issuers'; a proof counts once however long it counts. */
const LEEWAY = 30;

/** @param readSecret reads the nonces' secret; called only if the deployment requires nonces */
export function proofVerifier(
  { publicOrigins = {}, dpop = {} }: Pick<AuthorizerSettings, "publicOrigins" | "dpop">,
  remember: RememberProof,
  readSecret: () => Promise<Uint8Array | undefined>,
): ProofVerifier {
  return {
    publicOrigins,
    age: { maxAge: dpop.maxAge ?? MAX_AGE, leeway: dpop.leeway ?? LEEWAY },
    remember,
    ...(dpop.nonce === true && { nonces: createNonces(readSecret) }),
  };
}

/**
 * Verifies a proof of possession for every key that the token is bound to, which makes the token an
 * identity.
 *
 * A bound token does not count as a bearer token, nor an unbound one as bound: a proof beside an
 * unbound token proves nothing. Ignores a client certificate that the token is not bound to. Never
 * rejects.
 * @see RFC 9449 §4.3, §7; RFC 8705 §3
 */
export async function verifyProofs(
  request: AccessRequest,
  token: VerifiedToken,
  verifier: ProofVerifier | undefined,
  now: EpochMs,
): Promise<Caller> {
  const { jkt, x5t } = token.binding ?? {};
  const { credentials, proof, certificate } = request;
  if (credentials.status !== "bearer") return unverified("token-missing");
  const usesDpop = credentials.scheme === "DPoP" || proof !== undefined;
  if (jkt === undefined && usesDpop) return unverified("proof-invalid");
  if (x5t !== undefined && (certificate === undefined || certificateThumbprint(certificate) !== x5t)) {
    return unverified("certificate-mismatch");
  }
  const proofs: PossessionProof[] = x5t === undefined ? [] : [{ method: "mtls", thumbprint: x5t }];
  if (jkt !== undefined) {
    if (verifier === undefined) return unverified("binding-not-supported");
    const reason = await validateDpop(request, jkt, verifier, now);
    if (reason !== undefined) return unverified(reason);
    proofs.push({ method: "dpop", thumbprint: jkt });
  }
  return identityOf(token, proofs);
}

/**
 * The nonce for the client's next proof, if nonces are required: for a caller whose proof was
 * valid, or lacked only the nonce. Never rejects.
 */
export async function offerNonce(
  caller: Caller,
  verifier: ProofVerifier | undefined,
  now: EpochMs,
): Promise<string | undefined> {
  const usesDpop =
    caller.status === "verified"
      ? caller.proofs.some(({ method }) => method === "dpop")
      : caller.reason === "proof-nonce-required";
  return usesDpop ? verifier?.nonces?.current(now) : undefined;
}

/** Validates the request's DPoP proof of a key: the reason to deny, or undefined. */
async function validateDpop(
  request: AccessRequest,
  jkt: string,
  { publicOrigins, age, remember, nonces }: ProofVerifier,
  now: EpochMs,
): Promise<ReasonCode | undefined> {
  const { kind, credentials, proof, method } = request;
  if (credentials.status !== "bearer" || credentials.scheme !== "DPoP" || proof === undefined) {
    return "proof-missing";
  }
  const proven = verifyDpopProof(
    proof.reveal(),
    {
      token: credentials.token.reveal(),
      jkt,
      // A WebSocket connection begins with GET, whatever the route is called.
      method: kind === "websocket" ? "GET" : method,
      isUrl: (url) => isUrlOf(url, request, publicOrigins),
    },
    age,
    now / 1000,
  );
  if (proven === undefined) return "proof-invalid";
  const fresh = nonces === undefined ? true : await nonces.accepts(proven.nonce, now);
  if (fresh === undefined) return "replay-store-unavailable";
  if (!fresh) return "proof-nonce-required";
  // Last, so that only proofs that are otherwise valid cost a write.
  const seen = await remember(jkt, proven.jti, proven.expiresAt);
  if (seen === "first") return undefined;
  return seen === "replayed" ? "proof-replayed" : "replay-store-unavailable";
}
