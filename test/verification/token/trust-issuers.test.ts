import type { IssuerSettings } from "../../../contract/settings.ts";
import { type IssuerKeys, trustIssuers } from "../../../verification/token/trusted-issuers.ts";

const ORIGINAL = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
const UPDATED = "https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
const base: IssuerSettings = { preset: "oidc", issuer: "https://issuer.example", audience: ["api"] };
const pool: IssuerSettings = { preset: "cognito", issuer: ORIGINAL, audience: ["web"] };

/** The issuers, with what was asked of the maker of keys. */
function trust(...settings: readonly IssuerSettings[]) {
  const asked: [string, boolean][] = [];
  const prepared: string[] = [];
  const issuers = trustIssuers(settings, (issuer, { keysOptional }) => {
    asked.push([issuer.issuer, keysOptional]);
    return { prepare: async () => void prepared.push(issuer.issuer) } as Partial<IssuerKeys> as IssuerKeys;
  });
  return { issuers, asked, prepared };
}
const rulesOf = (change: Partial<IssuerSettings>) =>
  trust({ ...base, ...change }).issuers.get(change.issuer ?? base.issuer)?.rules;

describe("trustIssuers", () => {
  test("takes for an issuer's rules what the configuration says, else the defaults", () => {
    expect(rulesOf({})).toStrictEqual({
      issuer: "https://issuer.example",
      audience: ["api"],
      profile: "generic",
      tokenUse: "access",
      leeway: 5,
    });
    expect(rulesOf({ profile: "rfc9068", tokenUse: "id", leeway: 0, maxTokenAge: 60 })).toStrictEqual({
      issuer: "https://issuer.example",
      audience: ["api"],
      profile: "rfc9068",
      tokenUse: "id",
      leeway: 0,
      maxTokenAge: 60,
    });
  });

  test("asks for the product's own form of token, unless a profile is configured", () => {
    expect(rulesOf({ preset: "cognito" })).toHaveProperty("tokens");
    expect(rulesOf({ preset: "cognito", profile: "generic" })).not.toHaveProperty("tokens");
  });

  test("knows the product's names of access tokens", () => {
    expect(rulesOf({ preset: "keycloak" })?.accessTypes).toEqual(["Bearer", "DPoP"]);
  });

  test("refuses bound tokens only where the configuration says so", () => {
    const rejects = (boundTokens?: "accepted" | "refused") =>
      trust({ ...base, ...(boundTokens && { boundTokens }) }).issuers.get(base.issuer)?.rejectsBound;
    expect([rejects(), rejects("accepted"), rejects("refused")]).toEqual([false, false, true]);
  });

  test.each([
    ["an issuer of JWTs", {}, false],
    ["an issuer of opaque tokens", { introspection: {} }, true],
    [
      "an issuer of opaque tokens that has an address of keys",
      { introspection: {}, jwksUri: "https://k" },
      false,
    ],
    ["an issuer of opaque tokens that is discovered", { introspection: {}, discovery: true }, false],
  ])("lets the keys be missing or not, for %s", (_, change, keysOptional) => {
    expect(trust({ ...base, ...(change as object) }).asked).toEqual([
      ["https://issuer.example", keysOptional],
    ]);
  });
});

describe("an issuer with two names", () => {
  test("is trusted under both, by the configured name and rules, and with separate keys under each", () => {
    const { issuers, asked } = trust(pool);
    expect([...issuers.keys()]).toEqual([ORIGINAL, UPDATED]);
    expect(issuers.get(UPDATED)).toMatchObject({
      name: ORIGINAL,
      rules: { issuer: UPDATED, audience: ["web"] },
    });
    expect(asked).toEqual([
      [ORIGINAL, false],
      [UPDATED, true],
    ]);
  });

  test("has its keys fetched ahead under the configured name alone", async () => {
    const { issuers, prepared } = trust(pool);
    for (const { keys } of issuers.values()) await keys.prepare();
    expect(prepared).toEqual([ORIGINAL]);
  });

  test("has one set of keys where their address is configured", async () => {
    const { issuers, asked, prepared } = trust({ ...pool, jwksUri: "https://keys.example" });
    expect(asked).toEqual([[ORIGINAL, false]]);
    await issuers.get(UPDATED)?.keys.prepare();
    expect(prepared).toEqual([]);
  });

  test("keeps the rules of a name that is configured for itself, and its users under the first", () => {
    const { issuers } = trust(pool, { ...pool, issuer: UPDATED, audience: ["phone"] }, base);
    expect([...issuers.keys()].sort()).toEqual([ORIGINAL, UPDATED, base.issuer].sort());
    expect(issuers.get(ORIGINAL)?.rules.audience).toEqual(["web"]);
    expect(issuers.get(UPDATED)).toMatchObject({ name: ORIGINAL, rules: { audience: ["phone"] } });
  });

  test("is not one with an issuer of another product under that name, whose subjects differ", () => {
    const { issuers } = trust({ ...base, issuer: UPDATED }, pool);
    expect(issuers.get(ORIGINAL)?.name).toBe(ORIGINAL);
    expect(issuers.get(UPDATED)?.name).toBe(UPDATED);
  });

  test("is trusted under both beside an issuer of another name", () => {
    expect([...trust(pool, base).issuers.keys()]).toEqual([ORIGINAL, UPDATED, base.issuer]);
  });
});

describe("a tenant of Entra with two versions of tokens", () => {
  const TENANT = "11112222-3333-4444-5555-666677778888";
  const V1 = `https://sts.windows.net/${TENANT}/`;
  const V2 = `https://login.microsoftonline.com/${TENANT}/v2.0`;
  const entra: IssuerSettings = { preset: "entra", issuer: V2, audience: ["api"] };

  test.each([
    ["version 2", V2, V1],
    ["version 1", V1, V2],
  ])("is trusted under both names where %s is configured", (_, configured, other) => {
    const { issuers } = trust({ ...entra, issuer: configured });
    expect([...issuers.keys()]).toEqual([configured, other]);
    expect([...issuers.values()].map(({ name }) => name)).toEqual([configured, configured]);
  });

  test("knows its users by the name that is configured first where both are configured", () => {
    const { issuers } = trust(entra, { ...entra, issuer: V1, audience: ["old"] });
    expect(issuers.get(V1)).toMatchObject({ name: V2, rules: { issuer: V1, audience: ["old"] } });
    expect(issuers.get(V2)).toMatchObject({ name: V2, rules: { issuer: V2, audience: ["api"] } });
  });

  test("names the client in appid in version 1 and in azp in version 2, unless configured", () => {
    const { issuers } = trust(entra);
    expect([issuers.get(V1)?.claims.client, issuers.get(V2)?.claims.client]).toEqual(["appid", "azp"]);
    const own = trust({ ...entra, claims: { client: "app" } }).issuers;
    expect([own.get(V1)?.claims.client, own.get(V2)?.claims.client]).toEqual(["app", "app"]);
  });

  test("does not let in another tenant", () => {
    const { issuers } = trust(entra);
    expect(issuers.has(V1.replace("1111", "9999"))).toBe(false);
    expect(issuers.has(V2.replace("1111", "9999"))).toBe(false);
  });
});
