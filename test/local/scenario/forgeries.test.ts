import { mkdtemp, rm } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { createLocalCertificates } from "../../../local/issuer/certificates.ts";
import { type Issuer, startIssuer } from "../../../local/issuer/issuer.ts";
import { FORGERIES } from "../../../local/scenario/forgeries.ts";
import type { Forgery } from "../../../local/scenario/step.ts";
import { CLAIMS } from "../../support/shop/persona-claims.ts";

const AUDIENCE = "https://api.example";

let folder: string;
let issuer: Issuer;
let keys: ReturnType<typeof createLocalJWKSet>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sallyport-forgeries-"));
  const certificates = await createLocalCertificates(folder);
  issuer = await startIssuer({ certificates, audience: AUDIENCE });
  const keySet = await new Promise<string>((resolve, reject) => {
    const { ca } = certificates;
    get(issuer.jwksUri, { ca, agent: false }, (response) => resolve(text(response))).on("error", reject);
  });
  keys = createLocalJWKSet(JSON.parse(keySet));
});
afterAll(async () => {
  await issuer.close();
  await rm(folder, { recursive: true });
});

const forge = (forgery: Forgery): Promise<string> => FORGERIES[forgery](issuer, CLAIMS);
const verify = (token: string, change: object = {}) =>
  jwtVerify(token, keys, {
    issuer: issuer.url,
    audience: AUDIENCE,
    typ: "at+jwt",
    algorithms: ["RS256"],
    ...change,
  });

// Each is refused by an independent verifier for what its name says, and for nothing that comes
// before it.
test.each<[Forgery, new (...args: never) => errors.JOSEError]>([
  ["expired", errors.JWTExpired],
  ["wrong-audience", errors.JWTClaimValidationFailed],
  ["foreign-key", errors.JWSSignatureVerificationFailed],
  ["unknown-key-id", errors.JWKSNoMatchingKey],
  ["tampered-payload", errors.JWSSignatureVerificationFailed],
  ["wrong-issuer", errors.JWSSignatureVerificationFailed],
  ["alg-none", errors.JOSEAlgNotAllowed],
  ["symmetric", errors.JOSEAlgNotAllowed],
  ["truncated", errors.JWSInvalid],
])("%s is refused", async (forgery, error) => {
  await expect(verify(await forge(forgery))).rejects.toThrow(error);
});

test("a good token of the same claims is not refused", async () => {
  expect((await verify(await issuer.issueToken(CLAIMS))).payload.sub).toBe("alice");
});

test("the signature of an expired token holds, and it was good in its time", async () => {
  const currentDate = new Date(Date.now() - 4000e3);
  expect((await verify(await forge("expired"), { currentDate })).payload.sub).toBe("alice");
});

test("the signature of a token for another API holds there", async () => {
  const audience = "https://another-api.example";
  expect((await verify(await forge("wrong-audience"), { audience })).payload.sub).toBe("alice");
});

test("the others claim what their names say", async () => {
  expect((await forge("alg-none")).split(".")[2]).toBe("");
  expect(decodeProtectedHeader(await forge("symmetric"))).toMatchObject({ alg: "HS256" });
  expect(decodeJwt(await forge("tampered-payload")).roles).toContain("admin");
  expect(decodeJwt(await forge("wrong-issuer")).iss).not.toBe(issuer.url);
});
