import { type ClaimPreset, claimMapping } from "../../../domain/evidence/claim-mapping.ts";
import { readClaims } from "../../../domain/evidence/read-claims.ts";

const times = { iat: 1_790_000_000, exp: 1_790_003_600 };
const read = (claims: object, preset: ClaimPreset = "oidc", overrides = {}) =>
  readClaims("https://issuer.example", { ...times, ...claims }, claimMapping(preset, overrides));

/** A user's token, but for the user's name */
const CHOSEN = { sub: "u", azp: "web", preferred_username: "service-account-web" };

describe("readClaims", () => {
  test.each<[ClaimPreset, object]>([
    [
      "oidc",
      {
        sub: "u1",
        roles: ["admin"],
        sid: "s1",
        device_id: "d1",
        device_trust_level: "low",
        amr: ["pwd", "mfa"],
        scope: "a b",
        client_id: "c1",
      },
    ],
    [
      "cognito",
      {
        sub: "u1",
        "cognito:groups": ["admin"],
        origin_jti: "s1",
        device_key: "d1",
        "custom:device_trust_level": "low",
        amr: ["mfa"],
        scope: "a b",
        client_id: "c1",
      },
    ],
    [
      "entra",
      {
        sub: "pairwise",
        oid: "u1",
        roles: ["admin"],
        sid: "s1",
        deviceid: "d1",
        device_trust_level: "low",
        amr: ["mfa"],
        scp: "a b",
        azp: "c1",
      },
    ],
    [
      "okta",
      {
        sub: "u@example.com",
        uid: "u1",
        groups: ["admin"],
        sid: "s1",
        device_id: "d1",
        device_trust_level: "low",
        amr: ["mfa"],
        scp: ["a", "b"],
        cid: "c1",
      },
    ],
    [
      "auth0",
      {
        sub: "u1",
        "https://sallyport/roles": ["admin"],
        sid: "s1",
        "https://sallyport/device_id": "d1",
        "https://sallyport/device_trust_level": "low",
        "https://sallyport/amr": ["mfa"],
        scope: "a b",
        azp: "c1",
      },
    ],
    [
      "keycloak",
      {
        sub: "u1",
        realm_access: { roles: ["admin"] },
        sid: "s1",
        device_id: "d1",
        device_trust_level: "low",
        amr: ["mfa"],
        scope: "a b",
        azp: "c1",
      },
    ],
  ])("finds everything where %s keeps it", (preset, claims) => {
    expect(read(claims, preset)).toEqual({
      status: "verified",
      kind: "user",
      proofs: [],
      issuer: "https://issuer.example",
      subject: "u1",
      roles: ["admin"],
      scopes: ["a", "b"],
      clientId: "c1",
      sessionId: "s1",
      deviceId: "d1",
      claimedDeviceTrust: "low",
      mfa: true,
      issuedAt: times.iat,
      expiresAt: times.exp,
    });
  });

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

  test.each<[ClaimPreset, object, string]>([
    ["oidc", { sub: "job", client_id: "job" }, "job"],
    [
      "cognito",
      { sub: "3n4b5urk1ft4fl3mg5e62d9ado", client_id: "3n4b5urk1ft4fl3mg5e62d9ado" },
      "3n4b5urk1ft4fl3mg5e62d9ado",
    ],
    ["entra", { sub: "o1", oid: "o1", azp: "job", idtyp: "app" }, "o1"],
    ["okta", { sub: "0oa1", cid: "0oa1" }, "0oa1"],
    ["auth0", { sub: "job@clients", azp: "job" }, "job@clients"],
    [
      "keycloak",
      { sub: "s1", azp: "job", client_id: "job", preferred_username: "service-account-job" },
      "s1",
    ],
    ["keycloak", { sub: "s1", azp: "job", clientId: "job", preferred_username: "service-account-job" }, "s1"],
  ])("tells a service of %s, for which nobody signed in", (preset, claims, subject) => {
    const factors = { amr: ["mfa"], "https://sallyport/amr": ["mfa"] };
    expect(read({ ...claims, ...factors }, preset)).toMatchObject({ kind: "service", subject, mfa: false });
  });

  test.each<[string, ClaimPreset, object]>([
    ["whose subject only begins like the client", "oidc", { sub: "job2", client_id: "job" }],
    ["of no client", "oidc", { sub: "job" }],
    ["named like the sign itself", "oidc", { sub: "{client}" }],
    [
      "of another client's service account",
      "keycloak",
      { sub: "u", azp: "web", client_id: "web", preferred_username: "service-account-job" },
    ],
    ["whose name a user chose", "keycloak", CHOSEN],
    ["whose client's own claim names another", "keycloak", { ...CHOSEN, client_id: "job" }],
    ["of a session", "keycloak", { ...CHOSEN, client_id: "web", sid: "s1" }],
    ["of somebody who signed in", "keycloak", { ...CHOSEN, clientId: "web", auth_time: 1_789_999_000 }],
    ["of another type", "entra", { sub: "u", oid: "u", azp: "job", idtyp: "user" }],
    ["whose sign is a list", "entra", { sub: "u", oid: "u", idtyp: ["app"] }],
  ])("takes a token %s for a user's", (_, preset, claims) => {
    expect(read(claims, preset)).toMatchObject({ kind: "user" });
  });

  test("asks a user of okta for an id although a service has none", () => {
    expect(read({ sub: "u@example.com", cid: "0oa1" }, "okta")).toBeUndefined();
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

    test("takes conditions of its own", () => {
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

    test("does not take a client that nobody names for one that a condition names", () => {
      expect(kind({ ...job, azp: undefined })).toBe("user");
    });
  });

  test("does not find claims on the prototype", () => {
    expect(read({ sub: "u" }, "oidc", { session: "constructor", roles: ["toString", "name"] })).toMatchObject(
      { roles: [] },
    );
  });
});
