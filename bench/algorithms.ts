import { constants, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { exportJWK, SignJWT } from "jose";
import { RawToken } from "../domain/evidence/raw-token.ts";
import type { SignatureAlgorithm } from "../domain/evidence/signature-algorithm.ts";
import { createIssuerKeys } from "../verification/keys/key-sets.ts";
import { createTokenCache } from "../verification/token/token-cache.ts";
import { trustIssuers } from "../verification/token/trusted-issuers.ts";
import { verifyToken } from "../verification/token/verify-token.ts";
import { timeRounds } from "./rounds.ts";

export interface AlgorithmFigures {
  readonly algorithm: SignatureAlgorithm;
  readonly bareMicros: number;
  /** First sight of a token, with every check, over the bare verification of its signature */
  readonly firstSight: number;
  /** The same token again */
  readonly again: number;
}

const ISSUER = "https://issuer.example";
const AUDIENCE = "https://api.example";
/** What the settings accept besides the default four, so that each can be timed */
const TIMED: readonly SignatureAlgorithm[] = ["RS256", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"];

/**
 * Verification by algorithm, each beside a bare `crypto.verify` of the same token in the same
 * rounds.
 */
export async function measureAlgorithms(rounds: number): Promise<readonly AlgorithmFigures[]> {
  const figures: AlgorithmFigures[] = [];
  for (const algorithm of TIMED) {
    const { privateKey, publicKey } = keyPairFor(algorithm);
    const token = await sign(algorithm, privateKey);
    const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg: algorithm };
    const bytes = new TextEncoder().encode(JSON.stringify({ keys: [jwk] }));
    const issuers = trustIssuers(
      [
        {
          preset: "oidc",
          issuer: ISSUER,
          audience: [AUDIENCE],
          jwksUri: `${ISSUER}/keys`,
          algorithms: TIMED,
        },
      ],
      (issuer) =>
        createIssuerKeys(issuer, { now: Date.now, onFailure: () => {}, fetchDocument: async () => bytes }),
    );
    const credentials = { status: "bearer", scheme: "Bearer", token: new RawToken(token) } as const;
    const firstSight = { issuers, cache: { find: () => undefined, add: () => {} } };
    const again = { issuers, cache: createTokenCache() };
    for (const verifier of [firstSight, again]) {
      const verified = await verifyToken(credentials, verifier, Date.now());
      if (verified.status !== "verified")
        throw new Error(`the ${algorithm} token is denied: ${verified.reason}`);
    }
    const [bare, first, second] = await timeRounds(
      [
        { name: "bare", run: bareVerification(algorithm, publicKey, token) },
        { name: "first sight", run: () => verifyToken(credentials, firstSight, Date.now()) },
        { name: "again", run: () => verifyToken(credentials, again, Date.now()) },
      ],
      rounds,
    );
    figures.push({
      algorithm,
      bareMicros: bare?.micros ?? Number.NaN,
      firstSight: first?.ratio ?? Number.NaN,
      again: second?.ratio ?? Number.NaN,
    });
  }
  return figures;
}

function keyPairFor(algorithm: SignatureAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  if (algorithm === "EdDSA") return generateKeyPairSync("ed25519");
  if (algorithm.startsWith("ES")) return generateKeyPairSync("ec", { namedCurve: CURVES[algorithm] ?? "" });
  return generateKeyPairSync("rsa", { modulusLength: 2048 });
}

const CURVES: Readonly<Record<string, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

function sign(algorithm: SignatureAlgorithm, key: KeyObject): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    roles: ["reader"],
    sid: "s1",
    device_id: "d1",
    amr: ["mfa"],
    scope: "orders",
    client_id: "web",
  })
    .setProtectedHeader({ alg: algorithm, kid: "key-1", typ: "at+jwt" })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject("alice")
    .setJti("jti-1")
    .setIssuedAt(now)
    .setExpirationTime(now + 3600)
    .sign(key);
}

function bareVerification(algorithm: SignatureAlgorithm, key: KeyObject, token: string): () => void {
  const [header, payload, signature = ""] = token.split(".");
  const signed = Buffer.from(`${header}.${payload}`);
  const bytes = Buffer.from(signature, "base64url");
  const digest = algorithm === "EdDSA" ? undefined : `sha${algorithm.slice(2)}`;
  const input = algorithm.startsWith("PS")
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : algorithm.startsWith("ES")
      ? { key, dsaEncoding: "ieee-p1363" as const }
      : key;
  return () => {
    if (!verify(digest, signed, input, bytes)) throw new Error("the signature does not verify");
  };
}
