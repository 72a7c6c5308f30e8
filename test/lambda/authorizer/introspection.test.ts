import type { IssuerSettings } from "../../../contract/settings.ts";
import { RawToken } from "../../../domain/raw-token.ts";
import {
  createFetchDocument,
  type FetchDocument,
  StatusError,
} from "../../../lambda/authorizer/fetch-document.ts";
import { createIntrospection } from "../../../lambda/authorizer/introspection.ts";
import { verifyToken } from "../../../lambda/authorizer/verify-token.ts";
import { startKeyServer } from "./key-server.ts";
import { AUDIENCE, ISSUER, seconds, tokenIssuer } from "./token-issuer.ts";

let server: Awaited<ReturnType<typeof startKeyServer>>;
const asked: { method?: string; headers: Record<string, unknown>; body: string }[] = [];
/** What the endpoint says, as JSON, text or a status */
let says: object | string | number | "silent";
const active = (claims: object = {}) => ({
  active: true,
  sub: "alice",
  aud: AUDIENCE,
  iat: seconds() - 10,
  exp: seconds() + 300,
  ...claims,
});

beforeAll(async () => {
  server = await startKeyServer();
  server.answers.set("/introspect", (response) => {
    const { req } = response;
    let body = "";
    req.on("data", (chunk) => {
      body += chunk;
    });
    req.on("end", () => {
      asked.push({ ...(req.method !== undefined && { method: req.method }), headers: req.headers, body });
      if (says === "silent") return;
      if (typeof says === "number") response.writeHead(says).end("token");
      else response.end(typeof says === "string" ? says : JSON.stringify(says));
    });
  });
});
afterAll(() => server.close());
beforeEach(() => {
  asked.length = 0;
  says = active();
});

/** The endpoint without the way to it, which a busy machine may make too slow for the authorizer. */
const inMemory: FetchDocument = async (uri, post) => {
  asked.push({ method: "POST", headers: { ...post?.headers }, body: post?.body ?? "" });
  const said = says;
  await new Promise(setImmediate);
  if (typeof said === "number") throw new StatusError(uri, said);
  return new TextEncoder().encode(typeof said === "string" ? said : JSON.stringify(said));
};
/** The way that the authorizer takes. */
const overTls = () => createFetchDocument({}, server.ca);

async function opaqueVerifier(
  settings: Partial<IssuerSettings> = {},
  cacheSeconds?: number,
  fetchDocument = inMemory,
) {
  const state = {
    now: Date.now(),
    failures: [] as string[],
    kinds: [] as string[],
    limited: 0,
    secret: "s3cret",
  };
  const { verifier, sign } = await tokenIssuer(settings, "ES256");
  const issuer = verifier.issuers.get(ISSUER);
  if (issuer === undefined) throw new Error("no issuer");
  const introspect = createIntrospection(
    ISSUER,
    {
      endpoint: `${server.url}/introspect`,
      clientId: "gateway one",
      clientSecretArn: "arn",
      ...(cacheSeconds !== undefined && { cacheSeconds }),
    },
    {
      fetchDocument,
      clientSecret: async () => {
        if (state.secret === "") throw new Error("the secret could not be read");
        return state.secret;
      },
      onFailure: (_, error, kind) => {
        state.failures.push(String(error));
        state.kinds.push(kind);
      },
      onLimited: () => {
        state.limited += 1;
      },
      now: () => state.now,
      random: () => 1,
    },
  );
  const verify = (token: string) =>
    verifyToken(
      { status: "bearer", scheme: "Bearer", token: new RawToken(token) },
      { ...verifier, opaque: { issuer, introspect } },
      state.now,
    );
  return { verify, state, sign, verifier };
}

const refused = (reason: string) => ({ status: "unverified", reason });

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
    says = active(claims);
    const token = new RawToken(await sign(claims));
    const same = await verifyToken({ status: "bearer", scheme: "DPoP", token }, verifier, Date.now());
    expect(await verify("opaque")).toEqual(same);
    expect(same).toMatchObject({ status: "verified", roles: ["admin"], binding: { jkt: "x".repeat(43) } });
  });

  test.each<[string, () => typeof says, string]>([
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
    ["is for nobody", () => active({ aud: undefined }), "token-claims-invalid"],
    ["has expired all the same", () => active({ exp: seconds() - 60 }), "token-expired"],
    ["does not expire", () => active({ exp: undefined }), "token-claims-invalid"],
    ["is not valid yet", () => active({ nbf: seconds() + 60 }), "token-not-yet-valid"],
    ["has no subject", () => active({ sub: undefined }), "token-claims-invalid"],
    ["has roles that are a map", () => active({ roles: { admin: true } }), "token-claims-invalid"],
    ["is an ID token", () => active({ nonce: "n" }), "token-use-mismatch"],
    ["is bound in an unknown way", () => active({ cnf: { kid: "k" } }), "binding-not-supported"],
    ["is bound to a key that nobody names", () => active({ token_type: "DPoP" }), "binding-not-supported"],
  ])("that %s is refused", async (_, answer, reason) => {
    says = answer();
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
    says = { active: false };
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
    says = { active: false };
    expect(await remembering.verify("Opaque")).toEqual(refused("token-inactive"));
    expect(await remembering.verify("Opaque")).toEqual(refused("token-inactive"));
    // A bad one is asked about anew each time.
    expect(asked).toHaveLength(5);
  });

  test("is forgotten before many large answers fill the memory", async () => {
    const { verify } = await opaqueVerifier();
    says = active({ padding: "x".repeat(200_000) });
    for (const token of ["one", "two", "three"]) await verify(token);
    await verify("three");
    expect(asked).toHaveLength(3);
    await verify("one");
    expect(asked).toHaveLength(4);
  });

  test.each([
    [201, "no-answer"],
    [204, "no-answer"],
    [302, "no-answer"],
    [400, "no-answer"],
    [401, "client-refused"],
    [403, "client-refused"],
    [404, "no-answer"],
    [405, "no-answer"],
    [413, "no-answer"],
    [429, "no-answer"],
    [500, "no-answer"],
    [503, "no-answer"],
  ])("that is answered with %i is never called inactive, but counted as %s", async (status, kind) => {
    const { verify, state } = await opaqueVerifier({}, 0, overTls());
    says = status;
    expect(await verify("opaque")).toEqual(refused("identity-provider-unavailable"));
    expect(state.kinds).toEqual([kind]);
    expect(state.failures).toEqual([expect.stringContaining(`status ${status}, expected 200`)]);
    expect(state.failures.join()).not.toMatch(/opaque|s3cret/);
  });

  test.each([400, 413, 414, 422, 431])("that is answered with %i holds up no other", async (status) => {
    const { verify } = await opaqueVerifier();
    says = status;
    expect(await verify("junk")).toEqual(refused("identity-provider-unavailable"));
    says = active();
    const good = await Promise.all([verify("good"), verify("better")]);
    expect(good).toMatchObject([{ status: "verified" }, { status: "verified" }]);
  });

  test.each([401, 403, 404, 429, 500])(
    "is asked about one at a time after %i; remembered ones go on",
    async (status) => {
      const { verify, state } = await opaqueVerifier();
      await verify("good");
      says = status;
      expect(await verify("bad")).toEqual(refused("identity-provider-unavailable"));
      expect(state.failures).toHaveLength(1);
      const all = await Promise.all(["one", "two", "three", "good"].map(verify));
      expect(all.slice(0, 3)).toEqual(Array(3).fill(refused("identity-provider-unavailable")));
      expect(all[3]).toMatchObject({ status: "verified" });
      expect(asked).toHaveLength(3);
      // Whoever broke it shuts out nobody: the next one is asked about, and is the end of it.
      says = active();
      expect(await verify("honest")).toMatchObject({ status: "verified" });
      expect(await Promise.all(["one", "two"].map(verify))).toMatchObject([
        { status: "verified" },
        { status: "verified" },
      ]);
    },
  );

  test.each([
    ["too long", "x".repeat(2049), "token-too-large"],
    ["of a space", "one two", "token-malformed"],
    ["of a control character", "one\u0007", "token-malformed"],
    ["of a letter beyond ASCII", "eins\u00fc", "token-malformed"],
    ["empty", "", "token-malformed"],
  ])("that is %s is not asked about", async (_, token, reason) => {
    const { verify } = await opaqueVerifier();
    expect(await verify(token)).toEqual(refused(reason));
    expect(asked).toHaveLength(0);
    expect(await verify("x".repeat(2048))).toMatchObject({ status: "verified" });
  });

  test.each<[name: string, unknown, boolean]>([
    ["token_type", "Bearer", true],
    ["token_type", "bearer", true],
    ["token_type", "DPoP", true],
    ["token_type", "refresh_token", false],
    ["token_type", "Bearer refresh", false],
    ["token_type", "N_A", false],
    ["token_type", "", false],
    ["token_type", ["Bearer"], false],
    ["token_type", null, false],
    ["token_use", "access_token", true],
    ["token_use", "access", true],
    ["token_use", "refresh_token", false],
    ["token_use", "refresh", false],
    ["token_use", "id", false],
    ["token_use", ["access_token"], false],
    ["token_use", null, false],
    ["typ", "Bearer", true],
    ["typ", "DPoP", true],
    ["typ", "at+jwt", true],
    ["typ", "JWT", true],
    ["typ", "Refresh", false],
    ["typ", "Offline", false],
    ["typ", "ID", false],
    ["typ", "rt+jwt", false],
    ["typ", 1, false],
    ["typ", null, false],
  ])("whose %s is %j counts: %s", async (name, word, counts) => {
    const { verify } = await opaqueVerifier();
    const cnf = word === "DPoP" ? { jkt: "x".repeat(43) } : undefined;
    says = active({ [name]: word, cnf });
    const expected = counts ? { status: "verified" } : refused("token-use-mismatch");
    expect(await verify("opaque")).toMatchObject(expected);
    expect(await verify("opaque")).toMatchObject(expected);
  });

  test("that is answered with too much is refused", async () => {
    const { verify, state } = await opaqueVerifier({}, 0, overTls());
    says = active({ padding: "x".repeat(300_000) });
    expect(await verify("opaque")).toEqual(refused("identity-provider-unavailable"));
    expect(state.kinds).toEqual(["no-answer"]);
  });

  test("is refused when the client's secret cannot be had, and when the issuer is silent", async () => {
    const { verify, state } = await opaqueVerifier({}, 0, overTls());
    state.secret = "";
    expect(await verify("opaque")).toEqual(refused("identity-provider-unavailable"));
    expect(asked).toHaveLength(0);
    state.secret = "s3cret";
    state.now += 1000;
    says = "silent";
    expect(await verify("opaque")).toEqual(refused("identity-provider-unavailable"));
    expect(state.failures[1]).toContain("no whole answer");
  });
});

test("a token of three parts is a JWT and is never shown to the endpoint", async () => {
  const { verify, sign } = await opaqueVerifier();
  expect(await verify(await sign())).toMatchObject({ status: "verified" });
  const jwt = await sign();
  expect(await verify(`${jwt.slice(0, -8)}AAAAAAAA`)).toMatchObject({ status: "unverified" });
  expect(await verify("a.b.c")).toEqual(refused("token-malformed"));
  expect(asked).toHaveLength(0);
});

test("a refresh token is refused by any one member that says so, beside one that does not", async () => {
  const { verify } = await opaqueVerifier();
  says = active({ token_type: "Bearer", token_use: "refresh_token" });
  expect(await verify("hydra")).toEqual(refused("token-use-mismatch"));
  says = active({ token_type: "Bearer", typ: "Refresh" });
  expect(await verify("keycloak")).toEqual(refused("token-use-mismatch"));
});

test("a JWT that names an introspecting issuer without keys raises no alarm; one whose keys are configured does", async () => {
  const introspection = { endpoint: `${server.url}/introspect`, clientId: "c", clientSecretArn: "arn" };
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
