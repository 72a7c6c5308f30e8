import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { EpochMs, Now } from "../../../domain/time.ts";
import { closeServer } from "../../listen.ts";
import { type IncomingRequest, readIncoming } from "./incoming-request.ts";
import { type Answer, type AuthorizerTrace, jsonResponse } from "./wire-response.ts";

/** One request that an API of the gateway has answered. */
export interface GatewayTrace {
  readonly api: string;
  readonly kind: "rest" | "http";
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly sourceIp: string;
  readonly requestId: string;
  /** `/orders/{id}` of a REST API, `GET /orders/{id}` of an HTTP API; absent if none matched */
  readonly route?: string;
  readonly authorizer?: AuthorizerTrace;
  readonly receivedAt: EpochMs;
  /** Milliseconds until the response was written to the socket */
  readonly durationMs: number;
}

export interface ApiListenerOptions {
  readonly api: string;
  readonly kind: "rest" | "http";
  /** 0: any free port */
  readonly port: number;
  /** Absent: plain HTTP */
  readonly tls?: GatewayTls;
  readonly answer: (request: IncomingRequest) => Promise<Answer>;
  readonly onTrace: (trace: GatewayTrace) => void;
  readonly now: Now;
}

/** PEM texts of a TLS listener. */
export interface GatewayTls {
  readonly key: string;
  readonly cert: string;
  /** The authority that signs accepted client certificates: the truststore of mutual TLS */
  readonly ca: string;
}

export interface ApiListener {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Above API Gateway's own limit, so that the gateway, not Node, sends the error. */
const MOST_PARSED_HEADER_BYTES = 64 * 1024;

/**
 * Listens for one API on 127.0.0.1. A malformed request never ends the listener: Node answers 400
 * to anything that is not HTTP. Over TLS, clients may present a certificate; one that does not
 * chain to the authority gets 403, as in API Gateway.
 */
export async function listenForApi(options: ApiListenerOptions): Promise<ApiListener> {
  const { tls } = options;
  const limits = { maxHeaderSize: MOST_PARSED_HEADER_BYTES };
  const answer = (message: IncomingMessage, response: ServerResponse): void => {
    void respond(options, message, response).catch(() => response.destroy());
  };
  const server =
    tls === undefined
      ? createServer(limits, answer)
      : // A custom domain with mutual TLS refuses clients without a certificate; this listener accepts them, as a domain without it does.
        createTlsServer({ ...limits, ...tls, requestCert: true, rejectUnauthorized: false }, answer);
  // By default Node drops headers beyond 2,000, perhaps including the second of two Authorization
  // headers.
  server.maxHeadersCount = 0;
  await listen(server, options.port);
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

async function respond(
  options: ApiListenerOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const began = performance.now();
  const request = await readIncoming(message, options.kind, options.now());
  if ("status" in request) {
    write(response, message, jsonResponse(request.status, { message: request.message }));
    return;
  }
  const answered = await options.answer(request);
  const status = write(response, message, answered);
  options.onTrace({
    api: options.api,
    kind: options.kind,
    method: request.method,
    path: request.path,
    status,
    sourceIp: request.sourceIp,
    requestId: request.requestId,
    ...(answered.route !== undefined && { route: answered.route }),
    ...(answered.authorizer !== undefined && { authorizer: answered.authorizer }),
    receivedAt: request.receivedAt,
    durationMs: performance.now() - began,
  });
}

/** Writes a response and returns the status sent: a header that cannot be sent makes it 500. */
function write(response: ServerResponse, message: IncomingMessage, answer: Answer): number {
  const bodiless = answer.status === 204 || answer.status === 304;
  const headers = answer.headers.flat();
  if (!bodiless) headers.push("Content-Length", String(Buffer.byteLength(answer.body)));
  try {
    response.writeHead(answer.status, headers);
  } catch {
    response.writeHead(500, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ message: "Internal server error" }));
    return 500;
  }
  response.end(bodiless || message.method === "HEAD" ? undefined : answer.body);
  return answer.status;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}
