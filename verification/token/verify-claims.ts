import {
  type TokenBinding,
  type Unverified,
  unverified,
  type VerifiedToken,
} from "../../domain/evidence/identity.ts";
import { readClaims } from "../../domain/evidence/read-claims.ts";
import type { EpochMs } from "../../domain/time.ts";
import { validateClaims } from "./token-claims.ts";
import type { TrustedIssuer } from "./trusted-issuers.ts";

type Claims = Readonly<Record<string, unknown>>;

/**
 * Verifies the claims of a token and reads them. Does not check where they come from: the caller
 * has verified a signature, or asked the issuer itself.
 */
export function verifyClaims(
  claims: Claims,
  issuer: TrustedIssuer,
  now: EpochMs,
): VerifiedToken | Unverified {
  const reason = validateClaims(claims, issuer.rules, now / 1000);
  if (reason !== undefined) return unverified(reason);
  // Any `cnf` at all: API Gateway reuses a cached decision without the proof that this token may
  // require.
  if (issuer.rejectsBound && (claims.cnf !== undefined || saysDpop(claims)))
    return unverified("binding-not-accepted");
  const binding = readBinding(claims.cnf);
  if (binding === "not-supported") return unverified("binding-not-supported");
  // Without the key, a token that says it is bound would pass as a bearer token.
  if (saysDpop(claims) && binding?.jkt === undefined) return unverified("binding-not-supported");
  const read = readClaims(issuer.name, claims, issuer.claims);
  if (read === undefined) return unverified("token-claims-invalid");
  return { ...read, ...(binding !== undefined && { binding }) };
}

/**
 * The members by which a token says that it is bound by DPoP: introspection responses (RFC 9449 §5,
 * §6.2) and Keycloak's tokens.
 */
const saysDpop = ({ token_type: tokenType, typ }: Claims): boolean =>
  [tokenType, typ].some((said) => typeof said === "string" && said.toLowerCase() === "dpop");

/**
 * Ignores members that are not understood beside one that is (RFC 7800 §3.1), such as Keycloak's
 * `kc-jkt-type`. A `cnf` without any that is understood fails closed: the token would pass as a
 * bearer token.
 */
function readBinding(cnf: unknown): TokenBinding | undefined | "not-supported" {
  if (cnf === undefined) return undefined;
  // Values other than objects have neither of the two members.
  const { jkt, "x5t#S256": x5t } = (cnf ?? {}) as Claims;
  if (jkt === undefined && x5t === undefined) return "not-supported";
  const isThumbprint = (value: unknown) =>
    value === undefined || (typeof value === "string" && /^[\w-]{43}$/.test(value));
  if (!isThumbprint(jkt) || !isThumbprint(x5t)) return "not-supported";
  return {
    ...(jkt !== undefined && { jkt: jkt as string }),
    ...(x5t !== undefined && { x5t: x5t as string }),
  };
}
