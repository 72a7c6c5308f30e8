import type { HttpConfiguration } from "../data/http/http-configuration.ts";
import {
  type HttpApis,
  httpApiOf,
  httpDeploymentOf,
  httpPartOf,
  httpPartsOf,
  httpStageOf,
} from "./http-lookup.ts";
import {
  apiShape,
  httpAuthorizerShape,
  httpDeploymentShape,
  httpStageShape,
  routeShape,
} from "./http-shapes.ts";
import { type ControlRequest, label, type Operation } from "./operation.ts";
import { type PageLimit, pageOf } from "./paging.ts";

type Entries = readonly (readonly [key: string, shape: unknown])[];

/** The read calls of API Gateway version 2 for HTTP and WebSocket APIs. */
export function httpReads(apis: HttpApis, limit: PageLimit): readonly Operation[] {
  const read = (name: string, path: string, run: Operation["run"]): Operation => ({
    service: "apigatewayv2",
    name,
    method: "GET",
    path,
    status: 200,
    run,
  });
  const listed = (request: ControlRequest, entries: Entries): unknown => {
    const { items, next } = pageOf(entries, request, ["nextToken", "maxResults"], limit);
    return { items, ...(next !== undefined && { nextToken: next }) };
  };
  const list = (name: string, path: string, entries: (api: HttpConfiguration) => Entries) =>
    read(name, `/v2/apis/{ApiId}${path}`, (request) => listed(request, entries(httpApiOf(apis, request))));
  const one = (
    name: string,
    path: string,
    shape: (api: HttpConfiguration, request: ControlRequest) => unknown,
  ) => read(name, `/v2/apis/{ApiId}${path}`, (request) => shape(httpApiOf(apis, request), request));
  return [
    read("GetApis", "/v2/apis", (request) =>
      listed(
        request,
        [...apis.http.values()].map((api) => [api.apiId, apiShape(api, apis.region)] as const),
      ),
    ),
    one("GetApi", "", (api) => apiShape(api, apis.region)),
    list("GetRoutes", "/routes", (api) =>
      httpPartsOf(api, "Route").map((part) => [part.physicalId, routeShape(part)] as const),
    ),
    one("GetRoute", "/routes/{RouteId}", (api, request) =>
      routeShape(httpPartOf(api, "Route", label(request, "RouteId"))),
    ),
    list("GetAuthorizers", "/authorizers", (api) =>
      httpPartsOf(api, "Authorizer").map((part) => [part.physicalId, httpAuthorizerShape(part)] as const),
    ),
    one("GetAuthorizer", "/authorizers/{AuthorizerId}", (api, request) =>
      httpAuthorizerShape(httpPartOf(api, "Authorizer", label(request, "AuthorizerId"))),
    ),
    list("GetStages", "/stages", (api) =>
      [...api.stages.values()].map((stage) => [stage.name, httpStageShape(stage)] as const),
    ),
    one("GetStage", "/stages/{StageName}", (api, request) =>
      httpStageShape(httpStageOf(api, label(request, "StageName"))),
    ),
    list("GetDeployments", "/deployments", (api) =>
      [...api.deployments.values()].map((one) => [one.id, httpDeploymentShape(one)] as const),
    ),
    one("GetDeployment", "/deployments/{DeploymentId}", (api, request) =>
      httpDeploymentShape(httpDeploymentOf(api, label(request, "DeploymentId"))),
    ),
  ];
}
