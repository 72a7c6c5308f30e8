import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calculateJwkThumbprint, decodeJwt, EmbeddedJWK, jwtVerify } from "jose";
import { createLocalCertificates, type LocalCertificates } from "../../../local/issuer/certificates.ts";
import { createKeyring } from "../../../local/scenario/keyring.ts";
import { PERSONAS, type PersonaId } from "../../../local/scenario/persona.ts";
import { createPresenter } from "../../../local/scenario/present.ts";
import type { Possession } from "../../../local/scenario/step.ts";

const API = {
  name: "r",
  kind: "rest",
  apiId: "r1",
  url: "http://127.0.0.1:1/demo",
  tlsUrl: "https://localhost:2/demo",
} as const;

let folder: string;
let certificates: LocalCertificates;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sallyport-present-"));
  certificates = await createLocalCertificates(folder);
});
afterAll(() => rm(folder, { recursive: true }));

function world() {
  const keyring = createKeyring(certificates);
  const present = createPresenter({ gateway: { apis: [API] } as never, ca: certificates.ca }, keyring);
  const as = (persona: PersonaId, possession: Possession = "proven", token: string | undefined = "t.o.k") =>
    present(
      {
        persona,
        api: "rest",
        method: "POST",
        path: "/api/orders",
        token: "own",
        possession,
        from: PERSONAS[persona].origin,
      },
      token,
    );
  return { keyring, as };
}

test("a bearer token goes through the plain door", async () => {
  const { as } = world();
  expect(await as("anna")).toMatchObject({
    url: `${API.url}/api/orders`,
    headers: { authorization: "Bearer t.o.k" },
  });
  expect((await as("anna", "proven")).tls).toBeUndefined();
});

test("a persona without a token shows nothing else either", async () => {
  const { keyring } = world();
  const present = createPresenter({ gateway: { apis: [API] } as never, ca: certificates.ca }, keyring);
  const from = PERSONAS.dora.origin;
  const request = { persona: "dora", api: "rest", method: "GET", path: "/", token: "none", from } as const;
  const { headers } = await present({ ...request, possession: "proven" }, undefined);
  expect(Object.keys(headers)).not.toContain("authorization");
  expect(Object.keys(headers)).not.toContain("dpop");
});

test("a DPoP proof is by the key that the token is bound to, of this request and this token", async () => {
  const { keyring, as } = world();
  const { url, headers, tls } = await as("dora");
  expect([url, headers.authorization]).toEqual([`${API.tlsUrl}/api/orders`, "DPoP t.o.k"]);
  expect(tls).toEqual({ ca: certificates.ca });
  const { payload, protectedHeader } = await jwtVerify(headers.dpop ?? "", EmbeddedJWK, { typ: "dpop+jwt" });
  expect(payload).toMatchObject({
    htm: "POST",
    htu: url,
    ath: createHash("sha256").update("t.o.k").digest("base64url"),
    iat: expect.any(Number),
  });
  expect(protectedHeader.jwk).not.toHaveProperty("d");
  const jkt = await calculateJwkThumbprint(protectedHeader.jwk ?? {});
  expect(await keyring.binding("dora")).toEqual({ jkt });
});

test("each proof is another one, unless it is to be repeated", async () => {
  const { as } = world();
  const [one, two] = [await as("dora"), await as("dora")];
  expect(decodeJwt(two.headers.dpop ?? "").jti).not.toBe(decodeJwt(one.headers.dpop ?? "").jti);
  expect((await as("dora", "repeated")).headers.dpop).toBe(two.headers.dpop);
});

test("a thief has another key, and no proof where none is asked for", async () => {
  const { keyring, as } = world();
  const { headers } = await as("dora", "another");
  const { protectedHeader } = await jwtVerify(headers.dpop ?? "", EmbeddedJWK);
  expect(await calculateJwkThumbprint(protectedHeader.jwk ?? {})).not.toBe(
    (await keyring.binding("dora"))?.jkt,
  );
  const bare = await as("dora", "none");
  expect(bare.headers).toMatchObject({ authorization: "Bearer t.o.k" });
  expect(bare.headers).not.toHaveProperty("dpop");
});

test("a certificate is the one that the token is bound to, none, or somebody else's", async () => {
  const { keyring, as } = world();
  const thumbprint = (pem = "") =>
    createHash("sha256").update(new X509Certificate(pem).raw).digest("base64url");
  const own = await as("cleo");
  expect(own.headers.authorization).toBe("Bearer t.o.k");
  expect(await keyring.binding("cleo")).toEqual({ x5t: thumbprint(own.tls?.client?.cert) });
  expect((await as("cleo", "none")).tls).toEqual({ ca: certificates.ca });
  const other = await as("cleo", "another");
  expect(thumbprint(other.tls?.client?.cert)).not.toBe(thumbprint(own.tls?.client?.cert));
  expect(
    new X509Certificate(other.tls?.client?.cert ?? "").verify(new X509Certificate(certificates.ca).publicKey),
  ).toBe(true);
});

test("who is bound to nothing holds nothing", async () => {
  expect(await world().keyring.binding("anna")).toBeUndefined();
});
