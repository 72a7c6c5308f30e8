import type { Now } from "../../../domain/time.ts";
import { drawId } from "../data/drawn-id.ts";
import { type GatewayResource, isRecord } from "../data/gateway-resource.ts";
import type { HttpConfiguration } from "../data/http/http-configuration.ts";
import { badRequest, ControlFailure, conflict } from "./control-failure.ts";
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
  HTTP_AUTHORIZER_MEMBERS,
  httpAuthorizerShape,
  httpDeploymentShape,
  httpStageShape,
  routeShape,
} from "./http-shapes.ts";
import { type ControlRequest, flag, label, type Operation, requiredText, text, texts } from "./operation.ts";
import { picked } from "./rest-shapes.ts";
import { MOST_AUTHORIZERS } from "./rest-writes.ts";
import { checkVariables } from "./stage-variables.ts";

type Change = (api: HttpConfiguration, request: ControlRequest) => unknown;

/** The write calls of API Gateway version 2 for HTTP and WebSocket APIs. */
export function httpWrites(apis: HttpApis, now: Now): readonly Operation[] {
  const write = (
    name: string,
    [method, status]: readonly ["POST" | "PATCH" | "DELETE", number],
    path: string,
    run: Change,
  ): Operation => ({
    service: "apigatewayv2",
    name,
    method,
    path: `/v2/apis/{ApiId}${path}`,
    status,
    run: (request) => run(httpApiOf(apis, request), request),
  });
  return [
    write("UpdateApi", ["PATCH", 200], "", (api, request) => updateApi(api, request, apis.region)),
    write("UpdateRoute", ["PATCH", 200], "/routes/{RouteId}", updateRoute),
    write("CreateAuthorizer", ["POST", 201], "/authorizers", createAuthorizer),
    write("UpdateAuthorizer", ["PATCH", 200], "/authorizers/{AuthorizerId}", updateAuthorizer),
    write("DeleteAuthorizer", ["DELETE", 204], "/authorizers/{AuthorizerId}", deleteAuthorizer),
    write("CreateDeployment", ["POST", 201], "/deployments", (api, request) =>
      createDeployment(api, request, now),
    ),
    write("DeleteDeployment", ["DELETE", 204], "/deployments/{DeploymentId}", deleteDeployment),
    write("UpdateStage", ["PATCH", 200], "/stages/{StageName}", (api, request) =>
      updateStage(api, request, now),
    ),
    write(
      "ResetAuthorizersCache",
      ["DELETE", 204],
      "/stages/{StageName}/cache/authorizers",
      (api, request) => {
        if (api.kind === "websocket") throw badRequest("WebSocket APIs have no cache for authorizers");
        api.caches.flush(httpStageOf(api, label(request, "StageName")).name);
      },
    ),
  ];
}

/**
 * Replaces a part, and restores the earlier one if the API could not be deployed with the new one.
 */
function store(api: HttpConfiguration, part: GatewayResource): void {
  const earlier = api.parts.get(part.logicalId);
  api.parts.set(part.logicalId, part);
  try {
    api.check();
    api.changed();
  } catch (error) {
    if (earlier === undefined) api.parts.delete(part.logicalId);
    else api.parts.set(part.logicalId, earlier);
    throw error;
  }
}

function updateApi(api: HttpConfiguration, request: ControlRequest, region: string): unknown {
  const disabled = flag(request, "disableExecuteApiEndpoint");
  const description = text(request, "description");
  const properties = {
    ...api.api.properties,
    ...(disabled !== undefined && { DisableExecuteApiEndpoint: disabled }),
    ...(description !== undefined && { Description: description }),
  };
  api.api = { ...api.api, properties };
  return apiShape(api, region);
}

function updateRoute(api: HttpConfiguration, request: ControlRequest): unknown {
  const route = httpPartOf(api, "Route", label(request, "RouteId"));
  const keyRequired = flag(request, "apiKeyRequired");
  const scopes = request.body.authorizationScopes;
  const properties: Record<string, unknown> = {
    ...route.properties,
    ...picked(request.body, {
      authorizationType: "AuthorizationType",
      authorizerId: "AuthorizerId",
      operationName: "OperationName",
      target: "Target",
    }),
    ...(Array.isArray(scopes) && { AuthorizationScopes: scopes.map(String) }),
    ...(keyRequired !== undefined && { ApiKeyRequired: keyRequired }),
  };
  const type = String(properties.AuthorizationType ?? "NONE");
  const allowed = ["NONE", "AWS_IAM", "CUSTOM", ...(api.kind === "http" ? ["JWT"] : [])];
  if (!allowed.includes(type)) throw badRequest(`Invalid authorization type specified: ${type}`);
  if (api.kind === "websocket" && type !== "NONE" && properties.RouteKey !== "$connect")
    throw badRequest("Currently, authorization is restricted to the $connect route only");
  if (type !== "CUSTOM" && type !== "JWT") delete properties.AuthorizerId;
  else {
    const authorizer = httpPartsOf(api, "Authorizer").find(
      ({ physicalId }) => physicalId === properties.AuthorizerId,
    );
    if (authorizer === undefined || (authorizer.properties.AuthorizerType === "JWT") !== (type === "JWT"))
      throw badRequest(
        `Invalid authorizer ID specified: authorization type ${type} requires a valid authorizer`,
      );
  }
  if (!Array.isArray(properties.AuthorizationScopes) || properties.AuthorizationScopes.length === 0)
    delete properties.AuthorizationScopes;
  const changed = { ...route, properties };
  store(api, changed);
  return routeShape(changed);
}

function createAuthorizer(api: HttpConfiguration, request: ControlRequest): unknown {
  const name = requiredText(request, "name");
  const others = httpPartsOf(api, "Authorizer");
  if (others.some(({ properties }) => properties.Name === name))
    throw badRequest(`Authorizer name must be unique. Authorizer ${name} already exists in this API.`);
  // Version 2 has no LimitExceededException: it uses this exception for every kind of limit.
  if (others.length >= MOST_AUTHORIZERS)
    throw new ControlFailure(
      429,
      "TooManyRequestsException",
      "Maximum number of Authorizers for this API has been reached. Please contact AWS if you need additional Authorizers.",
      { limitType: "AUTHORIZERS_PER_API" },
    );
  const id = drawId(6);
  const authorizer: GatewayResource = {
    logicalId: `authorizer ${id}`,
    physicalId: id,
    type: "AWS::ApiGatewayV2::Authorizer",
    properties: { ApiId: api.apiId, ...authorizerProperties(request) },
  };
  checkAuthorizer(api, authorizer);
  store(api, authorizer);
  return httpAuthorizerShape(authorizer);
}

function updateAuthorizer(api: HttpConfiguration, request: ControlRequest): unknown {
  const authorizer = httpPartOf(api, "Authorizer", label(request, "AuthorizerId"));
  const changed = {
    ...authorizer,
    properties: { ...authorizer.properties, ...authorizerProperties(request) },
  };
  checkAuthorizer(api, changed);
  store(api, changed);
  return httpAuthorizerShape(changed);
}

function authorizerProperties({ body }: ControlRequest): Readonly<Record<string, unknown>> {
  const members = Object.fromEntries(
    Object.entries(HTTP_AUTHORIZER_MEMBERS).map(([property, member]) => [member, property]),
  );
  const jwt = body.jwtConfiguration;
  return {
    ...picked(body, members),
    ...(isRecord(jwt) && { JwtConfiguration: picked(jwt, { audience: "Audience", issuer: "Issuer" }) }),
  };
}

/**
 * Checks what differs between HTTP and WebSocket; the API is checked as a whole when it is read
 * again.
 */
function checkAuthorizer(api: HttpConfiguration, { properties }: GatewayResource): void {
  const { AuthorizerType: type, AuthorizerUri: uri, AuthorizerPayloadFormatVersion: format } = properties;
  if (type !== "REQUEST" && !(type === "JWT" && api.kind === "http"))
    throw badRequest(`Invalid authorizer type specified: ${String(type)}`);
  if (type === "JWT") return;
  if (typeof uri !== "string") throw badRequest("AuthorizerUri is required for REQUEST authorizers");
  if (api.kind === "http" && format === undefined)
    throw badRequest("AuthorizerPayloadFormatVersion is a required parameter for Lambda authorizer");
  if (api.kind === "websocket" && (format !== undefined || properties.EnableSimpleResponses !== undefined))
    throw badRequest(
      "AuthorizerPayloadFormatVersion and EnableSimpleResponses are supported only for HTTP APIs",
    );
  if (api.kind === "websocket" && Number(properties.AuthorizerResultTtlInSeconds ?? 0) > 0)
    throw badRequest("AuthorizerResultTtlInSeconds is supported only for HTTP APIs");
}

function deleteAuthorizer(api: HttpConfiguration, request: ControlRequest): undefined {
  const authorizer = httpPartOf(api, "Authorizer", label(request, "AuthorizerId"));
  const user = httpPartsOf(api, "Route").find(
    ({ properties }) => properties.AuthorizerId === authorizer.physicalId,
  );
  if (user !== undefined)
    throw conflict(
      `Cannot delete authorizer '${String(authorizer.properties.Name)}', is referenced in route: ${String(user.properties.RouteKey)}`,
    );
  api.parts.delete(authorizer.logicalId);
  api.changed();
}

function createDeployment(api: HttpConfiguration, request: ControlRequest, now: Now): unknown {
  const stageName = text(request, "stageName");
  const stage = stageName === undefined ? undefined : httpStageOf(api, stageName);
  if (stage?.autoDeploy === true)
    throw badRequest(`Deployments cannot be made to stage ${stage.name}: it has auto deploy enabled`);
  const deployment = api.deploy(text(request, "description"), false);
  if (stage !== undefined) Object.assign(stage, { deploymentId: deployment.id, updatedAt: now() });
  return httpDeploymentShape(deployment);
}

function deleteDeployment(api: HttpConfiguration, request: ControlRequest): undefined {
  const { id } = httpDeploymentOf(api, label(request, "DeploymentId"));
  if ([...api.stages.values()].some(({ deploymentId }) => deploymentId === id))
    throw badRequest("Active stages pointing to this deployment must be moved or deleted");
  api.deployments.delete(id);
}

/** Merges variables into the existing ones; an empty value removes one. */
function updateStage(api: HttpConfiguration, request: ControlRequest, now: Now): unknown {
  const stage = httpStageOf(api, label(request, "StageName"));
  const changes = Object.entries(texts(request, "stageVariables") ?? {});
  checkVariables(Object.fromEntries(changes.filter(([, value]) => value !== "")));
  const deploymentId = text(request, "deploymentId");
  if (deploymentId !== undefined) httpDeploymentOf(api, deploymentId);
  const autoDeploy = flag(request, "autoDeploy") ?? stage.autoDeploy;
  if (deploymentId !== undefined && autoDeploy)
    throw badRequest("A deployment cannot be chosen for a stage with auto deploy enabled");
  const merged = Object.entries({ ...stage.variables, ...Object.fromEntries(changes) });
  const description = text(request, "description");
  const began = autoDeploy && !stage.autoDeploy;
  Object.assign(stage, {
    variables: Object.fromEntries(merged.filter(([, value]) => value !== "")),
    autoDeploy,
    ...(deploymentId !== undefined && { deploymentId }),
    ...(description !== undefined && { description }),
    updatedAt: now(),
  });
  if (began) api.changed();
  return httpStageShape(stage);
}
