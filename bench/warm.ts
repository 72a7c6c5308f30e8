import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { join } from "node:path";
import { JwtVerifier } from "aws-jwt-verify/jwt-verifier";
import { exportJWK, SignJWT } from "jose";
import jwt from "jsonwebtoken";
import { JwksClient } from "jwks-rsa";
import { evaluate } from "../domain/decision/evaluate.ts";
import type { PolicyQuestion } from "../domain/decision/policy-question.ts";
import { segmentsOf } from "../domain/decision/segment.ts";
import { identityOf } from "../domain/evidence/identity.ts";
import { type AuthorizerOptions, type AuthorizerPorts, authorize } from "../lambda/authorizer/authorize.ts";
import { describeResult } from "../lambda/authorizer/describe-result.ts";
import { readRequest } from "../lambda/authorizer/read-request.ts";
import { renderResponse } from "../lambda/authorizer/render-response.ts";
import { compilePolicies } from "../policy/compile.ts";
import { digestOf, policyDigest } from "../policy/digest.ts";
import { createPolicyEngine } from "../policy/engine.ts";
import { createIssuerKeys } from "../verification/keys/key-sets.ts";
import { createTokenCache } from "../verification/token/token-cache.ts";
import { trustIssuers } from "../verification/token/trusted-issuers.ts";
import { verifyToken } from "../verification/token/verify-token.ts";
import type { Timing } from "./rounds.ts";
import { timeRounds } from "./rounds.ts";
import { eventWith } from "./surroundings.ts";

const ISSUER = "https://issuer.example";
const AUDIENCE = "https://api.example";

export interface WarmFigures {
  readonly verifiers: readonly Timing[];
  readonly stages: readonly Timing[];
}

/**
 * A warm decision without network I/O, beside verifying the same RS256 token alone, and the
 * decision's stages.
 */
export async function measureWarm(rounds: number): Promise<WarmFigures> {
  const { token, event, ports, options, peers } = await prepare();
  const request = readRequest(event, "none", Date.now());
  const firstSight = ports.verifier;
  const again = { ...firstSight, cache: createTokenCache() };
  await verifyToken(request.credentials, again, Date.now());
  const verified = await verifyToken(request.credentials, firstSight, Date.now());
  if (verified.status !== "verified") throw new Error(`the benchmark's token is denied: ${verified.reason}`);
  const evidence = {
    request,
    identity: identityOf(verified, []),
    risk: { status: "known" },
    segmentMatch: segmentsOf(options.segments, request.path),
  } as const;
  let question: PolicyQuestion | undefined;
  const result = await authorize(event, ports, options);
  if (result.decision.outcome !== "allow")
    throw new Error(`the benchmark's request is not allowed: ${result.decision.reasons}`);
  evaluate(
    evidence,
    options,
    (asked) => {
      question = asked;
      return { verdict: "allow", determining: [], monitored: [], errors: [] };
    },
    Date.now(),
  );
  const answer = { verdict: "allow", determining: [], monitored: [], errors: [] } as const;
  const render = () => [describeResult(result), renderResponse(result)];
  return {
    verifiers: await timeRounds(
      [
        { name: "bare crypto.verify", run: peers.bare },
        { name: "aws-jwt-verify", run: () => peers.awsJwtVerify(token) },
        { name: "jsonwebtoken + jwks-rsa", run: () => peers.jsonwebtoken(token) },
        { name: "whole decision", run: () => authorize(event, ports, options) },
        { name: "verify, first sight", run: () => verifyToken(request.credentials, firstSight, Date.now()) },
        { name: "verify, same token again", run: () => verifyToken(request.credentials, again, Date.now()) },
        {
          name: "whole decision, engine left out",
          run: () => authorize(event, { ...ports, ask: () => answer }, options),
        },
      ],
      rounds,
    ),
    stages: await timeRounds(
      [
        { name: "whole decision", run: () => authorize(event, ports, options) },
        { name: "read", run: () => readRequest(event, "none", Date.now()) },
        { name: "verify", run: () => verifyToken(request.credentials, firstSight, Date.now()) },
        {
          name: "evaluate, engine left out",
          run: () => evaluate(evidence, options, () => answer, Date.now()),
        },
        { name: "evaluate, Cedar engine", run: () => question && ports.ask(question) },
        { name: "render and describe", run: render },
      ],
      rounds,
    ),
  };
}

async function prepare() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "RS256", use: "sig" };
  const keys = { keys: [jwk] };
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({
    roles: ["reader", "writer"],
    sid: "session-1",
    device_id: "laptop-7",
    device_trust_level: "medium",
    amr: ["pwd", "mfa"],
    auth_time: now,
    scope: "orders",
    client_id: "web",
  })
    .setProtectedHeader({ alg: "RS256", kid: "key-1", typ: "at+jwt" })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject("alice")
    .setIssuedAt(now)
    .setExpirationTime(now + 3600)
    .setJti("jti-1")
    .sign(privateKey);
  const policies = compilePolicies(join(import.meta.dirname, "../policies/default"));
  const bytes = new TextEncoder().encode(JSON.stringify(keys));
  const trusted = {
    preset: "oidc",
    issuer: ISSUER,
    audience: [AUDIENCE],
    jwksUri: `${ISSUER}/keys`,
  } as const;
  const issuers = trustIssuers([trusted], (issuer) =>
    createIssuerKeys(issuer, { now: Date.now, onFailure: () => {}, fetchDocument: async () => bytes }),
  );
  const ports: AuthorizerPorts = {
    now: Date.now,
    newDecisionId: () => "AAAAAAAAAAAAAAAAAAAAAA",
    onFault: (error) => {
      throw error;
    },
    // As if every token were seen for the first time.
    verifier: { issuers, cache: { find: () => undefined, add: () => {} } },
    readRiskState: async () => ({ status: "known" }),
    ask: createPolicyEngine(policies),
  };
  const settings = {
    geo: "none",
    timeZone: "Europe/Berlin",
    countries: [],
    deviceClaimCap: "medium",
    acrValues: { mfa: ["mfa"] },
  } as const;
  const options: AuthorizerOptions = {
    ...settings,
    segments: policies.segments,
    digests: { policies: policyDigest(policies), configuration: digestOf(settings) },
  };
  return {
    token,
    event: eventWith(token),
    ports,
    options,
    peers: peersFor(token, keys, publicKey.export({ format: "jwk" })),
  };
}

function peersFor(token: string, keys: { keys: object[] }, publicJwk: object) {
  const key = createPublicKey({ key: publicJwk as never, format: "jwk" });
  const [header, payload, signature = ""] = token.split(".");
  const signed = Buffer.from(`${header}.${payload}`);
  const signatureBytes = Buffer.from(signature, "base64url");
  const verifier = JwtVerifier.create({ issuer: ISSUER, audience: AUDIENCE, jwksUri: `${ISSUER}/jwks` });
  verifier.cacheJwks(keys as never);
  const client = new JwksClient({
    jwksUri: `${ISSUER}/jwks`,
    cache: true,
    getKeysInterceptor: async () => keys.keys as never,
  });
  return {
    bare: () => {
      if (!verify("sha256", signed, key, signatureBytes)) throw new Error("the signature does not verify");
    },
    awsJwtVerify: (raw: string) => verifier.verify(raw),
    jsonwebtoken: (raw: string) =>
      new Promise((resolve, reject) => {
        jwt.verify(
          raw,
          ({ kid }, done) =>
            client.getSigningKey(kid).then((found) => done(null, found.getPublicKey()), done),
          { algorithms: ["RS256"], issuer: ISSUER, audience: AUDIENCE },
          (error, claims) => (error ? reject(error) : resolve(claims)),
        );
      }),
  };
}
