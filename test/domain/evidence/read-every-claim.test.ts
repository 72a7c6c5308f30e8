import type { ClaimMapping } from "../../../domain/evidence/claim-mapping.ts";
import { readClaims } from "../../../domain/evidence/read-claims.ts";

const mapping: ClaimMapping = {
  subject: "oid",
  roles: ["realm", "roles"],
  session: "sid",
  deviceId: "device",
  deviceTrust: "trust",
  mfa: { claim: "amr", values: ["mfa", true] },
  risk: "risk",
  scopes: "scope",
  client: "azp",
  service: { claim: "kind", values: ["app"] },
};
const required = { oid: "alice", iat: 1000, exp: 2000 };
const read = (claims: object) => readClaims("https://issuer.example", { ...required, ...claims }, mapping);
const bare = {
  status: "verified",
  kind: "user",
  issuer: "https://issuer.example",
  subject: "alice",
  roles: [],
  scopes: [],
  claimedDeviceTrust: "unknown",
  mfa: false,
  issuedAt: 1000,
  expiresAt: 2000,
};

describe("readClaims", () => {
  test("leaves out what a token does not say", () => {
    expect(read({})).toStrictEqual(bare);
  });

  test.each([
    ["the token's id", { jti: "j" }, { tokenId: "j" }],
    ["the client", { azp: "web" }, { clientId: "web" }],
    ["the session", { sid: "s" }, { sessionId: "s" }],
    ["the device", { device: "d" }, { deviceId: "d" }],
    ["when the user authenticated, in whole seconds", { auth_time: 900.9 }, { authenticatedAt: 900 }],
    ["from when the token counts", { nbf: 0 }, { notBefore: 0 }],
    ["a risk, rounded up", { risk: 12.1 }, { claimedRisk: 13 }],
    ["the least risk", { risk: 0 }, { claimedRisk: 0 }],
    ["the greatest risk", { risk: 100 }, { claimedRisk: 100 }],
    ["roles, from a nested claim", { realm: { roles: ["a", "b"] } }, { roles: ["a", "b"] }],
    ["one role as a text, blanks and all", { realm: { roles: "a b" } }, { roles: ["a b"] }],
    ["scopes of one text", { scope: " a  b " }, { scopes: ["a", "b"] }],
    ["scopes of a list", { scope: ["a b", "c"] }, { scopes: ["a b", "c"] }],
    ["trust in the device", { trust: "High" }, { claimedDeviceTrust: "high" }],
    [
      "trust in the device, as the first of several words",
      { trust: ["low", "high"] },
      { claimedDeviceTrust: "low" },
    ],
    ["several factors among other words", { amr: ["pwd", "mfa"] }, { mfa: true }],
    ["several factors as one text", { amr: "mfa" }, { mfa: true }],
    ["several factors as a boolean", { amr: true }, { mfa: true }],
    ["one factor as a boolean", { amr: false }, { mfa: false }],
  ])("reads %s", (_, claims, said) => {
    expect(read(claims)).toStrictEqual({ ...bare, ...said });
  });

  test.each(["jti", "azp", "sid", "device"])("takes a %s that is null or empty for none", (name) => {
    expect(read({ [name]: null })).toStrictEqual(bare);
    expect(read({ [name]: "" })).toStrictEqual(bare);
  });

  test.each(["jti", "azp", "sid", "device", "oid"])(
    "refuses a %s that is no plain text of 255 characters",
    (name) => {
      for (const value of [7, ["x"], "x".repeat(256), "a\u0000b", "a\u007fb", "a\ud800b"]) {
        expect(read({ [name]: value })).toBeUndefined();
      }
      expect(read({ [name]: "x".repeat(255) })).toBeDefined();
    },
  );

  test("refuses a subject that is empty, null or missing", () => {
    for (const oid of ["", null, undefined]) expect(read({ oid })).toBeUndefined();
  });

  test("knows a service without a user's name by `sub`, and a user by nothing but their own claim", () => {
    expect(read({ oid: undefined, sub: "s", kind: "app" })).toMatchObject({ kind: "service", subject: "s" });
    expect(read({ oid: undefined, sub: "s", kind: "user" })).toBeUndefined();
    expect(read({ sub: "s", kind: "app" })).toMatchObject({ kind: "service", subject: "alice" });
  });

  test("takes no factors of a service, whatever its token says", () => {
    expect(read({ kind: "app", amr: "mfa" })).toMatchObject({ kind: "service", mfa: false });
  });

  test.each([
    ["a role of 257 characters", { realm: { roles: ["r".repeat(257)] } }],
    ["a role with a line break", { realm: { roles: ["a\nb"] } }],
    ["201 roles", { realm: { roles: Array.from({ length: 201 }, () => "r") } }],
    ["scopes that are a number", { scope: 7 }],
    ["a path through a text", { realm: "roles" }],
    ["a path through null", { realm: null }],
    ["a path through a list", { realm: [] }],
    ["a risk above 100", { risk: 100.1 }],
    ["a negative risk", { risk: -0.1 }],
    ["a risk that is text", { risk: "12" }],
    ["a risk that is no number", { risk: Number.NaN }],
    ["factors that are a number", { amr: 7 }],
    ["factors that hold a number", { amr: ["mfa", 7] }],
    ["null factors", { amr: null }],
    ["a moment past what the table can hold", { exp: 1e11 }],
    ["a moment that is text", { iat: "1000" }],
    ["a list for a moment", { nbf: [1] }],
    ["a missing iat", { iat: undefined }],
    ["a missing exp", { exp: undefined }],
  ])("refuses %s", (_, claims) => {
    expect(read(claims)).toBeUndefined();
  });

  test("takes 200 roles of 256 characters", () => {
    const roles = Array.from({ length: 200 }, () => "r".repeat(256));
    expect(read({ realm: { roles } })?.roles).toEqual(roles);
  });

  test("lets a fault that is no wrong claim through", () => {
    const broken = { ...mapping, service: undefined as never };
    expect(() => readClaims("https://issuer.example", required, broken)).toThrow(TypeError);
  });
});
