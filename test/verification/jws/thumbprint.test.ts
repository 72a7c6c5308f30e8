import { calculateJwkThumbprint } from "jose";
import { isSpelledOnce, jwkThumbprint } from "../../../verification/jws/thumbprint.ts";
import { proofMaker } from "../../support/verification/proof-maker.ts";

// RFC 7638 §3.1
const RSA = {
  kty: "RSA",
  n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
  e: "AQAB",
  alg: "RS256",
  kid: "2011-04-29",
};

test("is that of RFC 7638's example", () => {
  expect(jwkThumbprint(RSA)).toBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
});

test("is that of RFC 8037's example", () => {
  const jwk = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
  expect(jwkThumbprint(jwk)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
});

test.each(["ES256", "ES384", "ES512", "EdDSA", "RS256"])("is what jose says of a key for %s", async (alg) => {
  const { jwk } = await proofMaker(alg);
  expect(jwkThumbprint({ ...jwk, kid: "x" })).toBe(await calculateJwkThumbprint(jwk));
});

test.each([
  ["of a symmetric key", { kty: "oct", k: "AAAA" }],
  ["of no kind", {}],
  ["named like a member of objects", { kty: "constructor" }],
  ["that lacks a member", { ...RSA, n: undefined }],
  ["with a number for a member", { ...RSA, e: 65537 }],
])("there is none %s", (_, jwk) => {
  expect(jwkThumbprint(jwk)).toBeUndefined();
});

describe("isSpelledOnce", () => {
  const bytes = (...of: number[]) => Buffer.from(of).toString("base64url");
  const zeros = (count: number) => Buffer.alloc(count, 1).toString("base64url");

  test.each([
    ["an RSA key", RSA],
    ["an EC key", { kty: "EC", crv: "P-256", x: zeros(32), y: zeros(32) }],
    ["an EC key of P-384", { kty: "EC", crv: "P-384", x: zeros(48), y: zeros(48) }],
    ["an EC key of P-521", { kty: "EC", crv: "P-521", x: zeros(66), y: zeros(66) }],
    [
      "an EC key whose coordinate begins with a zero",
      { kty: "EC", crv: "P-256", x: bytes(0, ...Buffer.alloc(31, 1)), y: zeros(32) },
    ],
    [
      "an EC key of a curve without a known length",
      { kty: "EC", crv: "secp256k1", x: zeros(31), y: zeros(31) },
    ],
    [
      "an EC key of a curve that is named like a member of objects",
      { kty: "EC", crv: "constructor", x: zeros(31) },
    ],
    ["an EC key whose curve is a list", { kty: "EC", crv: ["P-256"], x: zeros(31), y: zeros(31) }],
    ["an EC key without a curve", { kty: "EC", x: zeros(31), y: zeros(31) }],
    ["a key of another kind that begins with a zero", { kty: "OKP", crv: "P-256", x: bytes(0, 1) }],
    ["an RSA key whose first byte is 4", { kty: "RSA", n: bytes(4, 0), e: "AQAB" }],
    ["an RSA key whose first byte has its first bit set", { kty: "RSA", n: bytes(0x80), e: "AQAB" }],
    ["an RSA key with zeros inside", { kty: "RSA", n: `AQAA${"AAAA"}`, e: "AQAB" }],
  ])("holds for %s", (_, jwk) => {
    expect(isSpelledOnce(jwk)).toBe(true);
  });

  test.each([
    ["a number in place of a text", { kty: "RSA", n: RSA.n, e: 65_537 }],
    ["padding", { kty: "RSA", n: RSA.n, e: "AQ==" }],
    ["spare bits", { kty: "OKP", crv: "Ed25519", x: "AB" }],
    ["an RSA modulus that begins with a zero", { kty: "RSA", n: bytes(0, 0xff, 1), e: "AQAB" }],
    ["an RSA exponent that begins with a zero", { kty: "RSA", n: RSA.n, e: bytes(0, 1, 0, 1) }],
    ["a coordinate that is too short", { kty: "EC", crv: "P-256", x: zeros(31), y: zeros(32) }],
    ["a coordinate that is too long", { kty: "EC", crv: "P-256", x: zeros(32), y: zeros(33) }],
    ["a coordinate of another curve", { kty: "EC", crv: "P-384", x: zeros(48), y: zeros(32) }],
    ["a coordinate of P-521 that is too short", { kty: "EC", crv: "P-521", x: zeros(65), y: zeros(66) }],
  ])("does not hold for a key with %s", (_, jwk) => {
    expect(isSpelledOnce(jwk)).toBe(false);
  });
});

test("the thumbprint of an EC key depends on its curve and coordinates alone", () => {
  const jwk = { kty: "EC", crv: "P-256", x: "AQ", y: "Ag" };
  const thumbprint = jwkThumbprint(jwk);
  expect(thumbprint).toMatch(/^[\w-]{43}$/);
  expect(jwkThumbprint({ ...jwk, kid: "a", alg: "ES256", use: "sig" })).toBe(thumbprint);
  for (const other of [{ crv: "P-384" }, { x: "Ag" }, { y: "AQ" }]) {
    expect(jwkThumbprint({ ...jwk, ...other })).not.toBe(thumbprint);
  }
  for (const name of ["crv", "x", "y"]) expect(jwkThumbprint({ ...jwk, [name]: undefined })).toBeUndefined();
});
