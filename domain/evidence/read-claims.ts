import type { ClaimMapping, ClaimPath, ServiceSign } from "./claim-mapping.ts";
import { readDeviceTrust } from "./device-trust.ts";
import type { VerifiedToken } from "./identity.ts";
import { type PrincipalKind, principalKind } from "./principal-kind.ts";

type Claims = Readonly<Record<string, unknown>>;

/**
 * Longest subject, session, device, client and token id. OpenID Connect Core §2 limits `sub` to 255
 * ASCII characters.
 */
const LONGEST_ID = 255;
const LONGEST_ROLE = 256;
const MOST_ROLES = 200;
// Control characters have no business in an identifier, and break keys, logs and headers.
const CONTROL = /\p{Cc}/u;

/**
 * Reads what a token says out of verified claims, or undefined if one that is present has the wrong
 * type. An absent optional claim stays absent: a wrong one is never taken for an absent one,
 * because policies may forbid on what a claim says. Does not check issuer, audience, lifetime or
 * signature.
 */
export function readClaims(issuer: string, claims: Claims, mapping: ClaimMapping): VerifiedToken | undefined {
  try {
    const tokenId = optionalId(claims.jti);
    const sessionId = optionalId(at(claims, mapping.session));
    const deviceId = optionalId(at(claims, mapping.deviceId));
    const clientId = optionalId(at(claims, mapping.client));
    const authenticatedAt = optional(moment, claims.auth_time);
    const notBefore = optional(moment, claims.nbf);
    const claimedRisk = optional(score, at(claims, mapping.risk));
    const kind = kindOf(claims, mapping.service, clientId);
    const mfa = usedSeveralFactors(at(claims, mapping.mfa.claim), mapping.mfa.values);
    // Where a separate claim names users, a service's token does not have it.
    const subject = at(claims, mapping.subject) ?? (kind === "service" ? claims.sub : undefined);
    return {
      status: "verified",
      kind,
      issuer,
      ...(tokenId !== undefined && { tokenId }),
      subject: identifier(subject),
      roles: optional(names, at(claims, mapping.roles)) ?? [],
      scopes: optional(words, at(claims, mapping.scopes)) ?? [],
      ...(clientId !== undefined && { clientId }),
      ...(sessionId !== undefined && { sessionId }),
      ...(deviceId !== undefined && { deviceId }),
      claimedDeviceTrust: readDeviceTrust(optional(words, at(claims, mapping.deviceTrust))?.[0]),
      // No user signed in, even if the token says so.
      mfa: kind === "user" && mfa,
      ...(authenticatedAt !== undefined && { authenticatedAt }),
      issuedAt: moment(claims.iat),
      ...(notBefore !== undefined && { notBefore }),
      expiresAt: moment(claims.exp),
      ...(claimedRisk !== undefined && { claimedRisk }),
    };
  } catch (error) {
    if (error instanceof WrongClaim) return undefined;
    throw error;
  }
}

function kindOf(claims: Claims, sign: ServiceSign, clientId: string | undefined): PrincipalKind {
  const { clientIn = [], without = [] } = sign;
  if (without.some((path) => at(claims, path) !== undefined)) return "user";
  const namesClient = (path: ClaimPath) => clientId !== undefined && at(claims, path) === clientId;
  if (clientIn.length > 0 && !clientIn.some(namesClient)) return "user";
  return principalKind(at(claims, sign.claim), sign.values, clientId);
}

class WrongClaim extends Error {}

function at(claims: Claims, path: ClaimPath): unknown {
  let value: unknown = claims;
  for (const name of typeof path === "string" ? [path] : path) {
    if (value === undefined) return undefined;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new WrongClaim();
    value = Object.hasOwn(value, name) ? (value as Claims)[name] : undefined;
  }
  return value;
}

function optional<T>(read: (value: unknown) => T, value: unknown): T | undefined {
  return value === undefined ? undefined : read(value);
}

/** Some issuers write an id that is not there as null or as an empty text. */
function optionalId(value: unknown): string | undefined {
  return value === undefined || value === null || value === "" ? undefined : identifier(value);
}

function identifier(value: unknown): string {
  if (typeof value !== "string" || value === "" || value.length > LONGEST_ID || !isPlain(value)) {
    throw new WrongClaim();
  }
  return value;
}

const isPlain = (text: string): boolean => text.isWellFormed() && !CONTROL.test(text);

function names(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const valid = list.every((one) => typeof one === "string" && one.length <= LONGEST_ROLE && isPlain(one));
  if (!valid || list.length > MOST_ROLES) throw new WrongClaim();
  return list as readonly string[];
}

function words(value: unknown): readonly string[] {
  return names(typeof value === "string" ? value.split(" ").filter((word) => word !== "") : value);
}

/**
 * A NumericDate (RFC 7519 §2) in whole seconds, within the range that policies and the table can
 * hold.
 */
function moment(value: unknown): number {
  if (typeof value !== "number" || !(value >= 0 && value < 1e11)) throw new WrongClaim();
  return Math.floor(value);
}

function score(value: unknown): number {
  if (typeof value !== "number" || !(value >= 0 && value <= 100)) throw new WrongClaim();
  return Math.ceil(value);
}

function usedSeveralFactors(value: unknown, meaning: readonly (string | boolean)[]): boolean {
  const said: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (value !== undefined && !said.every((one) => typeof one === "string" || typeof one === "boolean")) {
    throw new WrongClaim();
  }
  return said.some((one) => meaning.includes(one as string | boolean));
}
