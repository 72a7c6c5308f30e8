import { createHash, createPublicKey, generateKeyPairSync, randomUUID, verify } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, SignJWT } from "jose";
import type { VerifiedToken } from "../domain/evidence/identity.ts";
import { RawToken } from "../domain/evidence/raw-token.ts";
import { boundRequest } from "../test/support/verification/proof-maker.ts";
import { type ProofVerifier, verifyProofs } from "../verification/proof/verify-proofs.ts";
import { type Timing, timeRounds } from "./rounds.ts";

const TOKEN = "eyJhbGciOiJSUzI1NiJ9.".repeat(40);
const HTU = "https://api.example.com/v1/api/orders";

/**
 * A DPoP proof with every check but the table's, beside importing its key and verifying its ES256
 * signature alone.
 */
export async function measureProofs(rounds: number): Promise<readonly Timing[]> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = await exportJWK(publicKey);
  const proof = await new SignJWT({
    htm: "GET",
    htu: HTU,
    ath: createHash("sha256").update(TOKEN).digest("base64url"),
  })
    .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk })
    .setJti(randomUUID())
    .setIssuedAt()
    .sign(privateKey);
  const now = Date.now();
  const request = boundRequest({
    credentials: { status: "bearer", scheme: "DPoP", token: new RawToken(TOKEN) },
    proof: new RawToken(proof),
    receivedAt: now,
  });
  const bound = tokenBoundTo(await calculateJwkThumbprint(jwk));
  const verifier: ProofVerifier = {
    publicOrigins: { "a1b2c3d4e5/prod": ["https://api.example.com/v1"] },
    age: { maxAge: 60, leeway: 5 },
    // Every run is as good as the first; the table's own time is the network's.
    remember: async () => "first",
  };
  const run = () => verifyProofs(request, bound, verifier, now);
  const caller = await run();
  if (caller.status !== "verified") throw new Error(`the benchmark's proof is denied: ${caller.reason}`);
  const [header, payload, signature = ""] = proof.split(".");
  const signed = Buffer.from(`${header}.${payload}`);
  const bytes = Buffer.from(signature, "base64url");
  const bare = () => {
    const key = createPublicKey({ key: jwk as never, format: "jwk" });
    if (!verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, bytes))
      throw new Error("the signature does not verify");
  };
  return timeRounds(
    [
      { name: "bare key import and ES256 verify", run: bare },
      { name: "DPoP proof, every check", run },
    ],
    rounds,
  );
}

function tokenBoundTo(jkt: string): VerifiedToken {
  return {
    status: "verified",
    kind: "user",
    binding: { jkt },
    issuer: "https://issuer.example",
    subject: "alice",
    roles: [],
    scopes: [],
    claimedDeviceTrust: "unknown",
    mfa: true,
    issuedAt: 1,
    expiresAt: 2,
  };
}
