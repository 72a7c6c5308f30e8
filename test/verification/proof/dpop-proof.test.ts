import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import { verifyDpopProof } from "../../../verification/proof/dpop-proof.ts";
import { hashOf, NOW, proofMaker, TOKEN, URL_OF_REQUEST } from "../../support/verification/proof-maker.ts";

const AGE = { maxAge: 60, leeway: 5 };
const SECONDS = NOW / 1000;
const VECTORS = join(__dirname, "../../../../shared/vectors/rfc9449-vectors.json");

type Client = Awaited<ReturnType<typeof proofMaker>>;
let client: Client;
beforeAll(async () => {
  client = await proofMaker();
});

const verify = (proof: string, { jkt } = client, now = SECONDS) =>
  verifyDpopProof(
    proof,
    { token: TOKEN, jkt, method: "GET", isUrl: (url) => url === URL_OF_REQUEST },
    AGE,
    now,
  );
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

test("takes a proof that holds, and says until when it does", async () => {
  expect(await verify(await client.sign({ jti: "one" }))).toEqual({ jti: "one", expiresAt: SECONDS + 65 });
  expect(await verify(await client.sign({ jti: "two", nonce: "n" }))).toMatchObject({ nonce: "n" });
});

test.each<[string, Record<string, unknown>, number]>([
  ["with the longest id", { jti: "j".repeat(256) }, SECONDS],
  ["a moment before it expires by its own word, leeway included", { exp: SECONDS - 1 }, SECONDS + 3.9],
  ["from the moment on that it names, leeway included", { nbf: SECONDS + 5 }, SECONDS],
  ["within both moments that it names", { nbf: SECONDS - 1, exp: SECONDS + 1 }, SECONDS],
])("takes a proof %s", async (_, claims, now) => {
  expect(verify(await client.sign(claims), client, now)).toBeDefined();
});

test.each<[string, Record<string, unknown>, number]>([
  ["when it expires by its own word, leeway included", { exp: SECONDS - 1 }, SECONDS + 4],
  ["that begins at a text", { nbf: "0" }, SECONDS],
  ["that expires at a text of digits", { exp: String(SECONDS + 60) }, SECONDS],
])("refuses a proof %s", async (_, claims, now) => {
  expect(verify(await client.sign(claims), client, now)).toBeUndefined();
});

test("refuses a proof whose URL is a list with the URL of the request", async () => {
  const proof = await client.sign({ htu: [URL_OF_REQUEST] });
  const request = { token: TOKEN, jkt: client.jkt, method: "GET", isUrl: () => true };
  expect(verifyDpopProof(proof, request, AGE, SECONDS)).toBeUndefined();
});

test("gives no nonce of a proof that has none", async () => {
  expect(verify(await client.sign())).not.toHaveProperty("nonce");
});

test("refuses a proof whose key is null", async () => {
  expect(verify(await client.sign({}, { jwk: null }))).toBeUndefined();
});

test.each([["ES256"], ["ES384"], ["ES512"], ["PS256"], ["RS256"], ["EdDSA"], ["Ed25519"]])(
  "takes proofs signed by %s",
  async (alg) => {
    const other = await proofMaker(alg);
    expect(verify(await other.sign(), other)).toBeDefined();
  },
);

test.each<[string, Record<string, unknown>, Record<string, unknown>?]>([
  ["without an id", { jti: undefined }],
  ["with an empty id", { jti: "" }],
  ["with an id that is a number", { jti: 7 }],
  ["with an endless id", { jti: "j".repeat(257) }],
  ["without a method", { htm: undefined }],
  ["of another method", { htm: "POST" }],
  ["of the method in other letters", { htm: "get" }],
  ["without a URL", { htu: undefined }],
  ["of another URL", { htu: `${URL_OF_REQUEST}/1` }],
  ["with a URL that is a list", { htu: [URL_OF_REQUEST] }],
  ["without a time", { iat: undefined }],
  ["with a time that is a text", { iat: String(SECONDS) }],
  ["from the future", { iat: SECONDS + 6 }],
  ["that is too old", { iat: SECONDS - 66 }],
  ["that has expired by its own word", { exp: SECONDS - 6 }],
  ["that expires at a text", { exp: "never" }],
  ["that is not valid yet by its own word", { nbf: SECONDS + 6 }],
  ["without the token's hash", { ath: undefined }],
  ["with another token's hash", { ath: hashOf("another") }],
  ["with the hash in other letters", { ath: `${hashOf(TOKEN)}=` }],
  ["without a type", {}, { typ: undefined }],
  ["of another type", {}, { typ: "JWT" }],
  ["of the type in other letters", {}, { typ: "DPOP+JWT" }],
  ["without a key", {}, { jwk: undefined }],
  ["with a key id in place of the key", {}, { jwk: undefined, kid: "key-1" }],
  ["with a key that is a list", {}, { jwk: [] }],
  ["with a key of no kind", {}, { jwk: { kty: "constructor" } }],
])("refuses a proof %s", async (...[, claims, header]) => {
  expect(verify(await client.sign(claims, header))).toBeUndefined();
});

test("counts from the leeway before its time to the leeway after its age, and no longer", async () => {
  const proof = await client.sign();
  expect(verify(proof, client, SECONDS - 5)).toBeDefined();
  expect(verify(proof, client, SECONDS - 5.001)).toBeUndefined();
  expect(verify(proof, client, SECONDS + 65)).toBeDefined();
  expect(verify(proof, client, SECONDS + 65.001)).toBeUndefined();
});

test("refuses a proof by another key than the token's, whichever key it names", async () => {
  const thief = await proofMaker();
  expect(verify(await thief.sign())).toBeUndefined();
  expect(verify(await thief.sign({}, { jwk: client.jwk }))).toBeUndefined();
});

test("refuses a key with its private part, for another algorithm, or not for signatures", async () => {
  const { secretJwk, jwk } = client;
  for (const wrong of [
    secretJwk,
    { ...jwk, alg: "ES384" },
    { ...jwk, use: "enc" },
    { ...jwk, key_ops: ["sign"] },
  ]) {
    expect(verify(await client.sign({}, { jwk: wrong }))).toBeUndefined();
  }
  const exported = { ...jwk, alg: "ES256", use: "sig", key_ops: ["verify"], ext: true, kid: "mine" };
  expect(verify(await client.sign({}, { jwk: exported }))).toBeDefined();
});

test("refuses a point that is not on the curve", async () => {
  const x = Buffer.alloc(32, 7).toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", x, y: x };
  const jkt = hashOf(JSON.stringify({ crv: "P-256", kty: "EC", x, y: x }));
  expect(verify(await client.sign({}, { jwk }), { ...client, jkt })).toBeUndefined();
});

test("refuses a weak RSA key and an algorithm of the right kind of key that is not on the list", async () => {
  // jose refuses to sign with less than 2,048 bits, so the proof's words are right and its
  // signature is any.
  const { publicKey } = await import("node:crypto").then(({ generateKeyPairSync }) =>
    generateKeyPairSync("rsa", { modulusLength: 1024 }),
  );
  const { n, e } = publicKey.export({ format: "jwk" });
  const jkt = hashOf(JSON.stringify({ e, kty: "RSA", n }));
  const [, payload] = (await client.sign()).split(".");
  const header = encode({ typ: "dpop+jwt", alg: "RS256", jwk: { kty: "RSA", n, e } });
  expect(verify(`${header}.${payload}.AAAA`, { ...client, jkt })).toBeUndefined();
  const strong = await proofMaker("RS512");
  expect(verify(await strong.sign(), strong)).toBeUndefined();
});

test.each([
  ["ES256", "x", (text: string) => `${text}=`],
  ["ES256", "y", (text: string) => `${text.slice(0, 9)}!${text.slice(9)}`],
  ["EdDSA", "x", (text: string) => `${text} `],
  [
    "RS256",
    "n",
    (text: string) =>
      Buffer.from(`\0${Buffer.from(text, "base64url").toString("latin1")}`, "latin1").toString("base64url"),
  ],
  ["RS256", "e", () => "AAEAAQ"],
])("refuses a key for %s in another spelling of %s, under another thumbprint", async (alg, name, spell) => {
  const other = await proofMaker(alg);
  const jwk = { ...other.jwk, [name]: spell(String(other.jwk[name as "x"])) };
  const jkt = await calculateJwkThumbprint(jwk);
  expect(jkt).not.toBe(other.jkt);
  expect(verify(await other.sign({}, { jwk }), { ...other, jkt })).toBeUndefined();
});

test("refuses a key that does not fit the algorithm, and what is symmetric or none", async () => {
  const { publicKey } = await generateKeyPair("ES384");
  const jwk = await exportJWK(publicKey);
  const [, payload, signature] = (await client.sign()).split(".");
  const withHeader = (header: object) => `${encode({ typ: "dpop+jwt", ...header })}.${payload}.${signature}`;
  const jkt = hashOf(JSON.stringify({ crv: "P-384", kty: "EC", x: jwk.x, y: jwk.y }));
  expect(verify(withHeader({ alg: "ES256", jwk }), { ...client, jkt })).toBeUndefined();
  for (const alg of ["none", "HS256", "ES256K", "RS1", undefined, ["ES256"]]) {
    expect(verify(withHeader({ alg, jwk: client.jwk }))).toBeUndefined();
  }
  expect(verify(withHeader({ alg: "HS256", jwk: { kty: "oct", k: "AAAA" } }))).toBeUndefined();
});

test("refuses a changed payload, spare signature bytes, a twin member and a critical header", async () => {
  const proof = await client.sign();
  const [header, payload, signature] = proof.split(".");
  const claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
  expect(verify(`${header}.${encode({ ...claims, jti: "other" })}.${signature}`)).toBeUndefined();
  expect(verify(`${proof}AAAA`)).toBeUndefined();
  expect(verify(`${proof}.`)).toBeUndefined();
  const twin = Buffer.from(`{"htm":"POST",${JSON.stringify(claims).slice(1)}`).toString("base64url");
  expect(verify(`${header}.${twin}.${signature}`)).toBeUndefined();
  expect(
    verify(
      `${encode({ typ: "dpop+jwt", alg: "ES256", jwk: client.jwk, crit: ["x"], x: 1 })}.${payload}.${signature}`,
    ),
  ).toBeUndefined();
});

(existsSync(VECTORS) ? test : test.skip)("takes the proof of RFC 9449 §7.1 for its request alone", () => {
  const { at, jkt, fig13, fig5, fig7 } = JSON.parse(readFileSync(VECTORS, "utf8"));
  const request = {
    token: at,
    jkt,
    method: "GET",
    isUrl: (url: string) => url === "https://resource.example.org/protectedresource",
  };
  const now = 1_562_262_618;
  expect(verifyDpopProof(fig13, request, AGE, now)).toMatchObject({ jti: "e1j3V_bKic8-LAEB" });
  expect(verifyDpopProof(fig13, { ...request, method: "POST" }, AGE, now)).toBeUndefined();
  expect(verifyDpopProof(fig13, { ...request, token: `${at}x` }, AGE, now)).toBeUndefined();
  // Proofs for the token endpoint, which have no `ath`.
  const anyUrl = { ...request, method: "POST", isUrl: () => true };
  expect(verifyDpopProof(fig5, anyUrl, AGE, 1_562_262_616)).toBeUndefined();
  expect(verifyDpopProof(fig7, anyUrl, AGE, 1_562_265_296)).toBeUndefined();
});
