import { PRODUCTS } from "../../../verification/issuers/products.ts";
import { type TokenRules, validateClaims, validateType } from "../../../verification/token/token-claims.ts";

const NOW = 1_790_000_000;
const rules: TokenRules = {
  issuer: "https://issuer.example",
  audience: ["api", "api-2"],
  profile: "generic",
  tokenUse: "access",
  leeway: 5,
};
const good = { iss: "https://issuer.example", aud: "api", iat: NOW - 10, exp: NOW + 10 };
const validate = (claims: object, change: Partial<TokenRules> = {}, now = NOW) =>
  validateClaims({ ...good, ...claims }, { ...rules, ...change }, now);

describe("validateType", () => {
  test.each([
    [undefined, "generic", undefined],
    ["JWT", "generic", undefined],
    ["at+jwt", "generic", undefined],
    ["application/AT+JWT", "generic", undefined],
    ["dpop+jwt", "generic", "token-use-mismatch"],
    ["", "generic", "token-use-mismatch"],
    ["at+jwt", "rfc9068", undefined],
    ["application/at+jwt", "rfc9068", undefined],
    ["JWT", "rfc9068", "token-use-mismatch"],
    [undefined, "rfc9068", "token-use-mismatch"],
    [7, "generic", "token-malformed"],
    [null, "rfc9068", "token-malformed"],
  ] as const)("of a header with typ %j answers under the profile %s: %s", (typ, profile, refused) => {
    expect(validateType(typ, { ...rules, profile })).toBe(refused);
  });
});

describe("validateClaims", () => {
  test("accepts a token of the issuer for one of the audiences, in its time", () => {
    expect(validate({})).toBeUndefined();
    expect(validate({ aud: ["other", "api-2"] })).toBeUndefined();
  });

  test.each([
    ["another issuer", { iss: "https://issuer.example/" }],
    ["no issuer", { iss: undefined }],
  ])("refuses a token of %s", (_, claims) => {
    expect(validate(claims)).toBe("issuer-unknown");
  });

  test.each([
    ["without aud", undefined],
    ["with an empty list of audiences", []],
    ["for another audience", "other"],
  ])("refuses a token %s for its audience, under either profile", (_, aud) => {
    const claims = { sub: "alice", jti: "j", client_id: "web", aud };
    expect(validate(claims)).toBe("audience-mismatch");
    expect(validate(claims, { profile: "rfc9068" })).toBe("audience-mismatch");
  });

  test.each(["exp", "iat"])("refuses a token without %s", (name) => {
    expect(validate({ [name]: undefined })).toBe("token-claims-invalid");
  });

  test("asks under RFC 9068 for the claims that the RFC requires", () => {
    const claims = { sub: "alice", jti: "j", client_id: "web" };
    expect(validate(claims, { profile: "rfc9068" })).toBeUndefined();
    for (const name of ["exp", "iat", "sub", "jti", "client_id"]) {
      expect(validate({ ...claims, [name]: undefined }, { profile: "rfc9068" })).toBe("token-claims-invalid");
    }
  });

  test.each(["sub", "client_id", "azp", "jti", "token_use"])(
    "refuses a %s that is no text or empty",
    (name) => {
      expect(validate({ [name]: "x" })).toBeUndefined();
      for (const value of [7, "", null, ["x"]])
        expect(validate({ [name]: value })).toBe("token-claims-invalid");
    },
  );

  test.each(["exp", "iat", "nbf", "auth_time"])("refuses a %s that is no moment", (name) => {
    for (const value of ["1790000000", -1, 1e11, null, Number.NaN]) {
      expect(validate({ [name]: value })).toBe("token-claims-invalid");
    }
  });

  test("takes the first second of all and the last one that policies can hold for moments", () => {
    expect(validate({ nbf: 0, auth_time: 0 })).toBeUndefined();
    expect(validate({ exp: 1e11 - 1 })).toBeUndefined();
  });

  test.each([
    ["empty", ""],
    ["a list with a number", ["api", 7]],
    ["a list with an empty text", ["api", ""]],
    ["a map", { 0: "api" }],
    ["a number", 7],
    ["null", null],
  ])("refuses an audience that is %s", (_, aud) => {
    expect(validate({ aud })).toBe("token-claims-invalid");
  });

  test.each(["htm", "htu", "ath", "events", "toe", "token_introspection"])(
    "refuses a token of another kind, which has %s, also of a product with its own form",
    (name) => {
      expect(validate({ [name]: undefined })).toBe("token-use-mismatch");
      const tokens = { required: [], validate: () => undefined };
      expect(validate({ [name]: "x" }, { tokens })).toBe("token-use-mismatch");
      expect(validate({}, { tokens })).toBeUndefined();
    },
  );

  test("lets a product with its own form decide which claims it needs, and whom the token is for", () => {
    const tokens = {
      required: ["pool"],
      validate: ({ pool }: Readonly<Record<string, unknown>>) =>
        pool === "p" ? undefined : ("audience-mismatch" as const),
    };
    expect(validate({ aud: undefined }, { tokens })).toBe("token-claims-invalid");
    expect(validate({ aud: undefined, pool: "q" }, { tokens })).toBe("audience-mismatch");
    expect(validate({ aud: undefined, pool: "p" }, { tokens })).toBeUndefined();
    expect(validate({ aud: undefined, pool: "p", exp: undefined }, { tokens })).toBe("token-expired");
    expect(validate({ aud: undefined, pool: "p", iat: undefined }, { tokens })).toBe("token-not-yet-valid");
  });

  test.each(["at_hash", "c_hash"])("refuses an ID token, which has %s", (name) => {
    expect(validate({ [name]: "x" }, { accessTypes: ["Bearer"] })).toBe("token-use-mismatch");
    expect(validate({ [name]: "x", typ: "Bearer" }, { accessTypes: ["Bearer"] })).toBe("token-use-mismatch");
  });

  test.each(Object.values(PRODUCTS).flatMap(({ payloadTypes }) => payloadTypes?.other ?? []))(
    "refuses a token whose typ is %s, whatever the preset and letter case",
    (typ) => {
      expect(validate({ typ })).toBe("token-use-mismatch");
      expect(validate({ typ: typ.toUpperCase() })).toBe("token-use-mismatch");
    },
  );

  test.each([
    ["a nonce, where no types are known", { nonce: "n" }, undefined, "token-use-mismatch"],
    [
      "a nonce and a type, where no types are known",
      { nonce: "n", typ: "Bearer" },
      undefined,
      "token-use-mismatch",
    ],
    ["a type, where no types are known", { typ: "Bearer" }, undefined, undefined],
    ["a nonce without a type, where types are known", { nonce: "n" }, ["Bearer"], "token-use-mismatch"],
    ["neither, where types are known", {}, ["Bearer"], undefined],
    ["a nonce and an access token's type", { nonce: "n", typ: "Bearer" }, ["Bearer"], undefined],
    ["a type that is not one of an access token", { typ: "bearer" }, ["Bearer"], "token-use-mismatch"],
    ["a type that is no text", { typ: 7 }, ["Bearer"], "token-use-mismatch"],
  ] as const)("tells ID tokens by %s", (_, claims, accessTypes, refused) => {
    expect(validate(claims, accessTypes && { accessTypes })).toBe(refused);
  });

  test("refuses a token for another audience, and one whose audience merely holds the name", () => {
    for (const aud of ["other", ["other", "another"], "api api-2", "API"]) {
      expect(validate({ aud })).toBe("audience-mismatch");
    }
  });

  test.each([
    ["a moment before it expires, leeway included", {}, {}, NOW + 14.9, undefined],
    ["when it expires, leeway included", {}, {}, NOW + 15, "token-expired"],
    ["as early as the leeway lets it begin", { nbf: NOW + 5 }, {}, NOW, undefined],
    ["earlier than the leeway lets it begin", { nbf: NOW + 5.1 }, {}, NOW, "token-not-yet-valid"],
    ["that was issued as far ahead as the leeway", { iat: NOW + 5 }, {}, NOW, undefined],
    ["that was issued further ahead", { iat: NOW + 5.1 }, {}, NOW, "token-not-yet-valid"],
    ["whose user authenticated as far ahead as the leeway", { auth_time: NOW + 5 }, {}, NOW, undefined],
    ["whose user authenticated further ahead", { auth_time: NOW + 5.1 }, {}, NOW, "token-not-yet-valid"],
    ["younger than the greatest age", {}, { maxTokenAge: 10 }, NOW + 4.9, undefined],
    ["of the greatest age, leeway included", {}, { maxTokenAge: 10 }, NOW + 5, "token-too-old"],
  ] as const)("judges a token %s", (_, claims, change, now, refused) => {
    expect(validate(claims, change, now)).toBe(refused);
  });
});
