import { createHash } from "node:crypto";
import { isStrictBase64url } from "./compact-jws.ts";

/** The required members of a key, in lexicographic order (RFC 7638 §3.2; RFC 8037 §2 for OKP). */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ["crv", "kty", "x", "y"],
  OKP: ["crv", "kty", "x"],
  RSA: ["e", "kty", "n"],
};

/**
 * The SHA-256 thumbprint of a public JWK, base64url; undefined for an unsupported key type or a
 * missing member. Does not check that the members form a valid key.
 * @see RFC 7638 §3
 */
export function jwkThumbprint(jwk: Readonly<Record<string, unknown>>): string | undefined {
  const { kty } = jwk;
  const names = typeof kty === "string" && Object.hasOwn(MEMBERS, kty) ? MEMBERS[kty] : undefined;
  if (names === undefined || names.some((name) => typeof jwk[name] !== "string")) return undefined;
  const canonical = JSON.stringify(Object.fromEntries(names.map((name) => [name, jwk[name]])));
  return createHash("sha256").update(canonical).digest("base64url");
}

/** Bytes of a coordinate, by curve; for other curves the import of the key checks the length */
const COORDINATE: Readonly<Record<string, number>> = { "P-256": 32, "P-384": 48, "P-521": 66 };

/**
 * Whether the numbers of a public JWK are canonical: base64url without padding or spare bits, an EC
 * coordinate in its full length, an RSA number without leading zeros. Any other spelling gives the
 * same key a second thumbprint. Does not check that the members form a valid key.
 * @see RFC 7518 §2 (Base64urlUInt), §6.2.1.2, §6.3.1.1; RFC 7638 §3
 */
export function isSpelledOnce({ kty, crv, x, y, n, e }: Readonly<Record<string, unknown>>): boolean {
  const size =
    kty === "EC" && typeof crv === "string" && Object.hasOwn(COORDINATE, crv) ? COORDINATE[crv] : undefined;
  return [x, y, n, e].every((number) => {
    if (number === undefined) return true;
    if (typeof number !== "string" || !isStrictBase64url(number)) return false;
    // The first two letters hold the first byte: `A` is its first six bits, and a second letter up
    // to `P` has zeros in the other two.
    if (kty === "RSA") return !/^A[A-P]/.test(number);
    return size === undefined || Math.floor((number.length * 3) / 4) === size;
  });
}
