import { type GatewayResource, isRecord } from "../data/gateway-resource.ts";
import type { HttpConfiguration, HttpDeployment, HttpStageState } from "../data/http/http-configuration.ts";
import { isTrue, picked } from "./rest-shapes.ts";

type Shape = Readonly<Record<string, unknown>>;

/** ISO 8601 in whole seconds, as API Gateway version 2 writes times. */
const instant = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

export function apiShape(
  { api, apiId, name, kind, createdAt, tags }: HttpConfiguration,
  region: string,
): Shape {
  const { CorsConfiguration, DisableExecuteApiEndpoint, RouteSelectionExpression } = api.properties;
  const scheme = kind === "websocket" ? "wss" : "https";
  return {
    apiId,
    name,
    protocolType: kind === "websocket" ? "WEBSOCKET" : "HTTP",
    apiEndpoint: `${scheme}://${apiId}.execute-api.${region}.amazonaws.com`,
    apiKeySelectionExpression: "$request.header.x-api-key",
    routeSelectionExpression: RouteSelectionExpression ?? "$request.method $request.path",
    createdDate: instant(createdAt),
    disableExecuteApiEndpoint: isTrue(DisableExecuteApiEndpoint),
    ...(isRecord(CorsConfiguration) && {
      corsConfiguration: {
        ...picked(CorsConfiguration, {
          AllowHeaders: "allowHeaders",
          AllowMethods: "allowMethods",
          AllowOrigins: "allowOrigins",
          ExposeHeaders: "exposeHeaders",
        }),
        allowCredentials: isTrue(CorsConfiguration.AllowCredentials),
        ...(CorsConfiguration.MaxAge !== undefined && { maxAge: Number(CorsConfiguration.MaxAge) }),
      },
    }),
    ...picked(api.properties, { Description: "description", Version: "version" }),
    tags,
  };
}

export function routeShape({ physicalId, properties }: GatewayResource): Shape {
  return {
    routeId: physicalId,
    routeKey: properties.RouteKey,
    apiKeyRequired: isTrue(properties.ApiKeyRequired),
    authorizationType: properties.AuthorizationType ?? "NONE",
    ...picked(properties, {
      AuthorizerId: "authorizerId",
      AuthorizationScopes: "authorizationScopes",
      OperationName: "operationName",
      RouteResponseSelectionExpression: "routeResponseSelectionExpression",
      Target: "target",
    }),
  };
}

/** CloudFormation's property name and the API's name of each member that creates an authorizer. */
export const HTTP_AUTHORIZER_MEMBERS = {
  Name: "name",
  AuthorizerType: "authorizerType",
  AuthorizerUri: "authorizerUri",
  AuthorizerCredentialsArn: "authorizerCredentialsArn",
  AuthorizerPayloadFormatVersion: "authorizerPayloadFormatVersion",
  EnableSimpleResponses: "enableSimpleResponses",
  IdentitySource: "identitySource",
  IdentityValidationExpression: "identityValidationExpression",
  AuthorizerResultTtlInSeconds: "authorizerResultTtlInSeconds",
} as const;

export function httpAuthorizerShape({ physicalId, properties }: GatewayResource): Shape {
  const { JwtConfiguration, EnableSimpleResponses, AuthorizerResultTtlInSeconds } = properties;
  return {
    authorizerId: physicalId,
    ...picked(properties, HTTP_AUTHORIZER_MEMBERS),
    ...(EnableSimpleResponses !== undefined && { enableSimpleResponses: isTrue(EnableSimpleResponses) }),
    ...(AuthorizerResultTtlInSeconds !== undefined && {
      authorizerResultTtlInSeconds: Number(AuthorizerResultTtlInSeconds),
    }),
    ...(isRecord(JwtConfiguration) && {
      jwtConfiguration: picked(JwtConfiguration, { Audience: "audience", Issuer: "issuer" }),
    }),
  };
}

export function httpStageShape(stage: HttpStageState): Shape {
  return {
    stageName: stage.name,
    ...(stage.deploymentId !== undefined && { deploymentId: stage.deploymentId }),
    ...(stage.description !== undefined && { description: stage.description }),
    autoDeploy: stage.autoDeploy,
    defaultRouteSettings: { detailedMetricsEnabled: false },
    routeSettings: {},
    stageVariables: stage.variables,
    tags: stage.tags,
    createdDate: instant(stage.createdAt),
    lastUpdatedDate: instant(stage.updatedAt),
    ...(stage.autoDeploy && {
      lastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${stage.deploymentId}'`,
    }),
  };
}

export function httpDeploymentShape({ id, description, createdAt, autoDeployed }: HttpDeployment): Shape {
  return {
    deploymentId: id,
    autoDeployed,
    createdDate: instant(createdAt),
    deploymentStatus: "DEPLOYED",
    ...(description !== undefined && { description }),
  };
}
