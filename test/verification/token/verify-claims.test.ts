import { trustIssuers } from "../../../verification/token/trusted-issuers.ts";
import { verifyClaims } from "../../../verification/token/verify-claims.ts";

const NOW = 1_790_000_000;
const ISSUER = "https://issuer.example";
const trusted = (boundTokens?: "refused") => {
  const settings = {
    preset: "oidc",
    issuer: ISSUER,
    audience: ["api"],
    ...(boundTokens && { boundTokens }),
  } as const;
  const issuer = trustIssuers([settings], () => ({}) as never).get(ISSUER);
  if (issuer === undefined) throw new Error("the issuer is not trusted");
  return issuer;
};
const good = { iss: ISSUER, aud: "api", sub: "alice", iat: NOW - 10, exp: NOW + 10 };
const verify = (claims: object, issuer = trusted(), now = NOW) =>
  verifyClaims({ ...good, ...claims }, issuer, now * 1000);
const refused = (reason: string) => ({ status: "unverified", reason });
const [JKT, X5T] = ["j".repeat(43), "x".repeat(43)];

describe("verifyClaims", () => {
  test("reads a token that is bound to nothing as one without a binding", () => {
    expect(verify({})).toMatchObject({ status: "verified", issuer: ISSUER, subject: "alice" });
    expect(verify({})).not.toHaveProperty("binding");
  });

  test("takes the clock in milliseconds", () => {
    expect(verify({}, trusted(), NOW + 14.9)).toMatchObject({ status: "verified" });
    expect(verify({}, trusted(), NOW + 15)).toEqual(refused("token-expired"));
  });

  test("refuses claims of the wrong type that only the mapping reads", () => {
    expect(verify({ roles: [7] })).toEqual(refused("token-claims-invalid"));
  });

  test.each([
    ["a DPoP key", { jkt: JKT }, { jkt: JKT }],
    ["a certificate", { "x5t#S256": X5T }, { x5t: X5T }],
    ["both", { jkt: JKT, "x5t#S256": X5T }, { jkt: JKT, x5t: X5T }],
  ])("reads the binding to %s", (_, cnf, binding) => {
    const token = verify({ cnf });
    expect(token).toMatchObject({ status: "verified" });
    expect("binding" in token && token.binding).toStrictEqual(binding);
  });

  test.each([
    ["null", null],
    ["a text", JKT],
    ["a list", [JKT]],
    ["empty", {}],
    ["of another member", { kid: "k" }],
    ["of a thumbprint that is too short", { jkt: "j".repeat(42) }],
    ["of a thumbprint that is too long", { jkt: "j".repeat(44) }],
    ["of a thumbprint with a character outside base64url", { jkt: `${"j".repeat(42)}+` }],
    ["of a thumbprint that is a number", { jkt: 7 }],
    ["of a thumbprint in a list", { jkt: [JKT] }],
    ["of a certificate's thumbprint that is too short", { "x5t#S256": "x" }],
    ["of a good key and a bad certificate", { jkt: JKT, "x5t#S256": null }],
    ["of a bad key and a good certificate", { jkt: null, "x5t#S256": X5T }],
  ])("refuses a binding that is %s", (_, cnf) => {
    expect(verify({ cnf })).toEqual(refused("binding-not-supported"));
  });

  test.each([
    ["Keycloak's private member", { jkt: JKT, "kc-jkt-type": "DPoP" }, { jkt: JKT }],
    ["a member of a later RFC", { "x5t#S256": X5T, "x5t#S512": [7] }, { "x5t#S256": X5T }],
  ])("ignores %s beside a binding that it knows", (_, cnf, known) => {
    expect(verify({ cnf })).toEqual(verify({ cnf: known }));
  });

  test.each([
    ["token_type", "DPoP"],
    ["token_type", "dpop"],
    ["typ", "DPOP"],
  ])("refuses a token that says by %s %s to be bound, without its key", (name, value) => {
    expect(verify({ [name]: value })).toEqual(refused("binding-not-supported"));
    expect(verify({ [name]: value, cnf: { "x5t#S256": X5T } })).toEqual(refused("binding-not-supported"));
    expect(verify({ [name]: value, cnf: { jkt: JKT } })).toMatchObject({ binding: { jkt: JKT } });
  });

  test("takes a token type that is no text, or another word, for no binding", () => {
    expect(verify({ token_type: 7 })).toMatchObject({ status: "verified" });
    expect(verify({ token_type: "Bearer" })).toMatchObject({ status: "verified" });
  });

  test("refuses bound tokens, however they say it, where the issuer's are set to be refused", () => {
    const issuer = trusted("refused");
    for (const claims of [{ cnf: { jkt: JKT } }, { cnf: null }, { token_type: "DPoP" }, { typ: "dpop" }]) {
      expect(verify(claims, issuer)).toEqual(refused("binding-not-accepted"));
    }
    expect(verify({}, issuer)).toMatchObject({ status: "verified" });
  });
});
