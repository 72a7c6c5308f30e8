import "reflect-metadata";
import { createHash, webcrypto, X509Certificate } from "node:crypto";
import { X509CertificateGenerator } from "@peculiar/x509";
import fc from "fast-check";
import { certificateThumbprint } from "../../../verification/proof/client-certificate.ts";

async function certificate(name: string): Promise<Buffer> {
  const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
  });
  return Buffer.from(made.rawData);
}

const pemOf = (der: Buffer, { width = 64, newline = "\n", label = "CERTIFICATE" } = {}) => {
  const lines = der.toString("base64").match(new RegExp(`.{1,${width}}`, "g")) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join(newline);
};
const thumbprintOf = (der: Buffer) => createHash("sha256").update(der).digest("base64url");

let client: Buffer;
let authority: Buffer;
beforeAll(async () => {
  [client, authority] = await Promise.all([certificate("client"), certificate("authority")]);
});

test("is the fingerprint that others compute", () => {
  const theirs = new X509Certificate(client).fingerprint256.replaceAll(":", "").toLowerCase();
  const ours = Buffer.from(certificateThumbprint(pemOf(client)) ?? "", "base64url").toString("hex");
  expect(ours).toBe(theirs);
});

test("is the same in every way of writing the same bytes", () => {
  for (const pem of [
    pemOf(client),
    pemOf(client, { width: 76 }),
    pemOf(client, { width: 100_000 }),
    pemOf(client, { newline: "\r\n" }),
    `\n  ${pemOf(client).trimEnd()}`,
  ]) {
    expect(certificateThumbprint(pem)).toBe(thumbprintOf(client));
  }
});

test("is that of the first certificate of a chain", () => {
  expect(certificateThumbprint(pemOf(client) + pemOf(authority))).toBe(thumbprintOf(client));
  expect(certificateThumbprint(pemOf(authority) + pemOf(client))).toBe(thumbprintOf(authority));
});

test("is another for other bytes: a byte more, or the length of the outermost part written long", () => {
  expect(certificateThumbprint(pemOf(Buffer.concat([client, Buffer.of(0)])))).not.toBe(thumbprintOf(client));
  // DER 30 82 hi lo … as BER 30 83 00 hi lo …
  const long = Buffer.concat([Buffer.of(0x30, 0x83, 0), client.subarray(2)]);
  expect(certificateThumbprint(pemOf(long))).not.toBe(thumbprintOf(client));
});

test.each<[string, () => string]>([
  ["nothing", () => ""],
  ["no certificate", () => "certificate"],
  ["a text before it", () => `Bag Attributes\n${pemOf(client)}`],
  ["another label", () => pemOf(client, { label: "TRUSTED CERTIFICATE" })],
  ["a key", () => pemOf(client, { label: "PUBLIC KEY" })],
  ["another beginning", () => pemOf(client).replace(/^-----BEGIN/, "=====BEGIN")],
  ["no end", () => pemOf(client).replace("-----END CERTIFICATE-----", "")],
  ["an empty body", () => pemOf(Buffer.alloc(0))],
  ["headers in it", () => pemOf(client).replace("\n", "\nProc-Type: 4,ENCRYPTED\n\n")],
  ["base64url", () => `${pemOf(Buffer.alloc(99, 0xff)).replaceAll("/", "_")}`],
  ["spare bits", () => "-----BEGIN CERTIFICATE-----\nMB==\n-----END CERTIFICATE-----"],
  ["no padding", () => "-----BEGIN CERTIFICATE-----\nMA\n-----END CERTIFICATE-----"],
  ["escaped newlines", () => pemOf(client).replaceAll("\n", "\\n")],
  ["percent-encoding", () => encodeURIComponent(pemOf(client))],
  ["more than a chain can be", () => pemOf(client) + "\n".repeat(70_000)],
])("there is no thumbprint of %s", (_, pem) => {
  expect(certificateThumbprint(pem())).toBeUndefined();
});

test("never throws, and no change of a character gives the certificate's own thumbprint", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => void certificateThumbprint(text)),
    { numRuns: 500 },
  );
  const pem = pemOf(client);
  const body = fc.integer({ min: 28, max: pem.length - 28 });
  fc.assert(
    fc.property(body, fc.constantFrom(..."ABab01+/-_=.é"), (at, character) => {
      if (pem[at] === character || pem[at] === "\n") return;
      const changed = pem.slice(0, at) + character + pem.slice(at + 1);
      expect(certificateThumbprint(changed)).not.toBe(thumbprintOf(client));
    }),
    { numRuns: 500 },
  );
});

test("a certificate may be as long as 65,536 characters", () => {
  const pem = pemOf(client);
  expect(certificateThumbprint(pem + " ".repeat(65_536 - pem.length))).toBe(thumbprintOf(client));
  expect(certificateThumbprint(pem + " ".repeat(65_537 - pem.length))).toBeUndefined();
});
