import { createHash } from "node:crypto";
import type { SignatureAlgorithm } from "../../domain/evidence/signature-algorithm.ts";
import type { EpochSeconds } from "../../domain/time.ts";
import { parseCompactJws } from "../jws/compact-jws.ts";
import { parseStrictObject } from "../jws/strict-json.ts";
import { isSpelledOnce, jwkThumbprint } from "../jws/thumbprint.ts";
import { readVerificationKey, type VerificationKey, verifySignature } from "../keys/verification-key.ts";

/**
 * Algorithms that proofs may be signed with; sent to clients in challenges (RFC 9449 §7.1 `algs`).
 */
export const PROOF_ALGORITHMS = [
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  // Clients that follow RFC 9864 know EdDSA by this name only.
  "Ed25519",
  "PS256",
  "RS256",
] as const satisfies readonly SignatureAlgorithm[];

/** What a proof must match. */
export interface ProvenRequest {
  /** The access token as sent */
  readonly token: string;
  /** The key that the token is bound to */
  readonly jkt: string;
  readonly method: string;
  /** Whether a URL is that of the request */
  readonly isUrl: (url: string) => boolean;
}

export interface ProofAge {
  /** Seconds after `iat` for which a proof is valid */
  readonly maxAge: number;
  /** Maximum difference between the client's clock and ours, in seconds, in both directions */
  readonly leeway: number;
}

/** The content of a proof that matches the request. Its replay has not been checked yet. */
export interface DpopProof {
  readonly jti: string;
  readonly nonce?: unknown;
  /** When the proof stops being valid, by our clock */
  readonly expiresAt: EpochSeconds;
}

type Members = Readonly<Record<string, unknown>>;

/** Maximum characters of `jti`; clients use UUIDs and the like. */
const LONGEST_ID = 256;

/**
 * Verifies a DPoP proof for a request; undefined for an invalid one.
 *
 * Does the cheapest checks first: a proof by another key than the token's is refused before its key
 * is imported. Does not check replay and nonce: verifyProofs does. Never throws.
 * @see RFC 9449 §4.2, §4.3, §7.1
 */
export function verifyDpopProof(
  proof: string,
  request: ProvenRequest,
  { maxAge, leeway }: ProofAge,
  now: EpochSeconds,
): DpopProof | undefined {
  const jws = parseCompactJws(proof);
  if (jws === undefined || !isProofHeader(jws.header, request.jkt)) return undefined;
  const claims = parseStrictObject(jws.payload);
  if (claims === undefined) return undefined;
  const { jti, htm, htu, iat, ath, nonce } = claims;
  if (typeof jti !== "string" || jti === "" || jti.length > LONGEST_ID) return undefined;
  if (htm !== request.method || typeof htu !== "string" || !request.isUrl(htu)) return undefined;
  if (typeof iat !== "number" || now > iat + maxAge + leeway || now < iat - leeway) return undefined;
  if (!isWithinLife(claims, leeway, now)) return undefined;
  if (ath !== createHash("sha256").update(request.token).digest("base64url")) return undefined;
  const key = proofKey(jws.header);
  if (key === undefined || !verifySignature(key, jws.signed, jws.signature)) return undefined;
  return { jti, ...(nonce !== undefined && { nonce }), expiresAt: Math.ceil(iat + maxAge + leeway) };
}

function isProofHeader({ typ, alg, jwk }: Members, jkt: string): boolean {
  return (
    typ === "dpop+jwt" &&
    PROOF_ALGORITHMS.includes(alg as never) &&
    isMembers(jwk) &&
    (jwk.alg === undefined || jwk.alg === alg) &&
    jwkThumbprint(jwk) === jkt
  );
}

/**
 * RFC 9449 defines neither claim; if a proof states its own validity period, it applies (RFC 7519
 * §4.1.4, §4.1.5).
 */
function isWithinLife({ exp, nbf }: Members, leeway: number, now: EpochSeconds): boolean {
  return (
    (exp === undefined || (typeof exp === "number" && now < exp + leeway)) &&
    (nbf === undefined || (typeof nbf === "number" && now >= nbf - leeway))
  );
}

/**
 * The key in the header, checked like an issuer's; the header's algorithm must agree with the key's
 * type.
 */
function proofKey({ jwk, alg }: Members): VerificationKey | undefined {
  // Node accepts many spellings of the same numbers; a key must have one thumbprint, by which it is
  // registered and retired.
  if (!isSpelledOnce(jwk as Members)) return undefined;
  const key = readVerificationKey({ ...(jwk as Members), alg, kid: "proof" });
  return "rejected" in key ? undefined : key;
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
