import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import type { IssuerSettings } from "../../../contract/settings.ts";
import { createIssuerKeys } from "../../../verification/keys/key-sets.ts";
import { createTokenCache } from "../../../verification/token/token-cache.ts";
import { trustIssuers } from "../../../verification/token/trusted-issuers.ts";
import type { TokenVerifier } from "../../../verification/token/verify-token.ts";

export const ISSUER = "https://issuer.example";
const KEYS = "https://issuer.example/keys";
export const AUDIENCE = "https://api.example";
export const seconds = () => Math.floor(Date.now() / 1000);

/** An issuer with real keys, whose key set is handed over in memory instead of over TLS. */
export async function tokenIssuer(settings: Partial<IssuerSettings> = {}, alg = "RS256") {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg, use: "sig" };
  const keySet: { current: unknown; fetches: number } = { current: { keys: [jwk] }, fetches: 0 };
  // Other presets know where their keys are.
  const address = (settings.preset ?? "oidc") === "oidc" ? { jwksUri: KEYS } : {};
  const failures: string[] = [];
  const issuers = trustIssuers(
    [{ preset: "oidc", issuer: ISSUER, audience: [AUDIENCE], ...address, ...settings }],
    (issuer, { keysOptional }) =>
      createIssuerKeys(issuer, {
        now: () => Date.now(),
        keysOptional,
        onFailure: (name, _, expected) => void (expected || failures.push(name)),
        fetchDocument: async () => {
          keySet.fetches += 1;
          if (keySet.current === undefined) throw new Error("the endpoint is down");
          return new TextEncoder().encode(JSON.stringify(keySet.current));
        },
      }),
  );
  const verifier: TokenVerifier = { issuers, cache: createTokenCache() };
  const sign = (claims: JWTPayload = {}, header: Record<string, unknown> = {}) => {
    const { iat = seconds(), exp = seconds() + 300, ...rest } = claims;
    const payload = { iss: ISSUER, aud: AUDIENCE, sub: "alice", iat, exp, ...rest };
    const defined = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== null));
    return new SignJWT(defined)
      .setProtectedHeader({ alg, kid: "key-1", typ: "at+jwt", ...header })
      .sign(privateKey);
  };
  return { verifier, sign, keySet, failures, jwk, privateKey };
}
