import type { GatewayResource } from "../data/gateway-resource.ts";
import type { HttpConfiguration, HttpDeployment, HttpStageState } from "../data/http/http-configuration.ts";
import { notFound } from "./control-failure.ts";
import { type ControlRequest, label } from "./operation.ts";

export interface HttpApis {
  readonly http: ReadonlyMap<string, HttpConfiguration>;
  readonly region: string;
}

/** The API of `{apiId}`. */
export function httpApiOf({ http }: HttpApis, request: ControlRequest): HttpConfiguration {
  const id = label(request, "ApiId");
  return http.get(id) ?? throwNotFound(`Invalid API identifier specified ${id}`);
}

export function httpStageOf(api: HttpConfiguration, name: string): HttpStageState {
  return api.stages.get(name) ?? throwNotFound("Invalid stage identifier specified");
}

export function httpDeploymentOf(api: HttpConfiguration, id: string): HttpDeployment {
  return (
    api.deployments.get(id) ??
    throwNotFound(`Unable to find Deployment by ID ${id} within the API ${api.apiId}`)
  );
}

/** The route or authorizer of this id. */
export function httpPartOf(
  api: HttpConfiguration,
  type: "Route" | "Authorizer",
  id: string,
): GatewayResource {
  const found = httpPartsOf(api, type).find(({ physicalId }) => physicalId === id);
  return found ?? throwNotFound(`Unable to find ${type} by ID ${id} within the API ${api.apiId}`);
}

export function httpPartsOf({ parts }: HttpConfiguration, type: string): readonly GatewayResource[] {
  return [...parts.values()].filter((part) => part.type === `AWS::ApiGatewayV2::${type}`);
}

function throwNotFound(message: string): never {
  throw notFound(message);
}
