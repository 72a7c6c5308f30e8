import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { EpochMs } from "../../../domain/time.ts";
import {
  type ClientCertificateFields,
  clientCertificateOf,
  UntrustedCertificateError,
} from "./client-certificate.ts";

/** One HTTP request as received, before any API handles it. */
export interface IncomingRequest {
  readonly method: string;
  /** Percent-encoded, with its leading slash, without the query */
  readonly path: string;
  /** Without the question mark; empty if the request has none */
  readonly query: string;
  /** In the client's order and letter case, duplicates included */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly protocol: string;
  readonly sourceIp: string;
  /** Absent if the client presented none */
  readonly clientCertificate?: ClientCertificateFields;
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly receivedAt: EpochMs;
}

/** A request that fails before any API handles it. The client receives `message`. */
export interface UnusableRequest {
  readonly status: 400 | 403 | 413 | 414 | 431;
  readonly message: string;
}

/**
 * A request header that exists on the laptop only: it sets the source address in the functions'
 * events, so that a scenario can travel. No event contains the header, and a deployed API Gateway
 * ignores it.
 */
export const SOURCE_IP_HEADER = "x-dev-source-ip";

const MOST_BODY_BYTES = 10 * 1024 * 1024;
/** @see API Gateway quotas: REST counts all header values, HTTP APIs the request line too */
const MOST_HEADER_BYTES = 10_240;
const MOST_URL_CHARACTERS = 10_240;

/** Hop-by-hop fields end at the gateway (RFC 9110 §7.6.1). */
const NOT_FORWARDED = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-forwarded-for",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-amzn-trace-id",
  SOURCE_IP_HEADER,
]);

/** Reads one whole request, within API Gateway's limits. */
export async function readIncoming(
  message: IncomingMessage,
  kind: "rest" | "http",
  now: EpochMs,
): Promise<IncomingRequest | UnusableRequest> {
  const target = readTarget(message.url ?? "");
  if (target === undefined) return { status: 400, message: "Bad Request" };
  if (kind === "rest" && (message.url ?? "").length > MOST_URL_CHARACTERS)
    return { status: 414, message: "Request URI too long" };

  const pairs = pairsOf(message.rawHeaders);
  const line = kind === "http" ? `${message.method} ${message.url} HTTP/${message.httpVersion}`.length : 0;
  const headerBytes = pairs.reduce((sum, [, value]) => sum + Buffer.byteLength(value, "latin1"), line);
  if (headerBytes > MOST_HEADER_BYTES) return { status: 431, message: "Request Header Fields Too Large" };

  const sourceIp = sourceIpOf(message, pairs);
  if (sourceIp === undefined)
    return { status: 400, message: `${SOURCE_IP_HEADER} must be one IPv4 or IPv6 address` };

  const presented = readCertificate(message);
  if (presented === "untrusted") return { status: 403, message: "Forbidden" };

  const body = await readBody(message);
  if (body === undefined) return { status: 413, message: "Request Too Long" };

  return {
    method: message.method ?? "GET",
    ...target,
    headers: forwardedHeaders(pairs, sourceIp, now),
    body,
    protocol: `HTTP/${message.httpVersion}`,
    sourceIp,
    ...(presented !== undefined && { clientCertificate: presented }),
    requestId: randomUUID(),
    extendedRequestId: `${randomBytes(11).toString("base64url")}=`,
    receivedAt: now,
  };
}

/** Every value of a header, whatever its letter case, in the order received. */
export function headerValues(request: Pick<IncomingRequest, "headers">, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return request.headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
}

/** Decoded query parameters in the order received. */
export function queryPairs(request: Pick<IncomingRequest, "query">): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(request.query)];
}

function readTarget(url: string): { path: string; query: string } | undefined {
  let target = url;
  if (!target.startsWith("/")) {
    const absolute = /^https?:\/\/[^/?#]+([^#]*)$/i.exec(target);
    if (absolute === null) return undefined;
    target = absolute[1] ?? "";
    if (!target.startsWith("/")) target = `/${target}`;
  }
  const mark = target.indexOf("?");
  return mark < 0
    ? { path: target, query: "" }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function pairsOf(rawHeaders: readonly string[]): readonly (readonly [string, string])[] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    pairs.push([rawHeaders[i] as string, rawHeaders[i + 1] as string]);
  return pairs;
}

function sourceIpOf(
  message: IncomingMessage,
  pairs: readonly (readonly [string, string])[],
): string | undefined {
  const given = pairs.filter(([name]) => name.toLowerCase() === SOURCE_IP_HEADER);
  if (given.length > 1) return undefined;
  const address = given[0]?.[1].trim();
  if (address !== undefined) return isIP(address) === 0 || address.includes("%") ? undefined : address;
  return (message.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
}

function forwardedHeaders(
  pairs: readonly (readonly [string, string])[],
  sourceIp: string,
  now: EpochMs,
): readonly (readonly [string, string])[] {
  const earlier = pairs
    .filter(([name]) => name.toLowerCase() === "x-forwarded-for")
    .map(([, value]) => value);
  const epoch = Math.floor(now / 1000).toString(16);
  return [
    ...pairs.filter(([name]) => !NOT_FORWARDED.has(name.toLowerCase())),
    ["X-Amzn-Trace-Id", `Root=1-${epoch}-${randomBytes(12).toString("hex")}`],
    ["X-Forwarded-For", [...earlier, sourceIp].join(", ")],
    ["X-Forwarded-Port", "443"],
    ["X-Forwarded-Proto", "https"],
  ];
}

function readCertificate(message: IncomingMessage): ClientCertificateFields | "untrusted" | undefined {
  try {
    return clientCertificateOf(message);
  } catch (error) {
    if (error instanceof UntrustedCertificateError) return "untrusted";
    throw error;
  }
}

async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read and drop the rest, up to a limit: a client that is still sending would not see an early
    // response.
    if (size > 4 * MOST_BODY_BYTES) break;
    if (size <= MOST_BODY_BYTES) chunks.push(chunk);
  }
  return size <= MOST_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}
