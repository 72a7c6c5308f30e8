import { drawId } from "../data/drawn-id.ts";
import type { GatewayResource } from "../data/gateway-resource.ts";
import { GATEWAY_RESPONSE_TYPES } from "../data/gateway-responses.ts";
import type { RestConfiguration } from "../data/rest/rest-configuration.ts";
import { readRestApi } from "../data/rest/rest-definition.ts";
import { badRequest, ControlFailure, conflict, notFound } from "./control-failure.ts";
import { type ControlRequest, label, type Operation, requiredText } from "./operation.ts";
import { applyPatches, type PatchRules, readPatches, truth } from "./patch.ts";
import { authorizerOf, methodOf, partsOf, pathsOf, type RestApis } from "./rest-lookup.ts";
import { restWriter } from "./rest-operation.ts";
import { responseOf } from "./rest-reads.ts";
import {
  AUTHORIZER_MEMBERS,
  authorizerShape,
  gatewayResponseShape,
  methodShape,
  picked,
  restApiShape,
} from "./rest-shapes.ts";

/** @see API Gateway quotas, "Authorizers per API" */
export const MOST_AUTHORIZERS = 10;

const ASKING = new Set(["CUSTOM", "COGNITO_USER_POOLS"]);
const TYPES = new Set(["NONE", "AWS_IAM", ...ASKING]);

/**
 * The calls that change a REST API's configuration; a change takes effect with the next deployment.
 */
export function restWrites(apis: RestApis): readonly Operation[] {
  const write = restWriter(apis);
  return [
    write("UpdateRestApi", ["PATCH", 200], "", updateApi),
    write("UpdateMethod", ["PATCH", 200], "/resources/{resourceId}/methods/{httpMethod}", updateMethod),
    write("CreateAuthorizer", ["POST", 201], "/authorizers", createAuthorizer),
    write("UpdateAuthorizer", ["PATCH", 200], "/authorizers/{authorizerId}", updateAuthorizer),
    write("DeleteAuthorizer", ["DELETE", 202], "/authorizers/{authorizerId}", deleteAuthorizer),
    write("PutGatewayResponse", ["PUT", 201], "/gatewayresponses/{responseType}", putGatewayResponse),
    write(
      "DeleteGatewayResponse",
      ["DELETE", 202],
      "/gatewayresponses/{responseType}",
      deleteGatewayResponse,
    ),
  ];
}

/**
 * Replaces a part that has the same logical id, unless the API could not be deployed with the new
 * one.
 */
function store(api: RestConfiguration, part: GatewayResource): void {
  const parts = new Map(api.parts).set(part.logicalId, part);
  const stage = {
    ...api.api,
    type: "AWS::ApiGateway::Stage",
    properties: { RestApiId: api.apiId, StageName: "s" },
  };
  readRestApi(api.api, [...parts.values(), stage]);
  api.parts.set(part.logicalId, part);
}

function updateApi(api: RestConfiguration, request: ControlRequest): unknown {
  const properties: Record<string, unknown> = { ...api.api.properties };
  applyPatches(readPatches(request), [
    ["/description", { replace: (value) => set(properties, "Description", value) }],
    [
      "/disableExecuteApiEndpoint",
      { replace: (value, patch) => set(properties, "DisableExecuteApiEndpoint", truth(value, patch)) },
    ],
  ]);
  api.api = { ...api.api, properties };
  return restApiShape(api);
}

function updateMethod(api: RestConfiguration, request: ControlRequest): unknown {
  const method = methodOf(api, label(request, "resourceId"), label(request, "httpMethod"));
  const properties: Record<string, unknown> = { ...method.properties };
  const scopes = new Set<string>((properties.AuthorizationScopes as string[] | undefined) ?? []);
  const named = (property: string): PatchRules => ({ replace: (value) => set(properties, property, value) });
  applyPatches(readPatches(request), [
    ["/authorizationType", named("AuthorizationType")],
    ["/authorizerId", named("AuthorizerId")],
    ["/operationName", named("OperationName")],
    ["/requestValidatorId", named("RequestValidatorId")],
    [
      "/apiKeyRequired",
      { replace: (value, patch) => set(properties, "ApiKeyRequired", truth(value, patch)) },
    ],
    ["/authorizationScopes", { add: (value) => scopes.add(value), remove: (value) => scopes.delete(value) }],
  ]);
  const type = String(properties.AuthorizationType ?? "NONE");
  if (!TYPES.has(type)) throw badRequest(`Invalid authorization type specified: ${type}`);
  const authorizer = partsOf(api, "Authorizer").find(
    ({ physicalId }) => physicalId === properties.AuthorizerId,
  );
  if (!ASKING.has(type)) delete properties.AuthorizerId;
  else if (
    authorizer === undefined ||
    (authorizer.properties.Type === "COGNITO_USER_POOLS") !== (type !== "CUSTOM")
  )
    throw badRequest(
      "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
    );
  if (scopes.size > 0) properties.AuthorizationScopes = [...scopes];
  else delete properties.AuthorizationScopes;
  const changed = { ...method, properties };
  store(api, changed);
  return methodShape(changed);
}

function createAuthorizer(api: RestConfiguration, request: ControlRequest): unknown {
  const name = requiredText(request, "name");
  const type = requiredText(request, "type");
  const others = partsOf(api, "Authorizer");
  if (others.some(({ properties }) => properties.Name === name))
    throw badRequest(`Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`);
  if (others.length >= MOST_AUTHORIZERS)
    throw new ControlFailure(
      429,
      "LimitExceededException",
      "Maximum number of Authorizers for this API has been reached. Please contact AWS if you need additional Authorizers.",
    );
  if (type !== "COGNITO_USER_POOLS") requiredText(request, "authorizerUri");
  const members = Object.fromEntries(
    Object.entries(AUTHORIZER_MEMBERS).map(([property, member]) => [member, property]),
  );
  const id = drawId(6);
  const authorizer: GatewayResource = {
    logicalId: `authorizer ${id}`,
    physicalId: id,
    type: "AWS::ApiGateway::Authorizer",
    properties: {
      RestApiId: api.apiId,
      ...picked(request.body, members),
      AuthorizerResultTtlInSeconds: request.body.authorizerResultTtlInSeconds ?? 300,
    },
  };
  store(api, authorizer);
  return authorizerShape(authorizer);
}

function updateAuthorizer(api: RestConfiguration, request: ControlRequest): unknown {
  const authorizer = authorizerOf(api, label(request, "authorizerId"));
  const properties: Record<string, unknown> = { ...authorizer.properties };
  const named = (property: string): PatchRules => ({ replace: (value) => set(properties, property, value) });
  applyPatches(readPatches(request), [
    ["/authorizerResultTtlInSeconds", named("AuthorizerResultTtlInSeconds")],
    ["/authorizerUri", named("AuthorizerUri")],
    ["/authorizerCredentials", named("AuthorizerCredentials")],
    ["/identitySource", named("IdentitySource")],
    ["/identityValidationExpression", named("IdentityValidationExpression")],
    ["/name", named("Name")],
  ]);
  const changed = { ...authorizer, properties };
  store(api, changed);
  return authorizerShape(changed);
}

function deleteAuthorizer(api: RestConfiguration, request: ControlRequest): undefined {
  const authorizer = authorizerOf(api, label(request, "authorizerId"));
  const user = partsOf(api, "Method").find(
    ({ properties }) => properties.AuthorizerId === authorizer.physicalId,
  );
  if (user !== undefined) {
    const { HttpMethod, ResourceId } = user.properties;
    const where = `${String(HttpMethod)}/${pathsOf(api).get(String(ResourceId))}`;
    throw conflict(
      `Cannot delete authorizer '${String(authorizer.properties.Name)}', is referenced in method: ${where}`,
    );
  }
  api.parts.delete(authorizer.logicalId);
}

function putGatewayResponse(api: RestConfiguration, request: ControlRequest): unknown {
  const type = responseTypeOf(request);
  const response: GatewayResource = {
    ...(responseOf(api, type) ?? {
      logicalId: `response ${type}`,
      physicalId: type,
      type: "AWS::ApiGateway::GatewayResponse",
    }),
    properties: {
      RestApiId: api.apiId,
      ResponseType: type,
      ...picked(request.body, {
        statusCode: "StatusCode",
        responseParameters: "ResponseParameters",
        responseTemplates: "ResponseTemplates",
      }),
    },
  };
  store(api, response);
  return gatewayResponseShape(type, response);
}

function deleteGatewayResponse(api: RestConfiguration, request: ControlRequest): undefined {
  const type = responseTypeOf(request);
  const response = responseOf(api, type);
  if (response === undefined) throw notFound("Gateway response type not defined on api");
  api.parts.delete(response.logicalId);
}

function responseTypeOf(request: ControlRequest): string {
  const type = label(request, "responseType");
  if (GATEWAY_RESPONSE_TYPES.includes(type)) return type;
  throw badRequest(`Invalid gateway response type specified: ${type}`);
}

/** An empty value removes a property. */
function set(properties: Record<string, unknown>, name: string, value: unknown): void {
  if (value === "") delete properties[name];
  else properties[name] = value;
}
