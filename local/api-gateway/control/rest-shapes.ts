import { type GatewayResource, isRecord } from "../data/gateway-resource.ts";
import { standardResponse } from "../data/gateway-responses.ts";
import type { RestConfiguration, RestDeployment, RestStageState } from "../data/rest/rest-configuration.ts";

type Shape = Readonly<Record<string, unknown>>;

/** Epoch seconds, as API Gateway version 1 writes times. */
const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

export function restApiShape({
  api,
  apiId,
  name,
  createdAt,
  tags,
  rootResourceId,
}: RestConfiguration): Shape {
  const {
    Description,
    BinaryMediaTypes,
    EndpointConfiguration,
    ApiKeySourceType,
    DisableExecuteApiEndpoint,
  } = api.properties;
  const types = isRecord(EndpointConfiguration) ? EndpointConfiguration.Types : undefined;
  return {
    id: apiId,
    name,
    ...(Description !== undefined && { description: Description }),
    createdDate: seconds(createdAt),
    ...(Array.isArray(BinaryMediaTypes) && { binaryMediaTypes: BinaryMediaTypes }),
    apiKeySource: ApiKeySourceType ?? "HEADER",
    endpointConfiguration: { types: Array.isArray(types) ? types : ["EDGE"], ipAddressType: "ipv4" },
    tags,
    disableExecuteApiEndpoint: isTrue(DisableExecuteApiEndpoint),
    rootResourceId,
  };
}

export function methodShape({ properties }: GatewayResource): Shape {
  const { Integration, MethodResponses } = properties;
  return {
    httpMethod: properties.HttpMethod,
    authorizationType: properties.AuthorizationType ?? "NONE",
    apiKeyRequired: isTrue(properties.ApiKeyRequired),
    ...picked(properties, METHOD_MEMBERS),
    ...(isRecord(properties.RequestParameters) && {
      requestParameters: mapOf(properties.RequestParameters, isTrue),
    }),
    ...(Array.isArray(MethodResponses) && {
      methodResponses: byStatus(MethodResponses, (response) => ({
        statusCode: String(response.StatusCode),
        ...(isRecord(response.ResponseParameters) && {
          responseParameters: mapOf(response.ResponseParameters, isTrue),
        }),
        ...(isRecord(response.ResponseModels) && { responseModels: response.ResponseModels }),
      })),
    }),
    ...(isRecord(Integration) && { methodIntegration: integrationShape(Integration) }),
  };
}

const METHOD_MEMBERS = {
  AuthorizerId: "authorizerId",
  AuthorizationScopes: "authorizationScopes",
  RequestValidatorId: "requestValidatorId",
  OperationName: "operationName",
  RequestModels: "requestModels",
} as const;

const INTEGRATION_MEMBERS = {
  Type: "type",
  IntegrationHttpMethod: "httpMethod",
  Uri: "uri",
  Credentials: "credentials",
  RequestParameters: "requestParameters",
  RequestTemplates: "requestTemplates",
} as const;

function integrationShape(integration: Shape): Shape {
  const { IntegrationResponses } = integration;
  return {
    ...picked(integration, INTEGRATION_MEMBERS),
    passthroughBehavior: integration.PassthroughBehavior ?? "WHEN_NO_MATCH",
    timeoutInMillis: Number(integration.TimeoutInMillis ?? 29_000),
    ...(Array.isArray(IntegrationResponses) && {
      integrationResponses: byStatus(IntegrationResponses, (response) => ({
        statusCode: String(response.StatusCode),
        ...picked(response, {
          SelectionPattern: "selectionPattern",
          ResponseParameters: "responseParameters",
          ResponseTemplates: "responseTemplates",
        }),
      })),
    }),
  };
}

export function authorizerShape({ physicalId, properties }: GatewayResource): Shape {
  return {
    id: physicalId,
    authType: "custom",
    authorizerResultTtlInSeconds: Number(properties.AuthorizerResultTtlInSeconds ?? 300),
    ...picked(properties, AUTHORIZER_MEMBERS),
  };
}

/** CloudFormation's property name and the API's name of each member that creates an authorizer. */
export const AUTHORIZER_MEMBERS = {
  Name: "name",
  Type: "type",
  ProviderARNs: "providerARNs",
  AuthType: "authType",
  AuthorizerUri: "authorizerUri",
  AuthorizerCredentials: "authorizerCredentials",
  IdentitySource: "identitySource",
  IdentityValidationExpression: "identityValidationExpression",
} as const;

/** A customized gateway response, or API Gateway's default. */
export function gatewayResponseShape(type: string, resource: GatewayResource | undefined): Shape {
  const { status, template } = standardResponse(type);
  const { StatusCode, ResponseParameters, ResponseTemplates } = resource?.properties ?? {};
  const statusCode = StatusCode ?? status;
  return {
    responseType: type,
    ...(statusCode !== undefined && { statusCode: String(statusCode) }),
    responseParameters: isRecord(ResponseParameters) ? ResponseParameters : {},
    responseTemplates: isRecord(ResponseTemplates) ? ResponseTemplates : { "application/json": template },
    defaultResponse: resource === undefined,
  };
}

export function stageShape(stage: RestStageState): Shape {
  const { canary } = stage;
  return {
    deploymentId: stage.deploymentId,
    stageName: stage.name,
    ...(stage.description !== undefined && { description: stage.description }),
    cacheClusterEnabled: stage.cacheClusterEnabled,
    ...(stage.cacheClusterSize !== undefined && { cacheClusterSize: stage.cacheClusterSize }),
    cacheClusterStatus: stage.cacheClusterEnabled ? "AVAILABLE" : "NOT_AVAILABLE",
    methodSettings: stage.methodSettings,
    // As API Gateway does, leave the member out when it has no value.
    ...(Object.keys(stage.variables).length > 0 && { variables: stage.variables }),
    ...(canary !== undefined && {
      canarySettings: {
        percentTraffic: canary.percent,
        deploymentId: canary.deploymentId,
        ...(Object.keys(canary.variables).length > 0 && { stageVariableOverrides: canary.variables }),
        useStageCache: canary.useStageCache,
      },
    }),
    tracingEnabled: stage.tracingEnabled,
    tags: stage.tags,
    createdDate: seconds(stage.createdAt),
    lastUpdatedDate: seconds(stage.updatedAt),
  };
}

/** @param summary includes `apiSummary`: what each method requires of its callers */
export function deploymentShape(
  { id, description, createdAt, definition }: RestDeployment,
  summary: boolean,
): Shape {
  const apiSummary = definition.routes.map(({ resourcePath, methods }) => [
    resourcePath,
    Object.fromEntries(
      [...methods].map(([httpMethod, { authorization, apiKeyRequired }]) => [
        httpMethod,
        { authorizationType: authorization, apiKeyRequired },
      ]),
    ),
  ]);
  return {
    id,
    ...(description !== undefined && { description }),
    createdDate: seconds(createdAt),
    ...(summary && { apiSummary: Object.fromEntries(apiSummary) }),
  };
}

/** The members that are present, under their other names. */
export function picked(from: Shape, names: Readonly<Record<string, string>>): Shape {
  return Object.fromEntries(
    Object.entries(names)
      .filter(([name]) => from[name] !== undefined)
      .map(([name, other]) => [other, from[name]]),
  );
}

/** Templates may write booleans as strings. */
export const isTrue = (value: unknown): boolean => value === true || value === "true";

function mapOf(map: Shape, convert: (value: unknown) => unknown): Shape {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, convert(value)]));
}

function byStatus(list: readonly unknown[], shape: (response: Shape) => Shape): Shape {
  return Object.fromEntries(list.filter(isRecord).map((one) => [String(one.StatusCode), shape(one)]));
}
