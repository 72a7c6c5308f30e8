import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";

/**
 * A client's certificate in the shape of API Gateway's events; the gateway has already verified it.
 */
export interface ClientCertificateFields {
  readonly clientCertPem: string;
  readonly subjectDN: string;
  readonly issuerDN: string;
  readonly serialNumber: string;
  /** `May 28 12:30:02 2019 GMT` */
  readonly validity: { readonly notBefore: string; readonly notAfter: string };
}

/** Thrown when a client presents a certificate that does not chain to the authority. */
export class UntrustedCertificateError extends Error {
  override readonly name = "UntrustedCertificateError";
}

/**
 * The certificate that a client presented in the handshake, undefined if it presented none.
 * As in API Gateway, expiry and chain have been checked, revocation has not.
 *
 * @throws UntrustedCertificateError
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html
 */
export function clientCertificateOf({ socket }: IncomingMessage): ClientCertificateFields | undefined {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (certificate === undefined) return undefined;
  if (!(socket as TLSSocket).authorized) throw new UntrustedCertificateError();
  return {
    clientCertPem: certificate.toString(),
    subjectDN: distinguishedName(certificate.subject),
    issuerDN: distinguishedName(certificate.issuer),
    serialNumber: certificate.serialNumber.toLowerCase().replace(/(?<=^(?:..)+)(?=.)/g, ":"),
    validity: {
      notBefore: certificate.validFrom.replace("  ", " "),
      notAfter: certificate.validTo.replace("  ", " "),
    },
  };
}

/**
 * Node writes one attribute per line, the most general first; RFC 4514 puts the most specific
 * first.
 */
const distinguishedName = (lines: string): string => lines.split("\n").reverse().join(",");
