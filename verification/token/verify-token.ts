import type { ReasonCode } from "../../domain/decision/reason.ts";
import type { Credentials } from "../../domain/evidence/access-request.ts";
import { type Unverified, unverified, type VerifiedToken } from "../../domain/evidence/identity.ts";
import type { EpochMs } from "../../domain/time.ts";
import { parseCompactJws } from "../jws/compact-jws.ts";
import { parseStrictObject } from "../jws/strict-json.ts";
import { verifySignature } from "../keys/verification-key.ts";
import type { Introspect } from "./introspection.ts";
import type { CachedToken, TokenCache } from "./token-cache.ts";
import { validateType } from "./token-claims.ts";
import type { TrustedIssuer, TrustedIssuers } from "./trusted-issuers.ts";
import { verifyClaims } from "./verify-claims.ts";

/** What verification needs. */
export interface TokenVerifier {
  readonly issuers: TrustedIssuers;
  readonly cache: TokenCache;
  /** Introspects tokens that are not JWTs; absent: such tokens are malformed */
  readonly opaque?: { readonly issuer: TrustedIssuer; readonly introspect: Introspect };
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Verifies the token of a request and reads its claims.
 *
 * Looks up the issuer before any key, so that a forged token can neither choose keys nor fill
 * caches; makes every check that needs no key before it requests one. Never rejects. Does not check
 * revocation (the risk state does), nor proofs of possession (verifyProofs does, by the token's
 * `binding`).
 * @see RFC 7515 §5.2, RFC 8725 §3, RFC 9068 §4
 */
export async function verifyToken(
  credentials: Credentials,
  { issuers, cache, opaque }: TokenVerifier,
  now: EpochMs,
): Promise<VerifiedToken | Unverified> {
  if (credentials.status === "absent") return unverified("token-missing");
  if (credentials.status === "unusable") return unverified(credentials.reason);
  const characters = credentials.token.reveal();
  const cached = cache.find(characters, now);
  if (cached?.issuer.keys.trusts(cached.key)) {
    return isTooOld(cached, now) ? unverified("token-too-old") : cached.token;
  }
  if (opaque !== undefined && isOpaque(characters)) {
    const answer = await opaque.introspect(characters);
    return "denied" in answer ? unverified(answer.denied) : verifyClaims(answer.claims, opaque.issuer, now);
  }
  const jws = parseCompactJws(characters);
  const claims = jws === undefined ? undefined : parseStrictObject(jws.payload);
  if (jws === undefined || claims === undefined) return unverified("token-malformed");
  const issuer = typeof claims.iss === "string" ? issuers.get(claims.iss) : undefined;
  const reason = validateHeader(jws.header, issuer);
  if (issuer === undefined || reason !== undefined) return unverified(reason ?? "issuer-unknown");
  const { kid, alg } = jws.header;
  const key = await issuer.keys.find(kid as string | undefined, String(alg));
  if ("denied" in key) return unverified(key.denied);
  if (!verifySignature(key, jws.signed, jws.signature)) return unverified("token-signature-invalid");
  const token = verifyClaims(claims, issuer, now);
  if (token.status === "verified") {
    cache.add(characters, { token, issuer, key, until: token.expiresAt * 1000 });
  }
  return token;
}

/** A token of three parts is a JWT, whatever they contain; a bad one is not sent to any issuer. */
const isOpaque = (characters: string): boolean => characters.split(".", 4).length !== 3;

/** The age of a token is the one thing that a verification in the cache cannot know. */
function isTooOld({ token, issuer }: CachedToken, now: EpochMs): boolean {
  const { maxTokenAge, leeway } = issuer.rules;
  return maxTokenAge !== undefined && now / 1000 >= token.issuedAt + maxTokenAge + leeway;
}

/** Ignores `jku`, `x5u`, `jwk` and `x5c`: a token does not choose the key that verifies it. */
function validateHeader(header: Claims, issuer: TrustedIssuer | undefined): ReasonCode | undefined {
  const { alg, kid, typ } = header;
  if (typeof alg !== "string") return "token-malformed";
  if (issuer === undefined) return alg === "none" ? "token-algorithm-not-allowed" : "issuer-unknown";
  if (!issuer.algorithms.includes(alg as never)) return "token-algorithm-not-allowed";
  if (kid !== undefined && (typeof kid !== "string" || kid === "")) return "token-malformed";
  return validateType(typ, issuer.rules);
}
