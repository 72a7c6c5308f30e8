import { createHash } from "node:crypto";

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";
/** Characters; a chain of many large certificates is shorter. */
const LONGEST_PEM = 65_536;

/**
 * The SHA-256 thumbprint of a certificate's DER, base64url, as tokens are bound to it; undefined
 * unless the text begins with one PEM certificate in plain base64. In a chain the first certificate
 * counts: it is the client's. Does not check the certificate: the gateway has verified it, and the
 * hash covers every byte. Never throws.
 * @see RFC 8705 §3.1, RFC 7468 §3
 */
export function certificateThumbprint(pem: string): string | undefined {
  if (pem.length > LONGEST_PEM) return undefined;
  const text = pem.trimStart();
  const end = text.indexOf(END);
  if (!text.startsWith(BEGIN) || end < 0) return undefined;
  const base64 = text.slice(BEGIN.length, end).replace(/[ \t\r\n]/g, "");
  const der = Buffer.from(base64, "base64");
  // Node skips characters outside base64; compare the re-encoded text to find them.
  if (der.length === 0 || der.toString("base64") !== base64) return undefined;
  return createHash("sha256").update(der).digest("base64url");
}
