import { bySpecificity, decodePath, matchPath, segmentsOf } from "../path-matching.ts";
import type { RestApi, RestMethod, RestRoute, RestStage } from "./rest-definition.ts";

export interface RestTarget {
  readonly stage: RestStage;
  /** Percent-encoded path below the stage, with its leading slash */
  readonly path: string;
  readonly route?: RestRoute;
  readonly method?: RestMethod;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Finds stage, resource and method of a request path. Exact parts come before `{param}`, which
 * comes before `{proxy+}`; the method is looked up in the matching resource only, then `ANY`. One
 * trailing slash is ignored. Undefined if the path names no stage.
 */
export function routeRest(api: RestApi, httpMethod: string, path: string): RestTarget | undefined {
  const [, name = ""] = path.split("/", 2);
  const stage = api.stages.find((candidate) => candidate.name === name);
  if (stage === undefined) return undefined;
  const below = path.slice(name.length + 1) || "/";
  const segments = segmentsOf(below.length > 1 ? below.replace(/\/$/, "") : below);
  const best = api.routes
    .flatMap((route) => {
      const match = matchPath(route.parts, segments);
      return match === undefined ? [] : [{ route, match }];
    })
    .sort((a, b) => bySpecificity(a.match, b.match))[0];
  if (best === undefined) return { stage, path: below, pathParameters: {} };
  const method = best.route.methods.get(httpMethod) ?? best.route.methods.get("ANY");
  const pathParameters = Object.fromEntries(
    Object.entries(best.match.captures).map(([key, value]) => [key, decodePath(value) ?? value]),
  );
  return { stage, path: below, route: best.route, ...(method !== undefined && { method }), pathParameters };
}
