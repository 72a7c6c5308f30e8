import type { SignatureAlgorithm } from "../../../domain/evidence/signature-algorithm.ts";
import { trustIssuers } from "../../../verification/issuers/trusted-issuers.ts";

const ISSUER = "https://issuer.example";
const allowed = (algorithms?: readonly SignatureAlgorithm[]) =>
  trustIssuers(
    [{ preset: "oidc", issuer: ISSUER, audience: ["api"], ...(algorithms !== undefined && { algorithms }) }],
    () => ({}) as never,
  ).get(ISSUER)?.algorithms;

test("who allows EdDSA, or says nothing, allows Ed25519; who allows Ed25519 does not allow EdDSA of any curve", () => {
  expect(allowed()).toEqual(["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]);
  expect(allowed(["EdDSA"])).toEqual(["EdDSA", "Ed25519"]);
  expect(allowed(["Ed25519"])).toEqual(["Ed25519"]);
  expect(allowed(["ES256"])).toEqual(["ES256"]);
});
