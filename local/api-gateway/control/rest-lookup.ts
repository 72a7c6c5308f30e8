import type { GatewayResource } from "../data/gateway-resource.ts";
import type { RestConfiguration, RestDeployment, RestStageState } from "../data/rest/rest-configuration.ts";
import { notFound } from "./control-failure.ts";
import { type ControlRequest, label } from "./operation.ts";

export interface RestApis {
  readonly rest: ReadonlyMap<string, RestConfiguration>;
  readonly accountId: string;
}

/** The API of `{restApiId}`. */
export function apiOf({ rest, accountId }: RestApis, request: ControlRequest): RestConfiguration {
  const id = label(request, "restApiId");
  return rest.get(id) ?? throwNotFound(`Invalid API identifier specified ${accountId}:${id}`);
}

export function stageOf(api: RestConfiguration, name: string): RestStageState {
  return api.stages.get(name) ?? throwNotFound("Invalid stage identifier specified");
}

export function deploymentOf(api: RestConfiguration, id: string): RestDeployment {
  return api.deployments.get(id) ?? throwNotFound("Invalid Deployment identifier specified");
}

export function authorizerOf(api: RestConfiguration, id: string): GatewayResource {
  const found = partsOf(api, "Authorizer").find(({ physicalId }) => physicalId === id);
  return found ?? throwNotFound("Invalid Authorizer identifier specified");
}

export function methodOf(api: RestConfiguration, resourceId: string, httpMethod: string): GatewayResource {
  if (!pathsOf(api).has(resourceId)) throwNotFound("Invalid Resource identifier specified");
  const found = methodsOf(api, resourceId).find(({ properties }) => properties.HttpMethod === httpMethod);
  return found ?? throwNotFound("Invalid Method identifier specified");
}

export function methodsOf(api: RestConfiguration, resourceId: string): readonly GatewayResource[] {
  return partsOf(api, "Method").filter(({ properties }) => properties.ResourceId === resourceId);
}

/** Parts of one type, such as `Method`. */
export function partsOf({ parts }: RestConfiguration, type: string): readonly GatewayResource[] {
  return [...parts.values()].filter((part) => part.type === `AWS::ApiGateway::${type}`);
}

/** The path of every resource by its id, including the root. */
export function pathsOf(api: RestConfiguration): ReadonlyMap<string, string> {
  const resources = new Map(partsOf(api, "Resource").map((one) => [one.physicalId, one.properties]));
  const pathOf = (id: string): string => {
    const resource = resources.get(id);
    return resource === undefined ? "" : `${pathOf(String(resource.ParentId))}/${String(resource.PathPart)}`;
  };
  return new Map([
    [api.rootResourceId, "/"],
    ...[...resources.keys()].map((id) => [id, pathOf(id)] as const),
  ]);
}

function throwNotFound(message: string): never {
  throw notFound(message);
}
