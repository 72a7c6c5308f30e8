import {
  active,
  asked,
  endpoint,
  opaqueVerifier,
  overTls,
  refused,
} from "../../support/verification/introspection-endpoint.ts";

describe("an opaque token", () => {
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
    endpoint.says = status;
    expect(await verify("opaque")).toEqual(refused("identity-provider-unavailable"));
    expect(state.kinds).toEqual([kind]);
    expect(state.failures).toEqual([expect.stringContaining(`status ${status}, expected 200`)]);
    expect(state.failures.join()).not.toMatch(/opaque|s3cret/);
  });

  test.each([400, 413, 414, 422, 431])("that is answered with %i holds up no other", async (status) => {
    const { verify } = await opaqueVerifier();
    endpoint.says = status;
    expect(await verify("junk")).toEqual(refused("identity-provider-unavailable"));
    endpoint.says = active();
    const good = await Promise.all([verify("good"), verify("better")]);
    expect(good).toMatchObject([{ status: "verified" }, { status: "verified" }]);
  });

  test.each([401, 403, 404, 429, 500])(
    "is asked about one at a time after %i; remembered ones go on",
    async (status) => {
      const { verify, state } = await opaqueVerifier();
      await verify("good");
      endpoint.says = status;
      expect(await verify("bad")).toEqual(refused("identity-provider-unavailable"));
      expect(state.failures).toHaveLength(1);
      const all = await Promise.all(["one", "two", "three", "good"].map(verify));
      expect(all.slice(0, 3)).toEqual(Array(3).fill(refused("identity-provider-unavailable")));
      expect(all[3]).toMatchObject({ status: "verified" });
      expect(asked).toHaveLength(3);
      // A token that broke it shuts out no other: the next one is asked about, and ends it.
      endpoint.says = active();
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
    ["typ", "application/at+jwt", true],
    ["typ", "Refresh", false],
    ["typ", "Offline", false],
    ["typ", "ID", false],
    ["typ", "rt+jwt", false],
    ["typ", 1, false],
    ["typ", null, false],
  ])("whose %s is %j counts: %s", async (name, word, counts) => {
    const { verify } = await opaqueVerifier();
    const cnf = word === "DPoP" ? { jkt: "x".repeat(43) } : undefined;
    endpoint.says = active({ [name]: word, cnf });
    const expected = counts ? { status: "verified" } : refused("token-use-mismatch");
    expect(await verify("opaque")).toMatchObject(expected);
    expect(await verify("opaque")).toMatchObject(expected);
  });

  test("that is answered with too much is refused", async () => {
    const { verify, state } = await opaqueVerifier({}, 0, overTls());
    endpoint.says = active({ padding: "x".repeat(300_000) });
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
    endpoint.says = "silent";
    expect(await verify("opaque")).toEqual(refused("identity-provider-unavailable"));
    expect(state.failures[1]).toContain("no complete response");
  });
});

test("a refresh token is refused by any one member that says so, beside one that does not", async () => {
  const { verify } = await opaqueVerifier();
  endpoint.says = active({ token_type: "Bearer", token_use: "refresh_token" });
  expect(await verify("hydra")).toEqual(refused("token-use-mismatch"));
  endpoint.says = active({ token_type: "Bearer", typ: "Refresh" });
  expect(await verify("keycloak")).toEqual(refused("token-use-mismatch"));
});
