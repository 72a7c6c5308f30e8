import { GatewayBootError, type GatewayResource, isRecord, textList } from "../gateway-resource.ts";
import { headerValues, type IncomingRequest } from "../incoming-request.ts";
import type { WireResponse } from "../wire-response.ts";

/** @see API Gateway developer guide, "Configure CORS for HTTP APIs" */
export interface CorsConfiguration {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly credentials: boolean;
  readonly maxAge?: number;
}

export function readCors(api: GatewayResource): CorsConfiguration | undefined {
  const cors = api.properties.CorsConfiguration;
  if (cors === undefined) return undefined;
  if (!isRecord(cors)) throw new GatewayBootError(api, "CorsConfiguration must be a map");
  const maxAge = cors.MaxAge;
  return {
    origins: textList(api, "AllowOrigins", cors) ?? [],
    methods: textList(api, "AllowMethods", cors) ?? [],
    headers: textList(api, "AllowHeaders", cors) ?? [],
    exposed: textList(api, "ExposeHeaders", cors) ?? [],
    credentials: cors.AllowCredentials === true || cors.AllowCredentials === "true",
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
  };
}

/**
 * Answers a CORS preflight as API Gateway does, whatever the routes. Undefined if the request is
 * not a preflight.
 */
export function answerPreflight(cors: CorsConfiguration, request: IncomingRequest): WireResponse | undefined {
  if (request.method !== "OPTIONS" || headerValues(request, "origin").length === 0) return undefined;
  if (headerValues(request, "access-control-request-method").length === 0) return undefined;
  const headers = [...originHeaders(cors, request)];
  if (headers.length > 0) {
    if (cors.methods.length > 0) headers.push(["access-control-allow-methods", cors.methods.join(",")]);
    if (cors.headers.length > 0) headers.push(["access-control-allow-headers", cors.headers.join(",")]);
    if (cors.maxAge !== undefined) headers.push(["access-control-max-age", String(cors.maxAge)]);
  }
  return { status: 204, headers, body: "" };
}

/**
 * Sets the configured CORS headers on any response and removes those of the backend, as API Gateway
 * does when CORS is configured.
 */
export function applyCors<Response extends WireResponse>(
  cors: CorsConfiguration,
  request: IncomingRequest,
  response: Response,
): Response {
  const kept = response.headers.filter(([name]) => !name.toLowerCase().startsWith("access-control-"));
  const added = [...originHeaders(cors, request)];
  if (added.length > 0 && cors.exposed.length > 0)
    added.push(["access-control-expose-headers", cors.exposed.join(",")]);
  return { ...response, headers: [...kept, ...added] };
}

function originHeaders(cors: CorsConfiguration, request: IncomingRequest): [string, string][] {
  const origin = headerValues(request, "origin")[0];
  if (origin === undefined) return [];
  const any = cors.origins.includes("*");
  const scheme = origin.startsWith("https://") ? "https://*" : "http://*";
  if (!any && !cors.origins.includes(origin) && !cors.origins.includes(scheme)) return [];
  const headers: [string, string][] = [["access-control-allow-origin", any ? "*" : origin]];
  if (cors.credentials) headers.push(["access-control-allow-credentials", "true"]);
  if (!any) headers.push(["vary", "Origin"]);
  return headers;
}
