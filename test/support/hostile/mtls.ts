import { createHash } from "node:crypto";
import { httpEvent } from "../gateway/gateway-events.ts";
import { allMust, type HostileCase } from "./hostile-case.ts";
import { certificates, JKT, mtls, x5tOf } from "./possession.ts";
import { token } from "./world.ts";

const mine = () => certificates.mine;
const others = () => certificates.others;
const der = (pem: string) => Buffer.from(pem.replace(/-----.*?-----|\s/g, ""), "base64");
const wrap = (content: string, label = "CERTIFICATE") =>
  `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;
const base64 = (pem: string) => der(pem).toString("base64");
const boundTo = (x5t: unknown) => mtls(mine(), { "x5t#S256": x5t });
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("base64url");

/** RFC 8705 §3: the certificate of this very connection, and no other text that looks like it. */
export const mtlsCases: readonly HostileCase[] = [
  ...allMust("verified", {
    "a bound token over a connection with its certificate": () => mtls(mine()),
    "a chain whose first certificate is the client's": () => mtls(`${mine()}\n${others()}`),
    "the same certificate in one line of base64": () => mtls(wrap(base64(mine()))),
    "the same certificate with CRLF line ends": () => mtls(mine().replace(/\r?\n/g, "\r\n")),
  }),
  ...allMust("certificate-mismatch", {
    "a stolen bound token without a certificate": () =>
      token({ claims: { cnf: { "x5t#S256": x5tOf(mine()) } } }),
    "a stolen bound token with the thief's certificate of the same name": () => mtls(others()),
    "a chain whose second certificate is the client's": () => mtls(`${others()}\n${mine()}`),
    "the certificate in headers, as proxies send it": () => ({
      event: httpEvent({
        authorization: `Bearer ${token({ claims: { cnf: { "x5t#S256": x5tOf(mine()) } } })}`,
        headers: {
          "x-forwarded-client-cert": mine(),
          "client-cert": `:${base64(mine())}:`,
          "x-amzn-mtls-clientcert": mine(),
        },
      }),
    }),
    "a certificate where REST events have it, in an HTTP 2.0 event": () => {
      const event = httpEvent({
        authorization: `Bearer ${token({ claims: { cnf: { "x5t#S256": x5tOf(mine()) } } })}`,
      });
      const identity = { clientCert: { clientCertPem: mine() } };
      return { event: { ...event, requestContext: { ...event.requestContext, identity } } };
    },
    "an empty certificate": () => mtls(""),
    "a certificate that is null": () => mtls(null),
    "a certificate that is a list": () => mtls([mine()]),
    "a certificate without its marks": () => mtls(base64(mine())),
    "a certificate under another label": () => mtls(wrap(base64(mine()), "PUBLIC KEY")),
    "a certificate under the label TRUSTED CERTIFICATE": () =>
      mtls(wrap(base64(mine()), "TRUSTED CERTIFICATE")),
    "text before the certificate": () => mtls(`subject=CN=client\n${mine()}`),
    "a header inside the certificate": () => mtls(wrap(`Proc-Type: 4,ENCRYPTED\n\n${base64(mine())}`)),
    "a certificate without its end": () => mtls(mine().replace(/-----END.*/s, "")),
    "a certificate in base64url": () => mtls(wrap(der(mine()).toString("base64url"))),
    "a certificate with a byte behind it": () =>
      mtls(wrap(Buffer.concat([der(mine()), Buffer.alloc(1)]).toString("base64"))),
    "a certificate with one bit changed": () =>
      mtls(
        wrap(Buffer.from(der(mine()).map((byte, at) => (at === 40 ? byte ^ 1 : byte))).toString("base64")),
      ),
    "a certificate of a megabyte": () => mtls(wrap("A".repeat(1_000_000))),
    "a percent-encoded certificate": () => mtls(encodeURIComponent(mine())),
    "a binding to the PEM's hash instead of the DER's": () => boundTo(sha256(mine())),
    "a binding to the hash of the base64 text": () => boundTo(sha256(base64(mine()))),
    "a binding in another case": () => boundTo(x5tOf(mine()).toLowerCase()),
    "both bindings, the certificate of another": () =>
      mtls(others(), { "x5t#S256": x5tOf(mine()), jkt: JKT }),
  }),
  ...allMust("binding-not-supported", {
    "a binding with padding": () => boundTo(`${x5tOf(mine())}=`),
    "a certificate thumbprint that is a list": () => boundTo([x5tOf(mine())]),
    "a binding by SHA-512": () => boundTo(createHash("sha512").update(der(mine())).digest("base64url")),
  }),
  ...allMust("proof-missing", {
    "both bindings, the certificate there and no proof": () =>
      mtls(mine(), { "x5t#S256": x5tOf(mine()), jkt: JKT }),
  }),
];
