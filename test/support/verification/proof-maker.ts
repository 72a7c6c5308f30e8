import { createHash, randomUUID } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import type { AccessRequest } from "../../../domain/evidence/access-request.ts";
import { RawToken } from "../../../domain/evidence/raw-token.ts";

export const TOKEN = "the.access.token";
export const URL_OF_REQUEST = "https://api.example.com/v1/api/orders";
export const ORIGINS = { "a1b2c3d4e5/prod": ["https://api.example.com/v1"] };
export const NOW = 1_790_000_000_000;
const SECONDS = NOW / 1000;

type Change = Readonly<Record<string, unknown>>;
/** `undefined` takes a member away. */
const changed = (members: object, change: Change) =>
  Object.fromEntries(Object.entries({ ...members, ...change }).filter(([, value]) => value !== undefined));
export const hashOf = (text: string) => createHash("sha256").update(text).digest("base64url");

/** A client with its own key, whose proofs can be made wrong in any member. */
export async function proofMaker(alg = "ES256", options: { modulusLength?: number; crv?: string } = {}) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, ...options });
  const jwk = await exportJWK(publicKey);
  const jkt = await calculateJwkThumbprint(jwk);
  const sign = (claims: Change = {}, header: Change = {}, token = TOKEN) => {
    const payload = {
      jti: randomUUID(),
      htm: "GET",
      htu: URL_OF_REQUEST,
      iat: SECONDS,
      ath: hashOf(token),
    };
    const protectedHeader = changed({ typ: "dpop+jwt", alg, jwk }, header);
    return new SignJWT(changed(payload, claims))
      .setProtectedHeader(protectedHeader as never)
      .sign(privateKey);
  };
  return { sign, jkt, jwk: jwk as JWK, secretJwk: await exportJWK(privateKey) };
}

/** A request with a DPoP-bound token, with some of it replaced. */
export function boundRequest(change: Partial<AccessRequest> = {}): AccessRequest {
  return {
    kind: "rest-request",
    arn: "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5/prod/GET/api/orders",
    partition: "aws",
    region: "eu-central-1",
    accountId: "111122223333",
    apiId: "a1b2c3d4e5",
    stage: "prod",
    method: "GET",
    path: "/api/orders",
    credentials: { status: "bearer", scheme: "DPoP", token: new RawToken(TOKEN) },
    receivedAt: NOW,
    ...change,
  };
}
