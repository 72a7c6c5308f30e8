import { RawToken } from "../../../domain/evidence/raw-token.ts";
import type { SignatureAlgorithm } from "../../../domain/evidence/signature-algorithm.ts";
import { trustIssuers } from "../../../verification/token/trusted-issuers.ts";
import { verifyToken } from "../../../verification/token/verify-token.ts";
import { tokenIssuer } from "../../support/verification/token-issuer.ts";

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

test("one of several audiences in a token is enough", async () => {
  const { verifier, sign } = await tokenIssuer({ audience: ["https://a.example", "https://b.example"] });
  const verify = async (aud: string | string[]) => {
    const token = new RawToken(await sign({ aud }));
    return verifyToken({ status: "bearer", scheme: "Bearer", token }, verifier, Date.now());
  };
  expect(await verify(["https://other.example", "https://b.example"])).toMatchObject({ status: "verified" });
  expect(await verify("https://a.example")).toMatchObject({ status: "verified" });
  expect(await verify(["https://other.example"])).toMatchObject({ reason: "audience-mismatch" });
  expect(await verify("https://a.example https://b.example")).toMatchObject({ reason: "audience-mismatch" });
});
