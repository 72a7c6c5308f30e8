import { readClaims } from "../../../domain/evidence/read-claims.ts";
import { claimsOf, type IssuerPreset } from "../../../verification/issuers/products.ts";

const times = { iat: 1_790_000_000, exp: 1_790_003_600 };
const read = (claims: object, preset: IssuerPreset = "oidc", overrides = {}) =>
  readClaims("https://issuer.example", { ...times, ...claims }, claimsOf(preset, overrides));

describe("readClaims", () => {
  test("reads overridden and nested claims", () => {
    const overrides = {
      roles: ["resource_access", "my.app", "roles"],
      mfa: { claim: "acr", values: ["gold"] },
    };
    expect(
      read(
        { sub: "u1", resource_access: { "my.app": { roles: ["r"] } }, acr: "gold" },
        "keycloak",
        overrides,
      ),
    ).toMatchObject({
      roles: ["r"],
      mfa: true,
    });
  });

  test.each([
    ["one factor", ["pwd"]],
    ["one factor that is an OTP", ["otp"]],
    ["a word that holds another", "mfa-not"],
    ["nothing", undefined],
  ])("does not take %s for several factors", (_, amr) => {
    expect(read({ sub: "u1", ...(amr !== undefined && { amr }) })).toMatchObject({ mfa: false });
  });

  test.each([
    ["a subject with a line break", { sub: "a\nb" }],
    ["a subject of 256 characters", { sub: "x".repeat(256) }],
    ["more roles than anyone has", { sub: "u", roles: Array.from({ length: 201 }, () => "r") }],
    ["a role that is a number", { sub: "u", roles: ["a", 7] }],
    ["a null role", { sub: "u", roles: null }],
    ["a path through a list", { sub: "u", realm_access: [], roles: undefined }],
    ["a time that is text", { sub: "u", auth_time: "yesterday" }],
    ["a negative time", { sub: "u", auth_time: -1 }],
    ["a risk that is text", { sub: "u", risk_score: "0" }],
  ])("refuses %s rather than leaving it out", (name, claims) => {
    expect(read(claims, name.includes("path") ? "keycloak" : "oidc")).toBeUndefined();
  });

  test("tells a service by a claim of the deployment's own", () => {
    const overrides = { service: { claim: ["act", "kind"], values: [true] } };
    expect(read({ sub: "u", act: { kind: true } }, "oidc", overrides)).toMatchObject({ kind: "service" });
    expect(read({ sub: "u", client_id: "u" }, "oidc", overrides)).toMatchObject({ kind: "user" });
  });

  describe("with a sign of a service of the deployment's own in Keycloak", () => {
    const service = { claim: "gty", values: ["client-credentials"] };
    const job = { sub: "s1", azp: "job", gty: "client-credentials" };
    const kind = (claims: object, own: object = {}) =>
      read(claims, "keycloak", { service: { ...service, ...own } })?.kind;

    test("keeps the conditions of the preset", () => {
      expect(kind({ ...job, client_id: "job" })).toBe("service");
      expect(kind({ ...job, clientId: "job" })).toBe("service");
      expect(kind(job)).toBe("user");
      expect(kind({ ...job, client_id: "other" })).toBe("user");
      expect(kind({ ...job, client_id: "job", sid: "s" })).toBe("user");
      expect(kind({ ...job, client_id: "job", auth_time: 1_789_999_000 })).toBe("user");
    });

    test("takes its own conditions", () => {
      expect(kind({ ...job, owner: { client: "job" } }, { clientIn: [["owner", "client"]] })).toBe("service");
      expect(kind({ ...job, client_id: "job" }, { clientIn: [["owner", "client"]] })).toBe("user");
      expect(kind({ ...job, client_id: "job", sid: "s" }, { without: ["email"] })).toBe("service");
      expect(kind({ ...job, client_id: "job", email: "e" }, { without: ["email"] })).toBe("user");
    });

    test("leaves out conditions whose list is empty, and those alone", () => {
      expect(kind(job, { clientIn: [] })).toBe("service");
      expect(kind({ ...job, sid: "s" }, { clientIn: [] })).toBe("user");
      expect(kind({ ...job, client_id: "job", sid: "s" }, { without: [] })).toBe("service");
      expect(kind({ ...job, sid: "s" }, { without: [] })).toBe("user");
    });

    test("does not take an absent client for one that a condition names", () => {
      expect(kind({ ...job, azp: undefined })).toBe("user");
    });
  });

  test("does not find claims on the prototype", () => {
    expect(read({ sub: "u" }, "oidc", { session: "constructor", roles: ["toString", "name"] })).toMatchObject(
      { roles: [] },
    );
  });
});
