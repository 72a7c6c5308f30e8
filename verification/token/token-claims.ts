import type { TokenProfile } from "../../contract/settings.ts";
import type { ReasonCode } from "../../domain/decision/reason.ts";
import type { EpochSeconds } from "../../domain/time.ts";
import type { ProductTokens } from "../issuers/product.ts";
import { PRODUCTS } from "../issuers/products.ts";

type Claims = Readonly<Record<string, unknown>>;

/** The requirements on a token, besides its signature. */
export interface TokenRules {
  readonly issuer: string;
  /** Accepted `aud` values, or the values that `tokens` compares */
  readonly audience: readonly string[];
  readonly profile: TokenProfile;
  /** The product's own token rules, in place of the profile's */
  readonly tokens?: ProductTokens;
  /** Which kind of token `tokens` accepts */
  readonly tokenUse: "access" | "id";
  /** Values of the claim `typ` in the product's access tokens; absent: unknown */
  readonly accessTypes?: readonly string[];
  /** Maximum difference between the issuer's clock and ours, in seconds */
  readonly leeway: number;
  /** Seconds after `iat` when a token stops being valid; absent: only its own expiry counts */
  readonly maxTokenAge?: number;
}

/** Besides `aud`: a token for no audience is for another one than ours. */
const REQUIRED: Readonly<Record<TokenProfile, readonly string[]>> = {
  // RFC 9068 §2.2
  rfc9068: ["exp", "iat", "sub", "jti", "client_id"],
  generic: ["exp", "iat"],
};
const STRINGS = ["sub", "client_id", "azp", "jti", "token_use"];
const MOMENTS = ["exp", "iat", "nbf", "auth_time"];
/** The latest time that policies and the table can hold. */
const LATEST: EpochSeconds = 1e11;

/**
 * Claims that only other kinds of tokens carry: DPoP proofs (RFC 9449 §4.2), security event and
 * logout tokens (RFC 8417 §2.2, OpenID Connect Back-Channel Logout 1.0 §2.4), introspection
 * responses (RFC 9701 §5).
 */
const FOREIGN = ["htm", "htu", "ath", "events", "toe", "token_introspection"];
/** Hashes in ID tokens of what was issued with them (OpenID Connect Core §3.1.3.6, §3.3.2.11). */
const OF_ID_TOKENS = ["at_hash", "c_hash"];
/**
 * Values of the claim `typ` in products' other tokens; refused for every preset, because `oidc`
 * accepts their issuers too.
 */
const OTHER_TYPES = new Set(Object.values(PRODUCTS).flatMap(({ payloadTypes }) => payloadTypes?.other ?? []));
// RFC 7515 §4.1.9: the prefix is optional, and letter case is ignored.
const ACCESS_TOKEN = ["at+jwt", "application/at+jwt"];

/**
 * Whether the header's type is that of an access token. RFC 8725 §3.11 and RFC 9068 §4 require it;
 * Cognito states none.
 */
export function validateType(typ: unknown, { profile }: TokenRules): ReasonCode | undefined {
  if (typ !== undefined && typeof typ !== "string") return "token-malformed";
  const type = typ?.toLowerCase();
  if (type !== undefined && ACCESS_TOKEN.includes(type)) return undefined;
  if (profile === "rfc9068") return "token-use-mismatch";
  return type === undefined || type === "jwt" ? undefined : "token-use-mismatch";
}

/**
 * Why verified claims do not make an acceptable token, or undefined. The first of: a required claim
 * is missing, a claim has the wrong type, another issuer, another kind of token, another audience
 * or client, outside its time.
 *
 * Does not check the signature, `cnf`, or what the claim mapping reads.
 * @see RFC 7519 §4.1, RFC 9068 §4, RFC 8725 §3.8 to §3.12
 */
export function validateClaims(claims: Claims, rules: TokenRules, now: number): ReasonCode | undefined {
  if (claims.iss !== rules.issuer) return "issuer-unknown";
  const required = rules.tokens?.required ?? REQUIRED[rules.profile];
  if (required.some((name) => claims[name] === undefined)) return "token-claims-invalid";
  if (!areWellTyped(claims)) return "token-claims-invalid";
  const reason =
    validateNoForeignClaims(claims) ?? (rules.tokens?.validate ?? validateKindAndAudience)(claims, rules);
  return reason ?? validateTimes(claims, rules, now);
}

function areWellTyped(claims: Claims): boolean {
  const { aud } = claims;
  const isText = (value: unknown) => typeof value === "string" && value !== "";
  const isMoment = (value: unknown) => typeof value === "number" && value >= 0 && value < LATEST;
  return (
    STRINGS.every((name) => claims[name] === undefined || isText(claims[name])) &&
    MOMENTS.every((name) => claims[name] === undefined || isMoment(claims[name])) &&
    (aud === undefined || isText(aud) || (Array.isArray(aud) && aud.every(isText)))
  );
}

function validateNoForeignClaims(claims: Claims): ReasonCode | undefined {
  return FOREIGN.some((name) => name in claims) ? "token-use-mismatch" : undefined;
}

/**
 * ID tokens carry a nonce (OpenID Connect Core §2), but some products put it into access tokens too
 * (Keycloak before version 25): if the product states the kind of token, that value decides.
 */
function isOfOtherKind(claims: Claims, accessTypes: readonly string[] | undefined): boolean {
  const { typ } = claims;
  if (OF_ID_TOKENS.some((name) => name in claims)) return true;
  if (typeof typ === "string" && OTHER_TYPES.has(typ.toLowerCase())) return true;
  if (accessTypes === undefined || typ === undefined) return "nonce" in claims;
  return typeof typ !== "string" || !accessTypes.includes(typ);
}

function validateKindAndAudience(
  claims: Claims,
  { audience, accessTypes }: TokenRules,
): ReasonCode | undefined {
  if (isOfOtherKind(claims, accessTypes)) return "token-use-mismatch";
  const { aud } = claims;
  const names: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return names.some((name) => audience.includes(name as string)) ? undefined : "audience-mismatch";
}

function validateTimes(
  claims: Claims,
  { leeway, maxTokenAge }: TokenRules,
  now: number,
): ReasonCode | undefined {
  const { exp, nbf, iat, auth_time: authenticated } = claims as Readonly<Record<string, number | undefined>>;
  if (exp === undefined || now >= exp + leeway) return "token-expired";
  if (nbf !== undefined && now < nbf - leeway) return "token-not-yet-valid";
  // RFC 7519 leaves `iat` in the future to the application; such a token comes from a wrong clock
  // or a forger.
  if (iat === undefined || now < iat - leeway) return "token-not-yet-valid";
  // A time in the future would stay fresh forever for a policy that requires a recent
  // authentication.
  if (authenticated !== undefined && now < authenticated - leeway) return "token-not-yet-valid";
  return maxTokenAge !== undefined && now >= iat + maxTokenAge + leeway ? "token-too-old" : undefined;
}
