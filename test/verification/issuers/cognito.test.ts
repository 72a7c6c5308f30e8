import { RawToken } from "../../../domain/evidence/raw-token.ts";
import { verifyToken } from "../../../verification/token/verify-token.ts";
import { describeProduct } from "../../support/verification/issuer-product.ts";
import { tokenIssuer } from "../../support/verification/token-issuer.ts";

const POOL = "eu-central-1_AbCdEf123";
const ORIGINAL = `https://cognito-idp.eu-central-1.amazonaws.com/${POOL}`;
const UPDATED = `https://issuer-cognito-idp.eu-central-1.amazonaws.com/${POOL}`;

describeProduct("cognito", {
  configured: { userPoolId: POOL, clientIds: ["web"] },
  issuer: ORIGINAL,
  keys: `${ORIGINAL}/.well-known/jwks.json`,
  user: {
    sub: "u1",
    "cognito:groups": ["admin"],
    origin_jti: "s1",
    device_key: "d1",
    "custom:device_trust_level": "low",
    amr: ["mfa"],
    "custom:risk_score": 7,
    scope: "a b",
    client_id: "c1",
  },
  services: [[{ sub: "3n4b5urk1ft4", client_id: "3n4b5urk1ft4" }, "3n4b5urk1ft4"]],
  users: { "whose subject is another client": { sub: "3n4b5urk1ft4", client_id: "web" } },
});

async function pool(issuer: string) {
  const { verifier, sign, keySet, failures } = await tokenIssuer({
    preset: "cognito",
    issuer,
    audience: ["web", "phone"],
  });
  const verify = async (claims: object) => {
    const mandatory = { aud: null as never, token_use: "access", client_id: "web", jti: "j-1" };
    const token = new RawToken(await sign({ ...mandatory, ...claims }, { typ: "JWT" }));
    const ask = () => verifyToken({ status: "bearer", scheme: "Bearer", token }, verifier, Date.now());
    // The second time is answered from memory, and must say the same.
    const first = await ask();
    expect(await ask()).toEqual(first);
    return first;
  };
  return { verify, verifier, keySet, failures };
}

afterEach(() => jest.restoreAllMocks());

describe.each([
  ["its original name", ORIGINAL, UPDATED],
  ["its name for several Regions", UPDATED, ORIGINAL],
])("a Cognito user pool, configured by %s,", (_, configured, other) => {
  test("is trusted under both names, and its users are known by the configured one", async () => {
    const { verify } = await pool(configured);
    for (const iss of [configured, other]) {
      expect(await verify({ iss })).toMatchObject({
        status: "verified",
        issuer: configured,
        subject: "alice",
      });
    }
  });

  test("has separate keys under each name, which are fetched when a token asks for them", async () => {
    const { verify, verifier, keySet } = await pool(configured);
    await Promise.all([...verifier.issuers.values()].map(({ keys }) => keys.prepare()));
    expect(keySet.fetches).toBe(1);
    await verify({ iss: other });
    expect(keySet.fetches).toBe(2);
  });

  test("raises no alarm while it never had keys under its other name, and does once it had", async () => {
    const { verify, verifier, keySet, failures } = await pool(configured);
    const published = keySet.current;
    keySet.current = undefined;
    const unavailable = { reason: "identity-provider-unavailable" };
    expect(await verify({ iss: other })).toMatchObject(unavailable);
    expect(failures).toEqual([]);
    expect(await verify({ iss: configured })).toMatchObject(unavailable);
    expect(failures).toEqual([configured]);
    keySet.current = published;
    const keys = verifier.issuers.get(other)?.keys;
    const later = Date.now() + 60_000;
    jest.spyOn(Date, "now").mockImplementation(() => later);
    expect(await keys?.find("key-1", "RS256")).toMatchObject({ kid: "key-1" });
    keySet.current = undefined;
    await keys?.find("unknown", "RS256");
    expect(failures).toEqual([configured, other]);
  });

  test.each([
    ["another pool", UPDATED.replace("AbC", "XyZ")],
    ["another Region", UPDATED.replace("eu-central-1.", "eu-west-1.")],
    ["a name around it", `${UPDATED}/`],
    ["a name that ends alike", UPDATED.replace("https://issuer-", "https://evil-")],
    ["a prefix twice", UPDATED.replace("issuer-", "issuer-issuer-")],
    ["a host below", UPDATED.replace(".amazonaws.com", ".amazonaws.com.evil.example")],
  ])("is not trusted as %s", async (_name, iss) => {
    const { verify } = await pool(configured);
    expect(await verify({ iss })).toEqual({ status: "unverified", reason: "issuer-unknown" });
  });

  test("accepts each configured client under both names, and no other", async () => {
    const { verify } = await pool(configured);
    for (const iss of [configured, other]) {
      expect(await verify({ iss, client_id: "phone" })).toMatchObject({ clientId: "phone" });
      expect(await verify({ iss, client_id: "tv" })).toMatchObject({ reason: "audience-mismatch" });
    }
  });
});

test("keeps one set of keys where the configuration says where they are", async () => {
  const { verifier } = await tokenIssuer({
    preset: "cognito",
    issuer: ORIGINAL,
    jwksUri: "https://keys.example/",
  });
  expect(verifier.issuers.get(UPDATED)?.keys.find).toBe(verifier.issuers.get(ORIGINAL)?.keys.find);
});

test("no other preset has a second name", async () => {
  const { verifier } = await tokenIssuer({ preset: "oidc", issuer: ORIGINAL });
  expect([...verifier.issuers.keys()]).toEqual([ORIGINAL]);
});
