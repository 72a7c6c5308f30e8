import type { GatewayResource } from "../data/gateway-resource.ts";
import { GATEWAY_RESPONSE_TYPES } from "../data/gateway-responses.ts";
import type { RestConfiguration } from "../data/rest/rest-configuration.ts";
import { notFound } from "./control-failure.ts";
import { type ControlRequest, label, type Operation } from "./operation.ts";
import { type PageLimit, pageOf } from "./paging.ts";
import {
  apiOf,
  authorizerOf,
  deploymentOf,
  methodOf,
  methodsOf,
  partsOf,
  pathsOf,
  type RestApis,
  stageOf,
} from "./rest-lookup.ts";
import {
  authorizerShape,
  deploymentShape,
  gatewayResponseShape,
  methodShape,
  restApiShape,
  stageShape,
} from "./rest-shapes.ts";

type Entries = readonly (readonly [key: string, shape: unknown])[];

/** The read calls of API Gateway version 1 for REST APIs. */
export function restReads(apis: RestApis, limit: PageLimit): readonly Operation[] {
  const read = (name: string, path: string, run: Operation["run"]): Operation => ({
    service: "apigateway",
    name,
    method: "GET",
    path,
    status: 200,
    run,
  });
  const listed = (request: ControlRequest, entries: Entries): unknown => {
    const { items, next } = pageOf(entries, request, ["position", "limit"], limit);
    return { item: items, ...(next !== undefined && { position: next }) };
  };
  const list = (
    name: string,
    path: string,
    entries: (api: RestConfiguration, request: ControlRequest) => Entries,
  ) =>
    read(name, `/restapis/{restApiId}${path}`, (request) =>
      listed(request, entries(apiOf(apis, request), request)),
    );
  const one = (
    name: string,
    path: string,
    shape: (api: RestConfiguration, request: ControlRequest) => unknown,
  ) => read(name, `/restapis/{restApiId}${path}`, (request) => shape(apiOf(apis, request), request));
  return [
    read("GetRestApis", "/restapis", (request) =>
      listed(
        request,
        [...apis.rest.values()].map((api) => [api.apiId, restApiShape(api)] as const),
      ),
    ),
    one("GetRestApi", "", restApiShape),
    list("GetResources", "/resources", (api, request) => {
      const paths = pathsOf(api);
      return [...paths.keys()].map(
        (id) => [id, resourceShape(api, id, paths, embeds(request, "methods"))] as const,
      );
    }),
    one("GetResource", "/resources/{resourceId}", (api, request) =>
      resourceShape(api, label(request, "resourceId"), pathsOf(api), embeds(request, "methods")),
    ),
    one("GetMethod", "/resources/{resourceId}/methods/{httpMethod}", (api, request) =>
      methodShape(methodOf(api, label(request, "resourceId"), label(request, "httpMethod"))),
    ),
    list("GetAuthorizers", "/authorizers", (api) =>
      partsOf(api, "Authorizer").map((part) => [part.physicalId, authorizerShape(part)] as const),
    ),
    one("GetAuthorizer", "/authorizers/{authorizerId}", (api, request) =>
      authorizerShape(authorizerOf(api, label(request, "authorizerId"))),
    ),
    list("GetGatewayResponses", "/gatewayresponses", (api) =>
      GATEWAY_RESPONSE_TYPES.map(
        (type) => [type, gatewayResponseShape(type, responseOf(api, type))] as const,
      ),
    ),
    one("GetGatewayResponse", "/gatewayresponses/{responseType}", (api, request) => {
      const type = label(request, "responseType");
      if (!GATEWAY_RESPONSE_TYPES.includes(type)) throw notFound(`Invalid gateway response type: ${type}`);
      return gatewayResponseShape(type, responseOf(api, type));
    }),
    // The only list without pages.
    one("GetStages", "/stages", (api, { query }) => {
      const wanted = query.get("deploymentId");
      const stages = [...api.stages.values()].filter((s) => wanted === null || s.deploymentId === wanted);
      return { item: stages.map(stageShape) };
    }),
    one("GetStage", "/stages/{stageName}", (api, request) =>
      stageShape(stageOf(api, label(request, "stageName"))),
    ),
    list("GetDeployments", "/deployments", (api) =>
      [...api.deployments.values()].map((one) => [one.id, deploymentShape(one, false)] as const),
    ),
    one("GetDeployment", "/deployments/{deploymentId}", (api, request) =>
      deploymentShape(deploymentOf(api, label(request, "deploymentId")), embeds(request, "apisummary")),
    ),
  ];
}

export function responseOf(api: RestConfiguration, type: string): GatewayResource | undefined {
  return partsOf(api, "GatewayResponse").find(({ properties }) => properties.ResponseType === type);
}

/** `embed` may be repeated, or hold a list separated by commas. */
function embeds({ query }: ControlRequest, what: string): boolean {
  return query
    .getAll("embed")
    .flatMap((value) => value.split(","))
    .includes(what);
}

function resourceShape(
  api: RestConfiguration,
  id: string,
  paths: ReadonlyMap<string, string>,
  withMethods: boolean,
): unknown {
  const path = paths.get(id);
  if (path === undefined) throw notFound("Invalid Resource identifier specified");
  const properties = partsOf(api, "Resource").find(({ physicalId }) => physicalId === id)?.properties;
  const methods = methodsOf(api, id).map((method) => [
    String(method.properties.HttpMethod),
    withMethods ? methodShape(method) : {},
  ]);
  return {
    id,
    path,
    ...(properties !== undefined && { parentId: properties.ParentId, pathPart: properties.PathPart }),
    ...(methods.length > 0 && { resourceMethods: Object.fromEntries(methods) }),
  };
}
