import { createHash } from "node:crypto";

/** The members that make a key, in lexicographic order (RFC 7638 §3.2; RFC 8037 §2 for OKP). */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ["crv", "kty", "x", "y"],
  OKP: ["crv", "kty", "x"],
  RSA: ["e", "kty", "n"],
};

/**
 * The SHA-256 thumbprint of a public JWK, base64url; undefined for a key of another kind or one that lacks a member.
 * Does not check that the members make a key.
 * @see RFC 7638 §3
 */
export function jwkThumbprint(jwk: Readonly<Record<string, unknown>>): string | undefined {
  const { kty } = jwk;
  const names = typeof kty === "string" && Object.hasOwn(MEMBERS, kty) ? MEMBERS[kty] : undefined;
  if (names === undefined || names.some((name) => typeof jwk[name] !== "string")) return undefined;
  const canonical = JSON.stringify(Object.fromEntries(names.map((name) => [name, jwk[name]])));
  return createHash("sha256").update(canonical).digest("base64url");
}
