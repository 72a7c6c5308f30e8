import "reflect-metadata";
import { createHash, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { restEvent } from "../gateway/gateway-events.ts";
import type { Attack } from "./hostile-case.ts";
import { AT, by, encode, type Jwk, KEYS, type KeyName, type Parts, type Signer, token } from "./world.ts";

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("base64url");

/** The public key as a proof carries it. */
export const proofKey = (name: KeyName): Jwk => KEYS[name].publicKey.export({ format: "jwk" }) as Jwk;
/** RFC 7638 §3.2, of an EC key or, which has no y, of an OKP key. */
export const thumbprint = ({ crv, kty, x, y }: Jwk) => sha256(JSON.stringify({ crv, kty, x, y }));

/**
 * The client holds the P-256 key that stands for this thumbprint; only the key is borrowed from the
 * house.
 */
export const JKT = thumbprint(proofKey("p256"));
export const BOUND = token({ claims: { cnf: { jkt: JKT } } });
export const URL_OF_ORDERS = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod/api/orders";

/** A good proof for a GET of the orders with the bound token, with changes. */
export function proof({ header = {}, claims = {}, sign = by("p256", "ES256") }: Parts = {}): string {
  const isJson = (content: Parts["header"]): content is Jwk =>
    typeof content === "object" && !Buffer.isBuffer(content);
  const head = isJson(header) ? { typ: "dpop+jwt", alg: "ES256", jwk: proofKey("p256"), ...header } : header;
  const own = { jti: "p-1", htm: "GET", htu: URL_OF_ORDERS, iat: AT, ath: sha256(BOUND) };
  const body = isJson(claims) ? { ...own, ...claims } : claims;
  const input = `${encode(head)}.${encode(body)}`;
  return `${input}.${(sign as Signer)(input).toString("base64url")}`;
}
export const athOf = (text: string) => sha256(text);

/** A GET of the orders with a DPoP-bound token and these proofs. */
export const dpop = (proofs: string | readonly string[], authorization = `DPoP ${BOUND}`): Attack => {
  const event = restEvent({ authorization });
  return { event: { ...event, multiValueHeaders: { ...event.multiValueHeaders, DPoP: [proofs].flat() } } };
};

const keys = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
async function selfSigned(name: string): Promise<string> {
  const pair = await crypto.subtle.generateKey(keys, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys: pair,
    signingAlgorithm: keys,
  });
  return certificate.toString("pem");
}

/** Two clients' certificates, made before the cases run. */
export const certificates: { mine: string; others: string } = { mine: "", others: "" };
export async function makeCertificates(): Promise<void> {
  certificates.mine = await selfSigned("CN=client");
  certificates.others = await selfSigned("CN=client");
}
export const x5tOf = (pem: string) => sha256(new X509Certificate(pem).raw);

/**
 * A GET with a token that is bound to a certificate, over a connection with another text for a
 * certificate.
 */
export const mtls = (clientCertPem: unknown, cnf: Jwk = { "x5t#S256": x5tOf(certificates.mine) }): Attack => {
  const event = restEvent({ authorization: `Bearer ${token({ claims: { cnf } })}` });
  const identity = { ...event.requestContext.identity, clientCert: { clientCertPem } };
  return { event: { ...event, requestContext: { ...event.requestContext, identity } } };
};
