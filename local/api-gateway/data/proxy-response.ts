import { isRecord } from "./gateway-resource.ts";
import type { WireResponse } from "./wire-response.ts";

/**
 * Backend headers that a REST API renames in the response.
 * @see API Gateway developer guide, "Important notes"
 */
const REMAPPED = new Set(["www-authenticate", "authorization", "connection", "server", "date"]);
/** The listener sets the framing headers. */
const DROPPED =
  /^(?:connection|content-length|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;

/** Converts a function's result in format 1.0 into a response; undefined if it is malformed. */
export function readProxyResponse(payload: unknown, kind: "rest" | "http"): WireResponse | undefined {
  if (!isRecord(payload)) return undefined;
  const status = readStatus(payload.statusCode);
  const body = readBody(payload.body, payload.isBase64Encoded);
  const headers = readHeaders(payload);
  if (status === undefined || body === undefined || headers === undefined) return undefined;
  return { status, headers: finish(headers, kind), body };
}

/**
 * Converts a function's result in format 2.0 into a response. Without a `statusCode` the whole
 * result is the body of a 200, as JSON. Undefined if it is malformed.
 */
export function readHttpResponse(payload: unknown): WireResponse | undefined {
  if (!isRecord(payload) || payload.statusCode === undefined) {
    if (payload === undefined) return undefined;
    const body = typeof payload === "string" ? payload : JSON.stringify(payload);
    return { status: 200, headers: [["content-type", "application/json"]], body };
  }
  const cookies = payload.cookies ?? [];
  const response = readProxyResponse(payload, "http");
  if (response === undefined || !Array.isArray(cookies)) return undefined;
  const set = cookies.map((cookie): readonly [string, string] => ["set-cookie", String(cookie)]);
  return { ...response, headers: [...response.headers, ...set] };
}

function readStatus(value: unknown): number | undefined {
  const status = typeof value === "string" ? Number(value) : value;
  const valid = typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599;
  return valid ? status : undefined;
}

function readBody(value: unknown, base64: unknown): string | Buffer | undefined {
  if (value === undefined || value === null) return "";
  // API Gateway answers "Malformed Lambda proxy response" when the body is not a string.
  if (typeof value !== "string") return undefined;
  return base64 === true ? Buffer.from(value, "base64") : value;
}

function readHeaders(payload: Readonly<Record<string, unknown>>): [string, string][] | undefined {
  const single = payload.headers ?? {};
  const multiple = payload.multiValueHeaders ?? {};
  if (!isRecord(single) || !isRecord(multiple)) return undefined;
  const headers: [string, string][] = [];
  const taken = new Set(Object.keys(multiple).map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(single)) {
    if (value === null || value === undefined || taken.has(name.toLowerCase())) continue;
    if (typeof value === "object") return undefined;
    headers.push([name, String(value)]);
  }
  for (const [name, values] of Object.entries(multiple)) {
    if (!Array.isArray(values)) return undefined;
    for (const value of values) headers.push([name, String(value)]);
  }
  return headers;
}

function finish(headers: readonly [string, string][], kind: "rest" | "http"): [string, string][] {
  const kept = headers
    .map(([name, value]): [string, string] =>
      kind === "rest" && REMAPPED.has(name.toLowerCase())
        ? [`x-amzn-Remapped-${name}`, value]
        : [name, value],
    )
    .filter(([name]) => !DROPPED.test(name));
  if (!kept.some(([name]) => name.toLowerCase() === "content-type"))
    kept.push(["Content-Type", kind === "rest" ? "application/json" : "text/plain;charset=UTF-8"]);
  return kept;
}
