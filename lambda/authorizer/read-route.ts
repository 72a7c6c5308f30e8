import type { GatewayEventKind } from "../../domain/evidence/access-request.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What an event's ARN says of the route; the path has its leading slash. */
export interface ArnRoute {
  readonly apiId: string;
  readonly stage: string;
  readonly method: string;
  readonly path: string;
}

export interface ReadRoute {
  readonly method: string;
  readonly path: string;
  /** Whether every field of the event that names the route names the same one */
  readonly agrees: boolean;
}

/** TestInvokeAuthorizer sends any path with the root resource, for these stages alone. */
const TEST_STAGES: readonly string[] = ["test-invoke-stage", "ESTestInvoke-stage"];
/** An escape can hide in an escape; real clients encode once or twice. */
const MOST_DECODINGS = 3;

/**
 * Reads method and path from the ARN and compares them with the event's other names of the route:
 * `resource` and `path` for REST APIs and format 1.0, `routeKey` and `rawPath` for format 2.0. A
 * TOKEN event and a connection to a WebSocket API have no second name.
 *
 * An HTTP API's ARN that names the route `$default`, or has no path, leaves method and path to
 * `requestContext.http`. On a custom domain the base path is unknown there, so such an
 * event agrees only on the API's own domain. Escapes and empty parts do not count as differences
 * here; `segmentsOf` reads the path in every way.
 */
export function readRoute(fields: Fields, context: Fields, kind: GatewayEventKind, arn: ArnRoute): ReadRoute {
  const { method, path } = arn;
  if (kind === "rest-token" || kind === "websocket") return { method, path, agrees: true };
  if (kind !== "http-2.0") {
    const test = TEST_STAGES.includes(arn.stage);
    const templates = test ? [] : textsOf(fields.resource, context.resourcePath);
    return { method, path, agrees: agree(arn, templates, textsOf(fields.path, context.path)) };
  }
  const http = fieldsOf(context.http);
  const keys = textsOf(fields.routeKey, context.routeKey);
  const paths = textsOf(fields.rawPath, http.path);
  if (method !== "$default") {
    const whole = path === "/" ? (ownPath(paths, context, arn) ?? path) : path;
    const agrees = keys.every((key) => hasMethod(key, method));
    return { method, path: whole, agrees: agrees && agree({ ...arn, path: whole }, keys.map(pathOf), paths) };
  }
  const seen = ownPath(paths, context, arn);
  const agrees = seen !== undefined && keys.length > 0 && keys.every((key) => key === "$default");
  return { method: typeof http.method === "string" ? http.method : "", path: seen ?? "/", agrees };
}

/** The path below the stage, where the request came by the API's own domain. */
function ownPath(
  paths: readonly string[],
  { domainName }: Fields,
  { apiId, stage }: ArnRoute,
): string | undefined {
  const [path, ...others] = paths;
  if (path === undefined || others.some((other) => !sameParts(partsOf(other), partsOf(path))))
    return undefined;
  if (typeof domainName !== "string" || !domainName.startsWith(`${apiId}.execute-api.`)) return undefined;
  if (stage === "$default") return path;
  if (path === `/${stage}`) return "/";
  return path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : undefined;
}

function agree({ path }: ArnRoute, templates: readonly string[], publicPaths: readonly string[]): boolean {
  return (
    templates.every((template) => covers(template, path)) &&
    publicPaths.every((seen) => endsWith(seen, path, templates))
  );
}

/** A custom domain puts its base path before the route's path, and a stage its name. */
function endsWith(seen: string, path: string, templates: readonly string[]): boolean {
  const whole = partsOf(seen);
  const end = partsOf(path);
  // Every path ends with the root's: only the route itself can say that it is the root.
  if (end.length === 0 && whole.length > 0) return templates.includes("/");
  return end.length <= whole.length && sameParts(whole.slice(whole.length - end.length), end);
}

const hasMethod = (key: string, method: string): boolean =>
  key === "$default" || key.startsWith("ANY ") || key.startsWith(`${method} `);

/** `$default` covers every path. */
const pathOf = (key: string): string => (key === "$default" ? "/{path+}" : key.replace(/^\S+ /, ""));

function covers(template: string, path: string): boolean {
  const wanted = template.split("/").filter(Boolean);
  const parts = path.split("/").filter(Boolean).map(decoded);
  const rest = wanted.findIndex((part) => part.endsWith("+}"));
  const fits = rest < 0 ? parts.length === wanted.length : parts.length >= rest;
  const fixed = rest < 0 ? wanted : wanted.slice(0, rest);
  return fits && fixed.every((part, index) => part.startsWith("{") || decoded(part) === parts[index]);
}

const partsOf = (path: string): readonly string[] => decoded(path).split("/").filter(Boolean);

const sameParts = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((part, index) => part === right[index]);

/** Decodes what can be decoded; HTTP APIs leave a bare `%` in a decoded path. */
function decoded(text: string): string {
  let result = text;
  for (let round = 0; round < MOST_DECODINGS; round += 1) {
    result = result.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
      try {
        return decodeURIComponent(escapes);
      } catch {
        return escapes;
      }
    });
  }
  return result;
}

const textsOf = (...values: readonly unknown[]): readonly string[] =>
  values.filter((value): value is string => typeof value === "string" && value !== "");

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
