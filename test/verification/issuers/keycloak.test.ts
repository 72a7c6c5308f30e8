import { RawToken } from "../../../domain/evidence/raw-token.ts";
import { verifyToken } from "../../../verification/token/verify-token.ts";
import { describeProduct } from "../../support/verification/issuer-product.ts";
import { tokenIssuer } from "../../support/verification/token-issuer.ts";

/** A user's token, but for the user's name */
const CHOSEN = { sub: "u", azp: "web", preferred_username: "service-account-web" };
const SERVICE = { sub: "s1", azp: "job", preferred_username: "service-account-job" };

describeProduct("keycloak", {
  configured: { issuer: "https://k.example/realms/r", audience: ["api"] },
  issuer: "https://k.example/realms/r",
  keys: "https://k.example/realms/r/protocol/openid-connect/certs",
  user: {
    sub: "u1",
    realm_access: { roles: ["admin"] },
    sid: "s1",
    device_id: "d1",
    device_trust_level: "low",
    amr: ["mfa"],
    risk_score: 7,
    scope: "a b",
    azp: "c1",
  },
  services: [
    [{ ...SERVICE, client_id: "job" }, "s1"],
    [{ ...SERVICE, clientId: "job" }, "s1"],
  ],
  users: {
    "of another client's service account": { ...SERVICE, azp: "web", client_id: "web" },
    "whose name a user chose": CHOSEN,
    "whose client's own claim names another": { ...CHOSEN, client_id: "job" },
    "of a session": { ...CHOSEN, client_id: "web", sid: "s1" },
    "of somebody who signed in": { ...CHOSEN, clientId: "web", auth_time: 1_789_999_000 },
  },
});

test.each([
  ["Bearer", "verified"],
  ["DPoP", "unverified"],
  ["ID", "unverified"],
  ["Refresh", "unverified"],
  ["Bearer ", "unverified"],
])("A Keycloak token with a nonce whose typ is %j is %s", async (typ, status) => {
  const { sign, verifier } = await tokenIssuer({ preset: "keycloak" });
  const token = new RawToken(await sign({ typ, nonce: "n-1" }, { typ: "JWT" }));
  const identity = await verifyToken({ status: "bearer", scheme: "Bearer", token }, verifier, Date.now());
  expect(identity.status).toBe(status);
});

test("A Keycloak token that is bound by DPoP says so in typ, and is an access token", async () => {
  const { sign, verifier } = await tokenIssuer({ preset: "keycloak" });
  const jkt = "k".repeat(43);
  const token = new RawToken(await sign({ typ: "DPoP", nonce: "n-1", cnf: { jkt } }, { typ: "JWT" }));
  const verified = await verifyToken({ status: "bearer", scheme: "DPoP", token }, verifier, Date.now());
  expect(verified).toMatchObject({ status: "verified", binding: { jkt } });
});

test.each(["ID", "Serialized-ID", "Refresh", "OFFLINE", "logout"])(
  "Keycloak's %s tokens are refused under the preset oidc too",
  async (typ) => {
    const { sign, verifier } = await tokenIssuer();
    const token = new RawToken(await sign({ typ }));
    expect(
      await verifyToken({ status: "bearer", scheme: "Bearer", token }, verifier, Date.now()),
    ).toMatchObject({ reason: "token-use-mismatch" });
  },
);
