import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { X509CertificateGenerator } from "@peculiar/x509";

/** A certificate that signs itself, in PEM and DER. */
export async function selfSigned(name: string): Promise<{ readonly pem: string; readonly der: Uint8Array }> {
  const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
  const keys = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm,
  });
  return { pem: certificate.toString("pem"), der: new Uint8Array(certificate.rawData) };
}
