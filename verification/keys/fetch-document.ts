import { Agent, request } from "node:https";
import tls from "node:tls";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";
import type { NetworkSettings } from "../../contract/settings.ts";

/**
 * Fetches a small document by https. Rejects unless it arrives whole, in time and with status 200
 * (else StatusError); errors contain neither headers nor body.
 */
export type FetchDocument = (uri: string, post?: Post) => Promise<Uint8Array>;

/** A response with a status other than 200. */
export class StatusError extends Error {
  readonly status: number;
  constructor(uri: string, status: number) {
    super(`${uri}: status ${status}, expected 200`);
    this.status = status;
  }
}

/** The form to POST; without it the document is fetched by GET. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Time limit of one fetch, from DNS lookup to the last byte; the whole decision has less than 5 s.
 */
export const FETCH_TIMEOUT_MS = 1500;
/**
 * Key sets and discovery documents are smaller; holds for what is sent and for what it unpacks to.
 */
const LARGEST_DOCUMENT = 256 * 1024;
/** Key sets have a media type (RFC 7517 §8.5), which some endpoints serve alone. */
const ACCEPT = "application/json, application/jwk-set+json, */*;q=0.5";

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;
const unzlib = promisify(inflate) as Unpack;
const unzlibRaw = promisify(inflateRaw) as Unpack;

/**
 * Content codings (RFC 9110 §8.4.1). None is asked for, but some servers send them all the same.
 */
const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip) as Unpack,
  "x-gzip": promisify(gunzip) as Unpack,
  // Some servers send DEFLATE data without the zlib format around it (RFC 9110 §8.4.1.2).
  deflate: (bytes, options) => unzlib(bytes, options).catch(() => unzlibRaw(bytes, options)),
  br: promisify(brotliDecompress) as Unpack,
};

/**
 * Makes the fetch function that the authorizer uses for issuers. The proxy and the additional
 * authority apply to these fetches only, not to AWS: neither is an environment variable, which
 * would affect the whole process.
 *
 * Does not follow redirects: the configuration, or the issuer's discovery document, names the
 * address. Does not keep connections: after an environment was frozen a kept connection would be
 * dead, and look like an issuer that is down.
 *
 * @param authority PEM of an authority to trust besides the public ones
 * @throws Error if a proxy is configured and this Node.js would silently ignore it
 */
export function createFetchDocument(
  { proxy, noProxy = [] }: NetworkSettings = {},
  authority?: string,
): FetchDocument {
  if (proxy !== undefined && !knowsProxies(process.versions.node)) {
    throw new Error(`Node.js ${process.versions.node} does not support proxies; Node.js 24.5 and later do`);
  }
  const agent = new Agent({
    keepAlive: false,
    ...(authority !== undefined && { ca: [...knownAuthorities(), authority] }),
    ...(proxy !== undefined && { proxyEnv: { HTTPS_PROXY: proxy, NO_PROXY: noProxy.join(",") } }),
  });
  return (uri, post) => fetchDocument(uri, agent, post);
}

function knowsProxies(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 5);
}

/** The authorities that Node.js trusts by default, including NODE_EXTRA_CA_CERTS from 22.15 on. */
function knownAuthorities(): readonly string[] {
  // Through the module object: a named import would keep the bundle from loading if the function is
  // missing.
  return typeof tls.getCACertificates === "function"
    ? tls.getCACertificates("default")
    : tls.rootCertificates;
}

function fetchDocument(uri: string, agent: Agent, post?: Post): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const giveUp = (error: Error) => {
      sent.destroy();
      reject(error);
    };
    const fail = (why: string, cause?: unknown) => giveUp(new Error(`${uri}: ${why}`, { cause }));
    const headers = { accept: ACCEPT, "user-agent": "sallyport", ...post?.headers };
    const method = post === undefined ? "GET" : "POST";
    const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
    let hasResponse = false;
    const sent = request(uri, { agent, method, headers, signal }, (response) => {
      hasResponse = true;
      const { statusCode = 0 } = response;
      if (statusCode !== 200) return giveUp(new StatusError(uri, statusCode));
      const body = createBody();
      response.on("data", (chunk: Buffer) => {
        if (!body.add(chunk)) fail("larger than 256 KB");
      });
      response.on("end", () => {
        unpack(body.bytes(), response.headers["content-encoding"]).then(resolve, (error) =>
          fail(error.message, error),
        );
      });
      response.on("error", (error) => fail(error.message, error));
    });
    // Node.js reports a protocol upgrade that was not asked for by this event alone.
    sent.on("close", () => {
      if (!hasResponse) fail("the connection closed without a response");
    });
    sent.on("error", (error) =>
      fail(signal.aborted ? `no complete response within ${FETCH_TIMEOUT_MS} ms` : error.message, error),
    );
    sent.end(post?.body);
  });
}

/**
 * One growing buffer: thousands of small chunks would take a hundred times their size in memory.
 */
function createBody() {
  let bytes = Buffer.alloc(16 * 1024);
  let size = 0;
  return {
    /** False if the body is too large; the chunk is not kept then */
    add: (chunk: Buffer): boolean => {
      if (size + chunk.length > LARGEST_DOCUMENT) return false;
      if (size + chunk.length > bytes.length) {
        const larger = Buffer.alloc(Math.max(2 * bytes.length, size + chunk.length));
        bytes.copy(larger, 0, 0, size);
        bytes = larger;
      }
      size += chunk.copy(bytes, size);
      return true;
    },
    bytes: () => bytes.subarray(0, size),
  };
}

/**
 * Undoes a content coding, which a body may have without saying so, and drops a byte order mark.
 */
async function unpack(body: Buffer, coding: string | undefined): Promise<Uint8Array> {
  const stated = (coding || "identity").toLowerCase();
  // Brotli data may begin with the same two bytes by chance.
  const isGzip = body[0] === 0x1f && body[1] === 0x8b && stated !== "br";
  const name = isGzip ? "gzip" : stated;
  const plain = name === "identity" ? body : await unpackWith(name, body);
  const hasMark = plain[0] === 0xef && plain[1] === 0xbb && plain[2] === 0xbf;
  return hasMark ? plain.subarray(3) : plain;
}

async function unpackWith(name: string, body: Buffer): Promise<Buffer> {
  const unpacked = Object.hasOwn(UNPACK, name) ? UNPACK[name] : undefined;
  if (unpacked === undefined) {
    throw new Error(`has the unsupported content coding ${JSON.stringify(name.slice(0, 40))}`);
  }
  try {
    return await unpacked(body, { maxOutputLength: LARGEST_DOCUMENT });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new Error(isTooLarge ? "larger than 256 KB when unpacked" : `cannot be unpacked as ${name}`);
  }
}
