import type { IssuerSettings } from "../../../contract/settings.ts";
import { RawToken } from "../../../domain/evidence/raw-token.ts";
import { verifyToken } from "../../../verification/token/verify-token.ts";
import { tokenIssuer } from "../../support/verification/token-issuer.ts";

const bearer = (token: string) =>
  ({ status: "bearer", scheme: "Bearer", token: new RawToken(token) }) as const;
const seconds = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

async function issuerWith(settings: Partial<IssuerSettings> = {}) {
  const issuer = await tokenIssuer(settings, "ES256");
  const adds = jest.spyOn(issuer.verifier.cache, "add");
  const verify = (token: string, at = Date.now()) => verifyToken(bearer(token), issuer.verifier, at);
  return { ...issuer, adds, verify };
}

describe("verifyToken", () => {
  test("caches a verified token until it expires, and answers with it", async () => {
    const { sign, verify, adds } = await issuerWith();
    const exp = seconds() + 100;
    const token = await sign({ exp });
    const first = await verify(token);
    expect(first).toMatchObject({ status: "verified" });
    expect(adds).toHaveBeenCalledTimes(1);
    expect(adds.mock.calls[0]).toMatchObject([token, { until: exp * 1000 }]);
    expect(await verify(token)).toBe(first);
    expect(adds).toHaveBeenCalledTimes(1);
  });

  test("caches no token that is refused", async () => {
    const { sign, verify, adds } = await issuerWith();
    expect(await verify(await sign({ aud: "other" }))).toMatchObject({ reason: "audience-mismatch" });
    expect(adds).not.toHaveBeenCalled();
  });

  test("does not answer from the cache once the issuer's keys changed", async () => {
    const { sign, verify, verifier, adds } = await issuerWith();
    const token = await sign();
    await verify(token);
    for (const { keys } of verifier.issuers.values()) jest.spyOn(keys, "trusts").mockReturnValue(false);
    await verify(token);
    expect(adds).toHaveBeenCalledTimes(2);
  });

  test("refuses a cached token once it is older than the issuer's limit and leeway, and not before", async () => {
    const { sign, verify, adds } = await issuerWith({ maxTokenAge: 60, leeway: 5 });
    const iat = seconds();
    const token = await sign({ iat, exp: iat + 300 });
    await verify(token, iat * 1000);
    expect(await verify(token, (iat + 65) * 1000 - 1)).toMatchObject({ status: "verified" });
    expect(await verify(token, (iat + 65) * 1000)).toEqual({ status: "unverified", reason: "token-too-old" });
    expect(adds).toHaveBeenCalledTimes(1);
  });

  test("answers from the cache for a token of any age where the issuer has no limit", async () => {
    const { sign, verify, adds } = await issuerWith();
    const iat = seconds();
    const token = await sign({ iat, exp: iat + 3000 });
    await verify(token, iat * 1000);
    expect(await verify(token, (iat + 2999) * 1000)).toMatchObject({ status: "verified" });
    expect(adds).toHaveBeenCalledTimes(1);
  });

  test.each([
    ["a text that is no JWS", () => "abc", "token-malformed"],
    [
      "a payload that is no JSON object",
      () => `${encode({ alg: "ES256", kid: "key-1" })}.${encode([])}.AAAA`,
      "token-malformed",
    ],
    [
      "another issuer",
      () => `${encode({ alg: "ES256", kid: "key-1" })}.${encode({ iss: "https://x" })}.AAAA`,
      "issuer-unknown",
    ],
    [
      "an issuer that is no text",
      () => `${encode({ alg: "ES256", kid: "key-1" })}.${encode({ iss: 7 })}.AAAA`,
      "issuer-unknown",
    ],
    [
      "another issuer and no signature",
      () => `${encode({ alg: "none" })}.${encode({ iss: "https://x" })}.`,
      "token-algorithm-not-allowed",
    ],
    [
      "an algorithm that is no text",
      () => `${encode({ alg: 7 })}.${encode({ iss: "https://issuer.example" })}.AAAA`,
      "token-malformed",
    ],
    [
      "an algorithm that is not allowed",
      () => `${encode({ alg: "HS256" })}.${encode({ iss: "https://issuer.example" })}.AAAA`,
      "token-algorithm-not-allowed",
    ],
    [
      "an empty key id",
      () => `${encode({ alg: "ES256", kid: "" })}.${encode({ iss: "https://issuer.example" })}.AAAA`,
      "token-malformed",
    ],
    [
      "an algorithm of another kind than the key's",
      () => `${encode({ alg: "RS256", kid: "key-1" })}.${encode({ iss: "https://issuer.example" })}.AAAA`,
      "token-algorithm-not-allowed",
    ],
    [
      "a signature that does not hold",
      () => `${encode({ alg: "ES256", kid: "key-1" })}.${encode({ iss: "https://issuer.example" })}.AAAA`,
      "token-signature-invalid",
    ],
  ])("refuses a token with %s", async (_, token, reason) => {
    const { verify, adds } = await issuerWith();
    expect(await verify(token())).toEqual({ status: "unverified", reason });
    expect(adds).not.toHaveBeenCalled();
  });
});
