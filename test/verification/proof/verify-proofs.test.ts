import { generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import { createRememberProof } from "../../../aws/dynamodb/proof-store.ts";
import type { AccessRequest } from "../../../domain/evidence/access-request.ts";
import type { VerifiedToken } from "../../../domain/evidence/identity.ts";
import { RawToken } from "../../../domain/evidence/raw-token.ts";
import type { RememberProof } from "../../../domain/evidence/remember-proof.ts";
import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { certificateThumbprint } from "../../../verification/proof/client-certificate.ts";
import { createNonces } from "../../../verification/proof/dpop-nonces.ts";
import {
  offerNonce,
  type ProofVerifier,
  proofVerifier,
  verifyProofs,
} from "../../../verification/proof/verify-proofs.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { identity, verifiedToken } from "../../support/domain/identities.ts";
import { http1Event, httpEvent, restEvent } from "../../support/gateway/gateway-events.ts";
import { boundRequest, NOW, ORIGINS, proofMaker, TOKEN } from "../../support/verification/proof-maker.ts";

const AGE = { maxAge: 60, leeway: 5 };
const PEM = `-----BEGIN CERTIFICATE-----\n${Buffer.alloc(300, 5).toString("base64")}\n-----END CERTIFICATE-----\n`;
const X5T = certificateThumbprint(PEM) ?? "";
const OTHER_PEM = PEM.replace("BQUF", "BgUF");

let client: Awaited<ReturnType<typeof proofMaker>>;
let remembered: string[] = [];
beforeAll(async () => {
  client = await proofMaker();
});
beforeEach(() => {
  remembered = [];
});

const remember: RememberProof = async (jkt, jti, expiresAt) => {
  remembered.push(`${jkt} ${jti} ${expiresAt}`);
  return "first";
};
const verifier = (change: Partial<ProofVerifier> = {}): ProofVerifier => ({
  publicOrigins: ORIGINS,
  age: AGE,
  remember,
  ...change,
});
const bearer = (scheme: "Bearer" | "DPoP") =>
  ({ status: "bearer", scheme, token: new RawToken(TOKEN) }) as const;
const dpopBound = (more: VerifiedToken["binding"] = {}) =>
  verifiedToken({ binding: { jkt: client.jkt, ...more } });
const withProof = async (claims = {}, change: Partial<AccessRequest> = {}) =>
  boundRequest({ proof: new RawToken(await client.sign(claims)), ...change });
const verify = (request: AccessRequest, token = dpopBound(), change: Partial<ProofVerifier> = {}) =>
  verifyProofs(request, token, verifier(change), NOW);
const refused = (reason: string) => ({ status: "unverified", reason });

describe("DPoP", () => {
  test("fills in the proof that holds, and remembers it once", async () => {
    const proven = await verify(await withProof({ jti: "one" }));
    expect(proven).toEqual({ ...dpopBound(), proofs: [{ method: "dpop", thumbprint: client.jkt }] });
    expect(remembered).toEqual([`${client.jkt} one ${NOW / 1000 + 65}`]);
  });

  test("refuses a bound token without proof, and as a bearer token with or without one", async () => {
    expect(await verify(boundRequest())).toEqual(refused("proof-missing"));
    for (const request of [
      boundRequest({ credentials: bearer("Bearer") }),
      await withProof({}, { credentials: bearer("Bearer") }),
    ]) {
      expect(await verify(request)).toEqual(refused("proof-missing"));
    }
  });

  test("refuses an unbound token that comes by DPoP or with a proof", async () => {
    for (const request of [
      boundRequest(),
      await withProof(),
      await withProof({}, { credentials: bearer("Bearer") }),
    ]) {
      expect(await verify(request, verifiedToken())).toEqual(refused("proof-invalid"));
    }
  });

  test("makes an identity without proofs of a bearer token", async () => {
    const request = boundRequest({ credentials: bearer("Bearer") });
    expect(await verify(request, verifiedToken())).toEqual({ ...verifiedToken(), proofs: [] });
  });

  test("refuses a proof for another URL, method, token or key, and writes nothing for it", async () => {
    const thief = await proofMaker();
    for (const request of [
      await withProof({ htu: "https://api.example.com/v1/api/other" }),
      await withProof({ htu: "https://evil.example/v1/api/orders" }),
      await withProof({}, { method: "DELETE" }),
      await withProof({}, { stage: "beta" }),
      boundRequest({ proof: new RawToken(await client.sign({}, {}, "another.token")) }),
      boundRequest({ proof: new RawToken(await thief.sign()) }),
      boundRequest({ proof: new RawToken("a.b.c") }),
    ]) {
      expect(await verify(request)).toEqual(refused("proof-invalid"));
    }
    expect(remembered).toEqual([]);
  });

  test("takes a proof for a WebSocket API's address by GET", async () => {
    const connection = { kind: "websocket", method: "CONNECT", path: "/$connect" } as const;
    const htu = "wss://api.example.com/v1";
    expect(await verify(await withProof({ htu }, connection))).toMatchObject({ status: "verified" });
    expect(await verify(await withProof({ htu, htm: "CONNECT" }, connection))).toEqual(
      refused("proof-invalid"),
    );
  });

  test("says whether a proof was used before, or that this is unknown", async () => {
    const request = await withProof();
    expect(await verify(request, dpopBound(), { remember: async () => "replayed" })).toEqual(
      refused("proof-replayed"),
    );
    expect(await verify(request, dpopBound(), { remember: async () => "unavailable" })).toEqual(
      refused("replay-store-unavailable"),
    );
  });

  test("takes a proof once across two environments with one table", async () => {
    const table = await startTable();
    try {
      const stores = [0, 1].map(() => createRememberProof(table.client, table.tableName, () => NOW));
      const request = await withProof();
      const [one, other] = await Promise.all(
        stores.map((store) => verify(request, dpopBound(), { remember: store })),
      );
      const outcomes = [one?.status, other?.status].toSorted();
      expect(outcomes).toEqual(["unverified", "verified"]);
      expect([one, other]).toContainEqual(refused("proof-replayed"));
    } finally {
      await table.close();
    }
  });

  test("cannot judge a bound token without a verifier of proofs", async () => {
    expect(await verifyProofs(await withProof(), dpopBound(), undefined, NOW)).toEqual(
      refused("binding-not-supported"),
    );
  });
});

describe("nonces", () => {
  const nonces = createNonces(async () => Buffer.alloc(32, 3));

  test("are asked for, given, and accepted once the proof has one", async () => {
    expect(await verify(await withProof(), dpopBound(), { nonces })).toEqual(refused("proof-nonce-required"));
    expect(remembered).toEqual([]);
    const lacking = { status: "unverified", reason: "proof-nonce-required" } as const;
    const nonce = await offerNonce(lacking, verifier({ nonces }), NOW);
    expect(await verify(await withProof({ nonce }), dpopBound(), { nonces })).toMatchObject({
      status: "verified",
    });
    expect(await verify(await withProof({ nonce: "old" }), dpopBound(), { nonces })).toEqual(
      refused("proof-nonce-required"),
    );
  });

  test("that cannot be had deny", async () => {
    const without = createNonces(async () => undefined);
    expect(await verify(await withProof(), dpopBound(), { nonces: without })).toEqual(
      refused("replay-store-unavailable"),
    );
  });

  test("are given to callers whose proof held, where the deployment asks for them", async () => {
    const by = (method: "dpop" | "mtls") => identity({ proofs: [{ method, thumbprint: X5T }] });
    expect(await offerNonce(by("dpop"), verifier({ nonces }), NOW)).toMatch(/^[\w-]{43}$/);
    expect(await offerNonce(by("mtls"), verifier({ nonces }), NOW)).toBeUndefined();
    expect(await offerNonce(identity(), verifier({ nonces }), NOW)).toBeUndefined();
    expect(await offerNonce(by("dpop"), verifier(), NOW)).toBeUndefined();
    expect(await offerNonce(by("dpop"), undefined, NOW)).toBeUndefined();
    const forged = { status: "unverified", reason: "token-signature-invalid" } as const;
    expect(await offerNonce(forged, verifier({ nonces }), NOW)).toBeUndefined();
  });
});

describe("client certificates", () => {
  const certificateBound = verifiedToken({ binding: { x5t: X5T } });
  const request = (change: Partial<AccessRequest>) =>
    boundRequest({ credentials: bearer("Bearer"), ...change });

  test("fill in the proof when they are the token's", async () => {
    expect(await verify(request({ certificate: PEM }), certificateBound)).toMatchObject({
      status: "verified",
      proofs: [{ method: "mtls", thumbprint: X5T }],
    });
  });

  test.each<[string, Partial<AccessRequest>]>([
    ["none was presented", {}],
    ["another was presented", { certificate: OTHER_PEM }],
    ["it comes second in a chain", { certificate: OTHER_PEM + PEM }],
    ["it cannot be read", { certificate: PEM.replace("BEGIN", "BEGIN ") }],
  ])("are refused when %s", async (_, change) => {
    expect(await verify(request(change), certificateBound)).toEqual(refused("certificate-mismatch"));
  });

  test("prove nothing of a token that is not bound to them", async () => {
    expect(await verify(request({ certificate: PEM }), verifiedToken())).toMatchObject({
      status: "verified",
      proofs: [],
    });
  });

  test("and DPoP must both hold for a token that is bound to both", async () => {
    const both = dpopBound({ x5t: X5T });
    expect(await verify(await withProof({}, { certificate: PEM }), both)).toMatchObject({
      status: "verified",
      proofs: [{ method: "mtls" }, { method: "dpop" }],
    });
    expect(await verify(await withProof(), both)).toEqual(refused("certificate-mismatch"));
    expect(await verify(boundRequest({ certificate: PEM }), both)).toEqual(refused("proof-missing"));
    expect(remembered).toHaveLength(1);
  });

  const identityPart = { clientCert: { clientCertPem: PEM, subjectDN: "CN=x" } };
  test.each([
    [
      "rest-request",
      { ...restEvent({ authorization: "Bearer t" }), requestContext: { identity: identityPart } },
    ],
    [
      "http-1.0",
      { ...http1Event({ authorization: "Bearer t" }), requestContext: { identity: identityPart } },
    ],
    [
      "http-2.0",
      {
        ...httpEvent({ authorization: "Bearer t" }),
        requestContext: { ...httpEvent().requestContext, authentication: identityPart },
      },
    ],
  ])("are found in a %s event", async (kind, event) => {
    const read = readRequest(event, "none", NOW);
    expect(read).toMatchObject({ kind, certificate: PEM });
    expect(await verify(read, certificateBound)).toMatchObject({ status: "verified" });
    const without = { ...event, requestContext: { http: { method: "GET" } } };
    expect(await verify(readRequest(without, "none", NOW), certificateBound)).toEqual(
      refused("certificate-mismatch"),
    );
  });
});

test("an EC key of the client is checked whole, not only by its thumbprint", async () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const forged = await new SignJWT({ jti: "x" })
    .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk: client.jwk })
    .sign(privateKey);
  expect(await verify(boundRequest({ proof: new RawToken(forged) }))).toEqual(refused("proof-invalid"));
});

test("the deployment's settings decide age, leeway and nonces", () => {
  const secret = async () => undefined;
  expect(proofVerifier({}, remember, secret)).toEqual({
    publicOrigins: {},
    age: { maxAge: 60, leeway: 30 },
    remember,
  });
  const settings = { publicOrigins: ORIGINS, dpop: { maxAge: 20, leeway: 1, nonce: true } };
  expect(proofVerifier(settings, remember, secret)).toEqual({
    publicOrigins: ORIGINS,
    age: { maxAge: 20, leeway: 1 },
    remember,
    nonces: expect.anything(),
  });
});

test("a request without a bearer token proves nothing of a token", async () => {
  const request = boundRequest({ credentials: { status: "absent" } });
  expect(await verifyProofs(request, verifiedToken(), verifier(), NOW)).toEqual({
    status: "unverified",
    reason: "token-missing",
  });
});
