import { bySpecificity, decodePath, matchPath, segmentsOf } from "../path-matching.ts";
import type { HttpApi, HttpRoute, HttpStage } from "./http-definition.ts";

export interface HttpTarget {
  readonly stage: HttpStage;
  /** Decoded, with the stage unless it is `$default`: `rawPath` in events */
  readonly path: string;
  /** Decoded, below the stage: used to match the route and to build its ARN */
  readonly routePath: string;
  readonly route?: HttpRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Finds stage and route of a request path. HTTP APIs decode the path first, and cut it at a decoded
 * question mark. Order: a named stage before `$default`; a full match before a greedy one before
 * the `$default` route; a method before `ANY`. Undefined if the path names no stage; "malformed" if
 * the path's percent-encoding is invalid.
 * @see API Gateway developer guide, "Create routes for HTTP APIs", routing API requests
 */
export function routeHttp(
  api: HttpApi,
  method: string,
  rawPath: string,
): HttpTarget | "malformed" | undefined {
  const decoded = decodePath(rawPath)?.replace(/\?.*$/s, "");
  if (decoded === undefined) return "malformed";
  const [, first = ""] = decoded.split("/", 2);
  const named = api.stages.find(({ name }) => name === first && name !== "$default");
  const stage = named ?? api.stages.find(({ name }) => name === "$default");
  if (stage === undefined) return undefined;
  const routePath = (named === undefined ? decoded : decoded.slice(first.length + 1)) || "/";
  return { stage, path: decoded, routePath, ...pickRoute(stage.routes, method, segmentsOf(routePath)) };
}

function pickRoute(
  routes: readonly HttpRoute[],
  method: string,
  segments: readonly string[],
): Pick<HttpTarget, "route" | "pathParameters"> {
  const best = routes
    .filter((route) => route.method === method || route.method === "ANY")
    .flatMap((route) => {
      const match = matchPath(route.parts, segments);
      return match === undefined ? [] : [{ route, match }];
    })
    .sort(
      (a, b) =>
        bySpecificity(a.match, b.match) ||
        Number(a.route.method === "ANY") - Number(b.route.method === "ANY"),
    )[0];
  if (best !== undefined) return { route: best.route, pathParameters: best.match.captures };
  const fallback = routes.find(({ routeKey }) => routeKey === "$default");
  return { ...(fallback !== undefined && { route: fallback }), pathParameters: {} };
}
