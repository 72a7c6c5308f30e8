import { calculateJwkThumbprint } from "jose";
import { jwkThumbprint } from "../../../verification/jws/thumbprint.ts";
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
