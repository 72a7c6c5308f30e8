import { request } from "node:https";
import { text } from "node:stream/consumers";
import type { ClientCertificate } from "../issuer/certificates.ts";

export interface OutgoingRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For an https URL: the authority to trust, and the certificate to present */
  readonly tls?: { readonly ca: string; readonly client?: ClientCertificate };
}

export interface IncomingAnswer {
  readonly status: number;
  /** Lower-case names */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const TIMEOUT_MS = 30_000;

/**
 * Sends one request; TLS requests each use a new connection, because a connection keeps its
 * certificate.
 */
export async function send(outgoing: OutgoingRequest, signal: AbortSignal): Promise<IncomingAnswer> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const { url, method, headers, tls } = outgoing;
  if (tls !== undefined) return sendOverTls(outgoing, tls, until);
  const response = await fetch(url, { method, headers, signal: until });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
}

function sendOverTls(
  { url, method, headers }: OutgoingRequest,
  { ca, client }: NonNullable<OutgoingRequest["tls"]>,
  signal: AbortSignal,
): Promise<IncomingAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, ca, ...client, agent: false, signal }, (response) => {
      const named = Object.entries(response.headers).map(([name, value]) => [
        name,
        [value].flat().join(", "),
      ]);
      text(response).then(
        (body) =>
          resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(named), text: body }),
        reject,
      );
    });
    sent.on("error", reject).end();
  });
}
