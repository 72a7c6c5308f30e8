import type { ReasonCode } from "../../domain/decision/reason.ts";
import type { Credentials } from "../../domain/evidence/access-request.ts";
import { type IdentityEvidence, unverified, type VerifiedIdentity } from "../../domain/evidence/identity.ts";
import type { EpochMs } from "../../domain/time.ts";
import { type CompactJws, parseCompactJws } from "../jws/compact-jws.ts";
import { parseStrictObject } from "../jws/strict-json.ts";
import { holds, isNamed, type VerificationKey } from "../keys/verification-key.ts";
import type { Introspect } from "./introspection.ts";
import type { VerifiedToken, VerifiedTokens } from "./token-cache.ts";
import { refuseType } from "./token-claims.ts";
import type { TrustedIssuer, TrustedIssuers } from "./trusted-issuers.ts";
import { judgeClaims } from "./verify-claims.ts";

/** What verification rests on. */
export interface TokenVerifier {
  readonly issuers: TrustedIssuers;
  readonly verified: VerifiedTokens;
  /** Whom to ask about tokens that are no JWT; absent: such tokens are malformed */
  readonly opaque?: { readonly issuer: TrustedIssuer; readonly introspect: Introspect };
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Verifies the token of a request and reads the identity in it.
 *
 * The issuer is looked up before any key, so that a forged token can neither choose keys nor fill caches; everything that can
 * be refused without a key is refused before one is asked for. Never rejects.
 * Does not check revocation (that is the risk state's), nor proofs of possession: a token's `binding` is for verifyProofs.
 * @see RFC 7515 §5.2, RFC 8725 §3, RFC 9068 §4
 */
export async function verifyToken(
  credentials: Credentials,
  { issuers, verified, opaque }: TokenVerifier,
  now: EpochMs,
): Promise<IdentityEvidence> {
  if (credentials.status === "absent") return unverified("token-missing");
  if (credentials.status === "unusable") return unverified(credentials.reason);
  const token = credentials.token.reveal();
  const known = verified.find(token, now);
  if (known?.issuer.keys.trusts(known.key)) {
    return stillCounts(known, now) ?? known.identity;
  }
  if (opaque !== undefined && isOpaque(token)) {
    const answer = await opaque.introspect(token);
    return "refused" in answer ? unverified(answer.refused) : judgeClaims(answer.claims, opaque.issuer, now);
  }
  const jws = parseCompactJws(token);
  const claims = jws === undefined ? undefined : parseStrictObject(jws.payload);
  if (jws === undefined || claims === undefined) return unverified("token-malformed");
  const issuer = typeof claims.iss === "string" ? issuers.get(claims.iss) : undefined;
  const refused = refuseHeader(jws.header, issuer);
  if (issuer === undefined || refused !== undefined) return unverified(refused ?? "issuer-unknown");
  const key = await issuer.keys.find(String(jws.header.kid));
  if ("refused" in key) return unverified(key.refused);
  return judge(jws, claims, key, issuer, now, (identity) => {
    verified.remember(token, { identity, issuer, key, until: identity.expiresAt * 1000 });
  });
}

/** A token of three parts is a JWT, whatever is in them; a bad one is not shown to anyone. */
const isOpaque = (token: string): boolean => token.split(".", 4).length !== 3;

/** What a remembered verification cannot know: how old the token is now. */
function stillCounts({ identity, issuer }: VerifiedToken, now: EpochMs): IdentityEvidence | undefined {
  const { maxTokenAge, leeway } = issuer.rules;
  if (maxTokenAge === undefined || now / 1000 < identity.issuedAt + maxTokenAge + leeway) return undefined;
  return unverified("token-too-old");
}

/** `jku`, `x5u`, `jwk` and `x5c` are not looked at: a token does not choose the key that it is verified with. */
function refuseHeader(header: Claims, issuer: TrustedIssuer | undefined): ReasonCode | undefined {
  const { alg, kid, typ } = header;
  if (typeof alg !== "string") return "token-malformed";
  if (issuer === undefined) return alg === "none" ? "token-algorithm-not-allowed" : "issuer-unknown";
  if (!issuer.algorithms.includes(alg as never)) return "token-algorithm-not-allowed";
  if (typeof kid !== "string" || kid === "") return "token-malformed";
  return refuseType(typ, issuer.rules);
}

function judge(
  jws: CompactJws,
  claims: Claims,
  key: VerificationKey,
  issuer: TrustedIssuer,
  now: EpochMs,
  remember: (identity: VerifiedIdentity) => void,
): IdentityEvidence {
  if (!isNamed(key, jws.header.alg)) return unverified("token-algorithm-not-allowed");
  if (!holds(key, jws.signed, jws.signature)) return unverified("token-signature-invalid");
  const identity = judgeClaims(claims, issuer, now);
  if (identity.status === "verified") remember(identity);
  return identity;
}
