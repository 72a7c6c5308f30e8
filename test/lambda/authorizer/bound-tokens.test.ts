import { randomUUID } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from "jose";
import { createRememberProof } from "../../../aws/dynamodb/proof-store.ts";
import { authorize } from "../../../lambda/authorizer/authorize.ts";
import { renderResponse } from "../../../lambda/authorizer/render-response.ts";
import { certificateThumbprint } from "../../../verification/proof/client-certificate.ts";
import { createNonces } from "../../../verification/proof/dpop-nonces.ts";
import type { ProofVerifier } from "../../../verification/proof/verify-proofs.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { ask, options } from "../../support/gateway/default-policies.ts";
import { http1Event, httpEvent, restEvent, tokenEvent } from "../../support/gateway/gateway-events.ts";
import { strictPorts } from "../../support/gateway/strict-ports.ts";
import { hashOf } from "../../support/verification/proof-maker.ts";
import { seconds, tokenIssuer } from "../../support/verification/token-issuer.ts";

const EXECUTE_API = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";
const PEM = `-----BEGIN CERTIFICATE-----\n${Buffer.alloc(90, 5).toString("base64")}\n-----END CERTIFICATE-----\n`;

type Issuer = Awaited<ReturnType<typeof tokenIssuer>>;
let issuer: Issuer;
let table: Awaited<ReturnType<typeof startTable>>;
let key: Awaited<ReturnType<typeof generateKeyPair>>;
let jkt: string;
let token: string;
beforeAll(async () => {
  [issuer, table, key] = await Promise.all([tokenIssuer(), startTable(), generateKeyPair("ES256")]);
  jkt = await calculateJwkThumbprint(await exportJWK(key.publicKey));
  token = await signFor({ jkt });
});
afterAll(() => table.close());

const signFor = (cnf: object, more = {}) =>
  issuer.sign({ cnf, roles: ["admin"], amr: ["mfa"], device_trust_level: "medium", ...more });

const prove = async (htu: string, claims = {}, of = token) =>
  new SignJWT({ jti: randomUUID(), htm: "GET", htu, ath: hashOf(of), iat: seconds(), ...claims })
    .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk: await exportJWK(key.publicKey) })
    .sign(key.privateKey);

async function run(event: unknown, change: Partial<ProofVerifier> = {}, remaining?: () => number) {
  const proofs: ProofVerifier = {
    publicOrigins: {},
    age: { maxAge: 60, leeway: 5 },
    remember: createRememberProof(table.client, table.tableName, Date.now),
    ...change,
  };
  const ports = {
    ...strictPorts,
    now: Date.now,
    verifier: issuer.verifier,
    proofs,
    readRiskState: async () => ({ status: "known" }) as const,
    ask,
    ...(remaining && { remaining }),
  };
  const result = await authorize(event, ports, options);
  const { context } = renderResponse(result);
  return { result, context, reason: result.decision.reasons[0] };
}

const KINDS = [
  ["REST", restEvent, `${EXECUTE_API}/prod/api/orders`],
  ["HTTP 1.0", http1Event, `${EXECUTE_API}/prod/api/orders`],
  ["HTTP 2.0", httpEvent, `${EXECUTE_API}/api/orders`],
] as const;

test.each(KINDS)(
  "a DPoP-bound token passes a %s API with its proof, once, and not without",
  async (_, make, htu) => {
    const proof = await prove(htu);
    const authorization = `DPoP ${token}`;
    const allowed = await run(make({ authorization, headers: { dpop: proof } }));
    expect(allowed.reason).toBe("policy-permits");
    expect(allowed.result.caller).toMatchObject({ proofs: [{ method: "dpop", thumbprint: jkt }] });
    // The token has been remembered by now; its proof has not been.
    expect((await run(make({ authorization, headers: { dpop: proof } }))).reason).toBe("proof-replayed");
    expect((await run(make({ authorization }))).reason).toBe("proof-missing");
    expect((await run(make({ authorization: `Bearer ${token}` }))).reason).toBe("proof-missing");
  },
);

test.each(KINDS)("a certificate-bound token passes a %s API with its certificate alone", async (_, make) => {
  const bound = await signFor({ "x5t#S256": certificateThumbprint(PEM) });
  const event = make({ authorization: `Bearer ${bound}` });
  const identity = { clientCert: { clientCertPem: PEM } };
  const requestContext = { ...event.requestContext, identity, authentication: identity };
  expect((await run({ ...event, requestContext })).reason).toBe("policy-permits");
  expect((await run(event)).reason).toBe("certificate-mismatch");
});

test("a TOKEN authorizer gets no proof, so that bound tokens do not pass it", async () => {
  expect((await run(tokenEvent({ authorization: `DPoP ${token}` }))).reason).toBe("proof-missing");
  const bound = await signFor({ "x5t#S256": certificateThumbprint(PEM) });
  expect((await run(tokenEvent({ authorization: `Bearer ${bound}` }))).reason).toBe("certificate-mismatch");
});

test("a client that is asked for a nonce passes with the one in the answer", async () => {
  const htu = `${EXECUTE_API}/prod/api/orders`;
  const nonces = createNonces(async () => Buffer.alloc(32, 9));
  const event = async (claims = {}) =>
    restEvent({ authorization: `DPoP ${token}`, headers: { DPoP: await prove(htu, claims) } });
  const first = await run(await event(), { nonces });
  expect(first.context).toMatchObject({
    error: "use_dpop_nonce",
    wwwAuthenticate: expect.stringMatching(/^DPoP error="use_dpop_nonce", .*algs="ES256 /),
    dpopNonce: expect.stringMatching(/^[\w-]{43}$/),
  });
  const second = await run(await event({ nonce: first.context.dpopNonce }), { nonces });
  expect(second.reason).toBe("policy-permits");
  expect(second.context.dpopNonce).toBe(first.context.dpopNonce);
});

test("a caller with DPoP gets a step-up challenge with the scheme DPoP", async () => {
  const weak = await signFor({ jkt }, { amr: ["pwd"] });
  const htu = `${EXECUTE_API}/prod/api/billing/x`;
  const event = restEvent({
    path: "/api/billing/x",
    authorization: `DPoP ${weak}`,
    headers: { DPoP: await prove(htu, {}, weak) },
  });
  const { reason, context } = await run(event);
  expect(reason).toBe("mfa-required");
  expect(context.wwwAuthenticate).toMatch(
    /^DPoP error="insufficient_user_authentication", .*acr_values="urn:mfa"/,
  );
});

test("a replay store that is down or slow denies", async () => {
  const event = async () =>
    restEvent({
      authorization: `DPoP ${token}`,
      headers: { DPoP: await prove(`${EXECUTE_API}/prod/api/orders`) },
    });
  const down = await run(await event(), { remember: async () => "unavailable" });
  expect(down.reason).toBe("replay-store-unavailable");
  expect(down.context).toMatchObject({ error: "temporarily_unavailable" });
  const slow = await run(await event(), { remember: () => new Promise(() => {}) }, () => 50);
  expect(slow.reason).toBe("deadline-exceeded");
});
