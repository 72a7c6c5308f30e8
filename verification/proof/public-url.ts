import type { AccessRequest } from "../../domain/evidence/access-request.ts";

/** Base URLs, with base path, by `<apiId>/<stage>` or `<apiId>`. */
export type PublicOrigins = Readonly<Record<string, readonly string[]>>;

// Visible ASCII without quotes and backslashes, which URL parsers correct or read in different
// ways.
const PLAIN_URL = /^https?:\/\/(?!\/)[\x21\x23-\x5b\x5d-\x7e]+$/i;

/**
 * Whether a URL is that of a request: one of the API's configured public addresses, or its
 * execute-api address, followed by the request's path. Ignores `Host` and similar headers: the
 * caller chooses them.
 *
 * Compares scheme, host, port, and the path without dot segments and with normalized
 * percent-encoding. Ignores a query and a fragment (RFC 9449 §4.3 step 9), though §4.2 has clients
 * leave them out. Never throws.
 * @see RFC 9449 §4.3 step 9, RFC 3986 §6.2.2, §6.2.3
 */
export function isUrlOf(url: string, request: AccessRequest, origins: PublicOrigins): boolean {
  // A WebSocket connection begins as an HTTP request to the same address (RFC 6455 §3, §4.1).
  const asked = request.kind === "websocket" ? url.replace(/^wss:/i, "https:") : url;
  if (!PLAIN_URL.test(asked)) return false;
  try {
    const named = new URL(asked.replace(/[?#].*/, ""));
    if (named.username !== "" || named.password !== "") return false;
    return basesOf(request, origins).some((base) => {
      const { origin, pathname } = new URL(base);
      if (named.origin !== origin) return false;
      const prefix = pathname.replace(/\/+$/, "");
      return request.kind === "http-1.0" || request.kind === "http-2.0"
        ? isDecodedPath(named.pathname, prefix, request.arn)
        : isPath(named.pathname, prefix, request.kind === "websocket" ? "/" : request.path);
    });
  } catch {
    return false;
  }
}

function basesOf({ apiId, stage, region, partition }: AccessRequest, origins: PublicOrigins) {
  const keys = [`${apiId}/${stage}`, apiId];
  const named = Object.entries(origins).flatMap(([key, bases]) => (keys.includes(key) ? bases : []));
  const domain = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  const own = `https://${apiId}.execute-api.${region}.${domain}${stage === "$default" ? "" : `/${stage}`}`;
  return [...named, own];
}

/**
 * REST APIs pass the path unchanged. Its dot segments stop at its root, so that none leaves the
 * base path.
 */
function isPath(asked: string, prefix: string, path: string): boolean {
  // Escape first what would end or change the path in a URL, as a client would have had to.
  const escaped = path.replace(/[^\x21-\x7e]|["#?\\]/gu, encodeURIComponent);
  if (!escaped.startsWith("/")) return false;
  const { pathname } = new URL(`https://path.invalid${escaped}`);
  return isSame(normalise(asked), normalise(`${prefix}${pathname}`), prefix);
}

/** HTTP APIs decode the path, so decode the URL's path once too. */
function isDecodedPath(asked: string, prefix: string, arn: string): boolean {
  const path = `/${arn.split("/").slice(3).join("/")}`;
  const decoded = decodeURIComponent(prefix);
  return isSame(decodeURIComponent(asked), `${decoded}${path}`, decoded);
}

/** Clients call the root below a base path with and without its slash. */
function isSame(asked: string, path: string, prefix: string): boolean {
  return asked === path || (path === `${prefix}/` && asked === prefix);
}

/**
 * Unreserved characters are not escaped, other escapes are in upper case (RFC 3986 §6.2.2.1,
 * §6.2.2.2).
 */
function normalise(path: string): string {
  return path.replace(/%[\da-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escaped.toUpperCase();
  });
}
