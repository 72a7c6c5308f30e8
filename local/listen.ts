import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on a free port of 127.0.0.1. */
export interface Listener {
  readonly url: string;
  /** Closes open connections too */
  readonly close: () => Promise<void>;
}

/** Listens on 127.0.0.1 without timeouts, so that long polls can wait. */
export async function listen(handler: RequestListener): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, handler);
  const port = await listenOnFreePort(server);
  return { url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
}

export async function listenOnFreePort(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Thrown by readBody; its caller answers 413. */
export class BodyTooLargeError extends Error {}

/** Reads a request's body as text, at most `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read and drop the rest: a client that is still sending would not see an early response.
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) throw new BodyTooLargeError(`The body has ${size} bytes; the limit is ${limit}`);
  return Buffer.concat(chunks).toString("utf8");
}
