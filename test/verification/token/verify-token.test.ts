import { generateKeyPair, SignJWT } from "jose";
import { RawToken } from "../../../domain/evidence/raw-token.ts";
import { verifyToken } from "../../../verification/token/verify-token.ts";
import { AUDIENCE, ISSUER, seconds, tokenIssuer } from "../../support/verification/token-issuer.ts";

type Issuer = Awaited<ReturnType<typeof tokenIssuer>>;
let issuer: Issuer;
const bearer = (token: string) =>
  ({ status: "bearer", scheme: "Bearer", token: new RawToken(token) }) as const;
const verify = (token: string, { verifier } = issuer) => verifyToken(bearer(token), verifier, Date.now());
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

beforeAll(async () => {
  issuer = await tokenIssuer();
});

describe("verifyToken", () => {
  test("reads the identity of a good token", async () => {
    const token = await issuer.sign({
      roles: ["admin", "reader"],
      sid: "session-1",
      device_id: "laptop-7",
      device_trust_level: "HIGH",
      amr: ["pwd", "mfa"],
      auth_time: seconds() - 60,
      scope: "read write",
      client_id: "web",
      risk_score: 12,
    });
    expect(await verify(token)).toEqual({
      status: "verified",
      kind: "user",
      issuer: ISSUER,
      subject: "alice",
      roles: ["admin", "reader"],
      scopes: ["read", "write"],
      clientId: "web",
      sessionId: "session-1",
      deviceId: "laptop-7",
      claimedDeviceTrust: "high",
      mfa: true,
      authenticatedAt: expect.any(Number),
      issuedAt: expect.any(Number),
      expiresAt: expect.any(Number),
      claimedRisk: 12,
    });
  });

  test("says only what the token says", async () => {
    const identity = await verify(await issuer.sign());
    expect(identity).toMatchObject({
      status: "verified",
      kind: "user",
      roles: [],
      scopes: [],
      mfa: false,
      claimedDeviceTrust: "unknown",
    });
    expect(identity).not.toHaveProperty("sessionId");
    expect(identity).not.toHaveProperty("claimedRisk");
  });

  test.each<[string, () => Promise<string>, string]>([
    ["expired", () => issuer.sign({ exp: seconds() - 6 }), "token-expired"],
    ["not valid yet", () => issuer.sign({ nbf: seconds() + 60 }), "token-not-yet-valid"],
    ["issued in the future", () => issuer.sign({ iat: seconds() + 60 }), "token-not-yet-valid"],
    ["that is a logout token without its type", () => issuer.sign({ events: {} }), "token-use-mismatch"],
    ["for another audience", () => issuer.sign({ aud: "https://other.example" }), "audience-mismatch"],
    ["without an audience", () => issuer.sign({ aud: null as never }), "audience-mismatch"],
    ["of another issuer", () => issuer.sign({ iss: "https://evil.example" }), "issuer-unknown"],
    ["of the issuer with a slash more", () => issuer.sign({ iss: `${ISSUER}/` }), "issuer-unknown"],
    ["without an issuer", () => issuer.sign({ iss: null as never }), "issuer-unknown"],
    ["without an expiry", () => issuer.sign({ exp: null as never }), "token-claims-invalid"],
    ["that never expires", () => issuer.sign({ exp: 1e300 }), "token-claims-invalid"],
    ["without a time of issue", () => issuer.sign({ iat: null as never }), "token-claims-invalid"],
    ["without a subject", () => issuer.sign({ sub: null as never }), "token-claims-invalid"],
    ["with an empty subject", () => issuer.sign({ sub: "" }), "token-claims-invalid"],
    ["with a subject that is a list", () => issuer.sign({ sub: ["alice"] as never }), "token-claims-invalid"],
    ["with roles that are a map", () => issuer.sign({ roles: { admin: true } }), "token-claims-invalid"],
    ["with a session that is a number", () => issuer.sign({ sid: 7 }), "token-claims-invalid"],
    ["with a risk out of range", () => issuer.sign({ risk_score: -1 }), "token-claims-invalid"],
    ["with amr that is a map", () => issuer.sign({ amr: { mfa: true } }), "token-claims-invalid"],
    ["with a critical extension", () => issuer.sign({}, { crit: ["b64"], b64: true }), "token-malformed"],
    ["that is a DPoP proof", () => issuer.sign({}, { typ: "dpop+jwt" }), "token-use-mismatch"],
    ["that is a logout token", () => issuer.sign({}, { typ: "logout+jwt" }), "token-use-mismatch"],
    ["bound to nothing known", () => issuer.sign({ cnf: { jkt: "x" } }), "binding-not-supported"],
    ["of an unknown key", () => issuer.sign({}, { kid: "key-2" }), "token-key-unknown"],
  ])("refuses a token %s", async (_, make, reason) => {
    expect(await verify(await make())).toEqual({ status: "unverified", reason });
  });

  test.each([
    ["nothing of a JWT", "garbage", "token-malformed"],
    ["two parts", "a.b", "token-malformed"],
    ["a header that is a list", `${encode([])}.${encode({})}.x`, "token-malformed"],
    [
      "a payload of invalid UTF-8",
      `${encode({ alg: "RS256" })}.${Buffer.from([0x7b, 0xff, 0x7d]).toString("base64url")}.x`,
      "token-malformed",
    ],
    [
      "alg none",
      `${encode({ alg: "none" })}.${encode({ iss: ISSUER, sub: "alice" })}.`,
      "token-algorithm-not-allowed",
    ],
    [
      "alg HS256",
      `${encode({ alg: "HS256", kid: "key-1" })}.${encode({ iss: ISSUER })}.eA`,
      "token-algorithm-not-allowed",
    ],
    ["no alg", `${encode({})}.${encode({ iss: ISSUER })}.eA`, "token-malformed"],
    [
      "a kid that is null",
      `${encode({ alg: "RS256", kid: null })}.${encode({ iss: ISSUER })}.eA`,
      "token-malformed",
    ],
    [
      "no kid and a bad signature",
      `${encode({ alg: "RS256" })}.${encode({ iss: ISSUER })}.eA`,
      "token-signature-invalid",
    ],
  ])("refuses %s", async (_, token, reason) => {
    expect(await verify(token)).toEqual({ status: "unverified", reason });
  });

  test("refuses another key's signature and a changed payload", async () => {
    const other = await generateKeyPair("RS256");
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: "alice", iat: seconds(), exp: seconds() + 60 };
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", kid: "key-1" })
      .sign(other.privateKey);
    expect(await verify(forged)).toEqual({ status: "unverified", reason: "token-signature-invalid" });
    const [header, , signature] = (await issuer.sign()).split(".");
    const changed = `${header}.${encode({ ...claims, sub: "root" })}.${signature}`;
    expect(await verify(changed)).toEqual({ status: "unverified", reason: "token-signature-invalid" });
  });

  test("turns a signature of the wrong length into a reason, not an exception", async () => {
    const ec = await tokenIssuer({}, "ES256");
    const [header, payload] = (await ec.sign()).split(".");
    expect(await verify(`${header}.${payload}.AAAA`, ec)).toEqual({
      status: "unverified",
      reason: "token-signature-invalid",
    });
  });

  test("says that the identity provider is not to be had, and tries it no more than once per brake period", async () => {
    const down = await tokenIssuer();
    down.keySet.current = undefined;
    const token = await down.sign();
    for (let attempt = 0; attempt < 20; attempt++) {
      expect(await verify(token, down)).toEqual({
        status: "unverified",
        reason: "identity-provider-unavailable",
      });
    }
    expect(down.keySet.fetches).toBe(1);
    expect(down.failures).toHaveLength(1);
  });

  test("keeps serving known keys when the endpoint goes down, and costs one fetch for a flood of unknown key ids", async () => {
    const rotating = await tokenIssuer();
    expect(await verify(await rotating.sign(), rotating)).toMatchObject({ status: "verified" });
    const unknown = await rotating.sign({}, { kid: "key-9" });
    for (let attempt = 0; attempt < 20; attempt++) {
      expect(await verify(unknown, rotating)).toEqual({ status: "unverified", reason: "token-key-unknown" });
    }
    expect(rotating.keySet.fetches).toBe(2);
    rotating.keySet.current = undefined;
    expect(await verify(await rotating.sign(), rotating)).toMatchObject({ status: "verified" });
  });

  test("checks client id and token use of Cognito tokens", async () => {
    const pool = await tokenIssuer({ preset: "cognito", audience: ["client-1"], tokenUse: "access" });
    const sign = (claims: object) =>
      pool.sign(
        { aud: null as never, token_use: "access", client_id: "client-1", jti: "j-1", ...claims },
        { typ: "JWT" },
      );
    expect(await verify(await sign({ "cognito:groups": ["admin"], origin_jti: "s-1" }), pool)).toMatchObject({
      status: "verified",
      kind: "user",
      roles: ["admin"],
      sessionId: "s-1",
    });
    expect(await verify(await sign({ client_id: "client-2" }), pool)).toEqual({
      status: "unverified",
      reason: "audience-mismatch",
    });
    expect(await verify(await sign({ token_use: "id" }), pool)).toEqual({
      status: "unverified",
      reason: "token-use-mismatch",
    });
  });

  test("forgives an issuer's clock a few seconds", async () => {
    const token = await issuer.sign({ iat: seconds() + 3, nbf: seconds() + 3, exp: seconds() - 3 });
    expect(await verify(token)).toMatchObject({ status: "verified" });
  });

  test("tries again soon after one failed fetch, and keeps known keys when a set comes without any", async () => {
    const hiccup = await tokenIssuer();
    const keys = hiccup.keySet.current;
    hiccup.keySet.current = undefined;
    const token = await hiccup.sign();
    expect(await verify(token, hiccup)).toMatchObject({ reason: "identity-provider-unavailable" });
    hiccup.keySet.current = keys;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await verify(token, hiccup)).toMatchObject({ status: "verified" });
    hiccup.keySet.current = { keys: [] };
    expect(await verify(await hiccup.sign({}, { kid: "key-2" }), hiccup)).toMatchObject({
      status: "unverified",
    });
    expect(await verify(token, hiccup)).toMatchObject({ status: "verified" });
  });

  test("passes on why credentials were unusable", async () => {
    expect(await verifyToken({ status: "absent" }, issuer.verifier, Date.now())).toEqual({
      status: "unverified",
      reason: "token-missing",
    });
    expect(
      await verifyToken({ status: "unusable", reason: "credentials-ambiguous" }, issuer.verifier, Date.now()),
    ).toEqual({
      status: "unverified",
      reason: "credentials-ambiguous",
    });
  });
});

test("a remembered token whose key was withdrawn ends, though a fetch failed long before and no request came since", async () => {
  const start = Date.now();
  const clock = jest.spyOn(Date, "now").mockImplementation(() => start);
  try {
    const { verifier, sign, keySet, failures } = await tokenIssuer();
    const token = new RawToken(await sign({ exp: start / 1000 + 90_000 }));
    const verify = () => verifyToken({ status: "bearer", scheme: "Bearer", token }, verifier, Date.now());
    expect(await verify()).toMatchObject({ status: "verified" });
    const { current } = keySet;
    keySet.current = undefined;
    clock.mockImplementation(() => start + 16 * 60_000);
    expect(await verify()).toMatchObject({ status: "verified" });
    expect(failures).toHaveLength(1);
    keySet.current = JSON.parse(JSON.stringify(current).replaceAll("key-1", "key-2"));
    clock.mockImplementation(() => start + 20 * 3_600_000);
    expect(await verify()).toEqual({ status: "unverified", reason: "token-key-unknown" });
  } finally {
    clock.mockRestore();
  }
});
