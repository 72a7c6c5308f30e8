import { RawToken } from "../../../domain/evidence/raw-token.ts";
import { verifyToken } from "../../../verification/token/verify-token.ts";
import {
  active,
  asked,
  endpoint,
  introspectionSettings,
  opaqueVerifier,
  overTls,
  refused,
} from "../../support/verification/introspection-endpoint.ts";
import { ISSUER, seconds, tokenIssuer } from "../../support/verification/token-issuer.ts";

describe("an opaque token", () => {
  test("is asked about by POST, with the client's credentials and the token in the body", async () => {
    const { verify, state } = await opaqueVerifier({}, 0, overTls());
    state.secret = "a:b c%ü";
    expect(await verify("opaque+1/~==")).toMatchObject({
      status: "verified",
      subject: "alice",
      issuer: ISSUER,
    });
    expect(asked).toHaveLength(1);
    const [{ method, headers, body } = { headers: {}, body: "" }] = asked;
    expect(method).toBe("POST");
    expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
    const credentials = Buffer.from(String(headers.authorization).slice(6), "base64").toString();
    expect(credentials).toBe("gateway+one:a%3Ab+c%25%C3%BC");
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      token: "opaque+1/~==",
      token_type_hint: "access_token",
    });
  });

  test("gives the identity that a JWT of the same claims gives, bindings included", async () => {
    const { verify, sign, verifier } = await opaqueVerifier();
    const claims = {
      iat: seconds(),
      exp: seconds() + 60,
      roles: ["admin"],
      sid: "s-1",
      scope: "read write",
      client_id: "web",
      jti: "j-1",
      cnf: { jkt: "x".repeat(43) },
    };
    endpoint.says = active(claims);
    const token = new RawToken(await sign(claims));
    const same = await verifyToken({ status: "bearer", scheme: "DPoP", token }, verifier, Date.now());
    expect(await verify("opaque")).toEqual(same);
    expect(same).toMatchObject({ status: "verified", roles: ["admin"], binding: { jkt: "x".repeat(43) } });
  });

  test.each<[string, () => typeof endpoint.says, string]>([
    ["is not active", () => ({ active: false }), "token-inactive"],
    ["is not active, whatever else is said", () => ({ ...active(), active: false }), "token-inactive"],
    ["is active by a text", () => ({ ...active(), active: "true" }), "identity-provider-unavailable"],
    ["is active by a number", () => ({ ...active(), active: 1 }), "identity-provider-unavailable"],
    ["is active twice", () => `{"active":false,"active":true}`, "identity-provider-unavailable"],
    ["is not spoken of", () => ({}), "identity-provider-unavailable"],
    ["is answered with a list", () => "[true]", "identity-provider-unavailable"],
    ["is answered with nothing", () => "", "identity-provider-unavailable"],
    ["is answered with a redirect", () => 302, "identity-provider-unavailable"],
    ["is answered with 401", () => 401, "identity-provider-unavailable"],
    ["is of another issuer", () => active({ iss: "https://evil.example" }), "issuer-unknown"],
    ["is for another audience", () => active({ aud: "https://other.example" }), "audience-mismatch"],
    ["is for no audience", () => active({ aud: undefined }), "audience-mismatch"],
    ["has expired all the same", () => active({ exp: seconds() - 60 }), "token-expired"],
    ["does not expire", () => active({ exp: undefined }), "token-claims-invalid"],
    ["is not valid yet", () => active({ nbf: seconds() + 60 }), "token-not-yet-valid"],
    ["has no subject", () => active({ sub: undefined }), "token-claims-invalid"],
    ["has roles that are a map", () => active({ roles: { admin: true } }), "token-claims-invalid"],
    ["is an ID token", () => active({ nonce: "n" }), "token-use-mismatch"],
    ["is bound in an unknown way", () => active({ cnf: { kid: "k" } }), "binding-not-supported"],
    ["is bound to a key that is not named", () => active({ token_type: "DPoP" }), "binding-not-supported"],
  ])("that %s is refused", async (_, answer, reason) => {
    endpoint.says = answer();
    const { verify, state } = await opaqueVerifier();
    expect(await verify("opaque")).toEqual(refused(reason));
    expect(state.failures).toHaveLength(reason === "identity-provider-unavailable" ? 1 : 0);
    expect(state.failures.join()).not.toMatch(/opaque|s3cret/);
  });

  test("is asked about once in its time, and judged each time", async () => {
    const { verify, state } = await opaqueVerifier({ maxTokenAge: 30, leeway: 0 });
    expect(await verify("opaque")).toMatchObject({ status: "verified" });
    state.now += 15_000;
    expect(await verify("opaque")).toMatchObject({ status: "verified" });
    state.now += 10_000;
    expect(await verify("opaque")).toEqual(refused("token-too-old"));
    expect(asked).toHaveLength(1);
    endpoint.says = { active: false };
    state.now += 5_000;
    expect(await verify("opaque")).toEqual(refused("token-inactive"));
    expect(asked).toHaveLength(2);
  });

  test("is not remembered where nothing is to be, nor for another token", async () => {
    const { verify } = await opaqueVerifier({}, 0);
    await verify("opaque");
    await verify("opaque");
    expect(asked).toHaveLength(2);
    const remembering = await opaqueVerifier();
    await remembering.verify("opaque");
    endpoint.says = { active: false };
    expect(await remembering.verify("Opaque")).toEqual(refused("token-inactive"));
    expect(await remembering.verify("Opaque")).toEqual(refused("token-inactive"));
    // A bad one is asked about anew each time.
    expect(asked).toHaveLength(5);
  });

  test("is forgotten before many large answers fill the memory", async () => {
    const { verify } = await opaqueVerifier();
    endpoint.says = active({ padding: "x".repeat(200_000) });
    for (const token of ["one", "two", "three"]) await verify(token);
    await verify("three");
    expect(asked).toHaveLength(3);
    await verify("one");
    expect(asked).toHaveLength(4);
  });
});

test.each(["{}", "[true]", "null", ""])(
  "an answer of %j is reported as one of the endpoint that does not say if the token is active",
  async (answer) => {
    endpoint.says = answer;
    const { verify, state } = await opaqueVerifier();
    await verify("opaque");
    expect(state.failures).toEqual([
      expect.stringMatching(/https:\/\/\S+\/introspect: does not say if the token is active$/),
    ]);
  },
);

test("a token of three parts is a JWT and is never shown to the endpoint", async () => {
  const { verify, sign } = await opaqueVerifier();
  expect(await verify(await sign())).toMatchObject({ status: "verified" });
  const jwt = await sign();
  expect(await verify(`${jwt.slice(0, -8)}AAAAAAAA`)).toMatchObject({ status: "unverified" });
  expect(await verify("a.b.c")).toEqual(refused("token-malformed"));
  expect(asked).toHaveLength(0);
});

test("a JWT that names an introspecting issuer without keys raises no alarm; one whose keys are configured does", async () => {
  const introspection = introspectionSettings();
  // A product whose keys' address is known without being configured.
  const keyless = { preset: "keycloak" } as const;
  for (const [settings, failures] of [
    [{ ...keyless, introspection }, []],
    [{ introspection }, [ISSUER]],
    [{ ...keyless }, [ISSUER]],
    [{ ...keyless, introspection, discovery: true }, [ISSUER]],
  ] as const) {
    const issuer = await tokenIssuer(settings);
    const token = new RawToken(await issuer.sign());
    issuer.keySet.current = undefined;
    const judged = await verifyToken(
      { status: "bearer", scheme: "Bearer", token },
      issuer.verifier,
      Date.now(),
    );
    expect(judged).toEqual(refused("identity-provider-unavailable"));
    expect(issuer.failures).toEqual(failures);
  }
});

test("without introspection an opaque token is malformed", async () => {
  const { verifier } = await tokenIssuer();
  const token = new RawToken("opaque");
  expect(await verifyToken({ status: "bearer", scheme: "Bearer", token }, verifier, Date.now())).toEqual(
    refused("token-malformed"),
  );
});
