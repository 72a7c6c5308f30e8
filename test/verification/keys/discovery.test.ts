import { generateKeyPairSync } from "node:crypto";
import { discoverKeySet, discoveryAddress } from "../../../verification/keys/discovery.ts";
import { createFetchDocument } from "../../../verification/keys/fetch-document.ts";
import { createIssuerKeys } from "../../../verification/keys/key-sets.ts";
import { startKeyServer } from "../../support/verification/key-server.ts";

const WELL_KNOWN = "/.well-known/openid-configuration";
const jwk = {
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }),
  kid: "a",
};
let server: Awaited<ReturnType<typeof startKeyServer>>;
beforeAll(async () => {
  server = await startKeyServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.answers.clear();
  server.asked.length = 0;
});

test.each([
  ["https://id.example.com", "https://id.example.com/.well-known/openid-configuration"],
  ["https://id.example.com/", "https://id.example.com/.well-known/openid-configuration"],
  ["https://id.example.com/realms/one", "https://id.example.com/realms/one/.well-known/openid-configuration"],
  ["https://id.example.com/a/", "https://id.example.com/a/.well-known/openid-configuration"],
])("%s is discovered at %s", (issuer, address) => {
  expect(discoveryAddress(issuer)).toBe(address);
});

describe("discovery over TLS", () => {
  const discover = () => discoverKeySet(server.url, createFetchDocument({}, server.ca));

  test("gives the address that the issuer's own document names", async () => {
    const jwks_uri = "https://keys.example.com/set?tenant=1";
    server.answers.set(WELL_KNOWN, {
      issuer: server.url,
      jwks_uri,
      id_token_signing_alg_values_supported: ["none"],
    });
    expect(await discover()).toBe(jwks_uri);
  });

  test("gives an address without line breaks, because errors and logs name it", async () => {
    server.answers.set(WELL_KNOWN, { issuer: server.url, jwks_uri: "https://keys.example.com/a\nb\u202e" });
    expect(await discover()).toBe("https://keys.example.com/ab%E2%80%AE");
  });

  test.each<[string, () => object | string | number]>([
    ["another issuer", () => ({ issuer: "https://evil.example", jwks_uri: "https://evil.example/keys" })],
    ["the issuer with a slash more", () => ({ issuer: `${server.url}/`, jwks_uri: `${server.url}/keys` })],
    ["the issuer in capitals", () => ({ issuer: server.url.toUpperCase(), jwks_uri: `${server.url}/keys` })],
    ["no issuer", () => ({ jwks_uri: `${server.url}/keys` })],
    [
      "its issuer twice",
      () => `{"issuer":"https://evil.example","issuer":"${server.url}","jwks_uri":"https://x/"}`,
    ],
    ["no address", () => ({ issuer: server.url })],
    ["an address over http", () => ({ issuer: server.url, jwks_uri: "http://localhost/keys" })],
    ["an address that is a file", () => ({ issuer: server.url, jwks_uri: "file:///etc/passwd" })],
    ["an address with a password", () => ({ issuer: server.url, jwks_uri: "https://me:pw@localhost/keys" })],
    ["an address with a user", () => ({ issuer: server.url, jwks_uri: "https://me@localhost/keys" })],
    [
      "an address with only a password",
      () => ({ issuer: server.url, jwks_uri: "https://:pw@localhost/keys" }),
    ],
    ["an address with a fragment", () => ({ issuer: server.url, jwks_uri: "https://localhost/keys#a" })],
    [
      "an address of more than 2,048 characters",
      () => ({ issuer: server.url, jwks_uri: `https://localhost/${"k".repeat(2048)}` }),
    ],
    ["an address that is a list", () => ({ issuer: server.url, jwks_uri: [`${server.url}/keys`] })],
    ["a list", () => "[]"],
    ["nothing", () => ""],
    ["an error", () => 404],
    ["300 KB", () => ({ issuer: server.url, jwks_uri: `${server.url}/keys`, padding: "x".repeat(300_000) })],
  ])("refuses a document that has %s", async (_, document) => {
    server.answers.set(WELL_KNOWN, document());
    await expect(discover()).rejects.toThrow(server.url);
  });

  test("follows an issuer that moves its keys at the next refresh", async () => {
    let now = 0;
    const keys = createIssuerKeys(
      { preset: "oidc", issuer: server.url, audience: ["api"] },
      {
        fetchDocument: createFetchDocument({}, server.ca),
        onFailure: () => {},
        now: () => now,
        refreshWait: 10_000,
      },
    );
    const documentFor = (path: string) => ({ issuer: server.url, jwks_uri: `${server.url}${path}` });
    server.answers.set(WELL_KNOWN, documentFor("/old")).set("/old", { keys: [jwk] });
    expect(await keys.find("a", "ES256")).toMatchObject({ kid: "a" });
    server.answers.set(WELL_KNOWN, documentFor("/new")).set("/new", { keys: [{ ...jwk, kid: "b" }] });
    now += 3_600_000;
    expect(await keys.find("a", "ES256")).toEqual({ denied: "token-key-unknown" });
    expect(await keys.find("b", "ES256")).toMatchObject({ kid: "b" });
    expect(server.asked.slice(0, 4)).toEqual([WELL_KNOWN, "/old", WELL_KNOWN, "/new"]);
  });
});
