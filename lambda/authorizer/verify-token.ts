import {
  CognitoJwtInvalidClientIdError,
  CognitoJwtInvalidTokenUseError,
  FetchError,
  JwksNotAvailableInCacheError,
  JwtExpiredError,
  JwtInvalidAudienceError,
  JwtInvalidClaimError,
  JwtInvalidIssuerError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
  JwtWithoutValidKidError,
  KidNotFoundInJwksError,
  WaitPeriodNotYetEndedJwkError,
} from "aws-jwt-verify/error";
import type { Credentials } from "../../domain/access-request.ts";
import { type IdentityEvidence, unverified } from "../../domain/identity-evidence.ts";
import { readClaims } from "../../domain/read-claims.ts";
import type { ReasonCode } from "../../domain/reason.ts";
import { CLOCK_LEEWAY, type TrustedIssuers } from "./issuers.ts";

const ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"];
// RFC 9068 §4 and RFC 7515 §4.1.9: the media type prefix may be left out, and letter case does not count.
const ACCESS_TOKEN_TYPES = [undefined, "jwt", "at+jwt", "application/at+jwt"];

/**
 * Verifies the bearer token of a request and reads the identity in it.
 *
 * The issuer is looked up before any key, so that a forged token can neither choose keys nor fill caches. Never throws.
 * Does not check revocation (that is the risk state's) nor possession of a key: a token bound to one (`cnf`) is refused.
 * @see RFC 8725 §3, RFC 9068 §4
 */
export async function verifyToken(
  credentials: Credentials,
  issuers: TrustedIssuers,
): Promise<IdentityEvidence> {
  if (credentials.status === "absent") return unverified("token-missing");
  if (credentials.status === "unusable") return unverified(credentials.reason);
  const token = credentials.token.reveal();
  const { header, payload } = decode(token);
  if (header === undefined || payload === undefined) return unverified("token-malformed");
  if (!ALGORITHMS.includes(header.alg as string)) return unverified("token-algorithm-not-allowed");
  const issuer = typeof payload.iss === "string" ? issuers.get(payload.iss) : undefined;
  if (issuer === undefined) return unverified("issuer-unknown");
  try {
    const claims = await issuer.verify(token);
    const refusal = refusalOf(header, claims);
    if (refusal !== undefined) return unverified(refusal);
    return readClaims(issuer.issuer, claims, issuer.claims) ?? unverified("token-claims-invalid");
  } catch (error) {
    return unverified(reasonOf(error));
  }
}

type Claims = Readonly<Record<string, unknown>>;

/** Decodes without believing; RFC 7515 §5.2 steps 1 to 5, with invalid UTF-8 refused. */
function decode(token: string): { header?: Claims; payload?: Claims } {
  const parts = token.split(".");
  if (parts.length !== 3) return {};
  const header = decodePart(parts[0]);
  const payload = decodePart(parts[1]);
  return { ...(header !== undefined && { header }), ...(payload !== undefined && { payload }) };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodePart(part = ""): Claims | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(Buffer.from(part, "base64url")));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What aws-jwt-verify accepts and this API does not. */
function refusalOf(header: Claims, claims: Claims): ReasonCode | undefined {
  // RFC 7515 §4.1.11: an extension that is not understood voids the token; none is understood here.
  if (header.crit !== undefined) return "token-malformed";
  const type = typeof header.typ === "string" ? header.typ.toLowerCase() : header.typ;
  if (!ACCESS_TOKEN_TYPES.includes(type as string | undefined)) return "token-use-mismatch";
  // RFC 8417 §2.2, OpenID Connect Back-Channel Logout §2.4: what carries events is no access token.
  if (claims.events !== undefined) return "token-use-mismatch";
  // A token from the future outlives every "void what was issued before"; a few seconds are only a clock.
  if (typeof claims.iat === "number" && claims.iat > Date.now() / 1000 + CLOCK_LEEWAY)
    return "token-not-yet-valid";
  // RFC 9449 §7.2, RFC 8705 §3: a token bound to a key is worth nothing without the proof.
  if (claims.cnf !== undefined) return "proof-missing";
  return undefined;
}

const REASON_OF_ERROR: readonly (readonly [abstract new (...args: never[]) => Error, ReasonCode])[] = [
  [JwtExpiredError, "token-expired"],
  [JwtNotBeforeError, "token-not-yet-valid"],
  [JwtInvalidAudienceError, "audience-mismatch"],
  [CognitoJwtInvalidClientIdError, "audience-mismatch"],
  [CognitoJwtInvalidTokenUseError, "token-use-mismatch"],
  [JwtInvalidIssuerError, "issuer-unknown"],
  [JwtInvalidClaimError, "token-claims-invalid"],
  [JwtInvalidSignatureAlgorithmError, "token-algorithm-not-allowed"],
  [JwtInvalidSignatureError, "token-signature-invalid"],
  [JwtWithoutValidKidError, "token-malformed"],
  [JwtParseError, "token-malformed"],
  [KidNotFoundInJwksError, "token-key-unknown"],
  // The brake is on because a key id was just looked for in vain.
  [WaitPeriodNotYetEndedJwkError, "token-key-unknown"],
  [FetchError, "identity-provider-unavailable"],
  [JwksNotAvailableInCacheError, "identity-provider-unavailable"],
];

function reasonOf(error: unknown): ReasonCode {
  const known = REASON_OF_ERROR.find(([type]) => error instanceof type);
  // Node's crypto throws errors of its own for, say, a signature of the wrong length.
  return known?.[1] ?? "token-signature-invalid";
}
