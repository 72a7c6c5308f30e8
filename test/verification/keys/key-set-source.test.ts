import type { IssuerSettings } from "../../../contract/settings.ts";
import { fetchKeySet, keySetAddress } from "../../../verification/keys/key-set-source.ts";

const ISSUER = "https://id.example/tenant";
const settings = (change: Partial<IssuerSettings>): IssuerSettings => ({
  preset: "oidc",
  issuer: ISSUER,
  audience: ["api"],
  ...change,
});

describe("keySetAddress", () => {
  test.each([
    ["nowhere for a provider that says it by discovery", {}, undefined],
    ["at the configured address", { jwksUri: "https://keys.example" }, "https://keys.example"],
    [
      "at the configured address despite discovery",
      { jwksUri: "https://keys.example", discovery: true },
      "https://keys.example",
    ],
    ["where the product publishes them", { preset: "okta" }, `${ISSUER}/v1/keys`],
    [
      "there for an issuer with a slash at its end",
      { preset: "okta", issuer: `${ISSUER}/` },
      `${ISSUER}/v1/keys`,
    ],
    ["there without discovery", { preset: "okta", discovery: false }, `${ISSUER}/v1/keys`],
    ["nowhere for a product that is to be discovered", { preset: "okta", discovery: true }, undefined],
  ] as const)("finds the keys %s", (_, change, address) => {
    expect(keySetAddress(settings(change))).toBe(address);
  });

  test("leaves slashes inside of an issuer as they are", () => {
    expect(keySetAddress(settings({ preset: "okta", issuer: "https://id.example/a/b/" }))).toBe(
      "https://id.example/a/b/v1/keys",
    );
  });
});

describe("fetchKeySet", () => {
  const fetchFrom = async (change: Partial<IssuerSettings>) => {
    const asked: string[] = [];
    const document = await fetchKeySet(settings(change), async (uri) => {
      asked.push(uri);
      const discovery = { issuer: ISSUER, jwks_uri: "https://keys.example/discovered" };
      return new TextEncoder().encode(uri.includes("well-known") ? JSON.stringify(discovery) : uri);
    });
    return { asked, document: new TextDecoder().decode(document) };
  };

  test("asks a known address alone", async () => {
    const { asked, document } = await fetchFrom({ jwksUri: "https://keys.example" });
    expect(asked).toEqual(["https://keys.example"]);
    expect(document).toBe("https://keys.example");
  });

  test("discovers an address that is not known, each time", async () => {
    const { asked, document } = await fetchFrom({});
    expect(asked).toEqual([`${ISSUER}/.well-known/openid-configuration`, "https://keys.example/discovered"]);
    expect(document).toBe("https://keys.example/discovered");
  });
});
