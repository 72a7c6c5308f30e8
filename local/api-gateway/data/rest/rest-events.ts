import { domainName, executeArn, type Surroundings } from "../api-surroundings.ts";
import { headerValues, type IncomingRequest, queryPairs } from "../incoming-request.ts";
import { allValues, lastValues } from "../multi-value.ts";
import { callerIdentity, proxyFields, userAgentOf } from "../proxy-event.ts";
import { commonLogTime } from "../request-time.ts";
import type { RestApi } from "./rest-definition.ts";
import type { RestTarget } from "./rest-routing.ts";

/** One request while a REST API handles it. */
export interface RestCall {
  readonly api: RestApi;
  readonly surroundings: Surroundings;
  readonly request: IncomingRequest;
  readonly target: RestTarget;
}

export function methodArnOf({ api, surroundings, request, target }: RestCall): string {
  return executeArn(surroundings, api.apiId, target.stage.name, request.method, target.path);
}

/** `requestContext` of authorizers and integrations, with the fields of captured events. */
export function restRequestContext(call: RestCall): Readonly<Record<string, unknown>> {
  const { api, surroundings, request, target } = call;
  return {
    resourceId: target.route?.resourceId ?? null,
    resourcePath: target.route?.resourcePath ?? null,
    httpMethod: request.method,
    extendedRequestId: request.extendedRequestId,
    requestTime: commonLogTime(request.receivedAt),
    path: `/${target.stage.name}${target.path}`,
    accountId: surroundings.accountId,
    protocol: request.protocol,
    stage: target.stage.name,
    domainPrefix: api.apiId,
    requestTimeEpoch: request.receivedAt,
    requestId: request.requestId,
    identity: callerIdentity(request, userAgentOf(request) ?? null),
    domainName: domainName(surroundings, api.apiId),
    deploymentId: target.stage.deploymentId,
    apiId: api.apiId,
  };
}

/** The event of a REQUEST authorizer: empty maps stay empty maps. */
export function restAuthorizerEvent(call: RestCall): Readonly<Record<string, unknown>> {
  const { request, target } = call;
  const query = queryPairs(request);
  return {
    type: "REQUEST",
    methodArn: methodArnOf(call),
    resource: target.route?.resourcePath ?? target.path,
    path: target.path,
    httpMethod: request.method,
    headers: lastValues(request.headers),
    multiValueHeaders: allValues(request.headers),
    queryStringParameters: lastValues(query),
    multiValueQueryStringParameters: allValues(query),
    pathParameters: target.pathParameters,
    stageVariables: target.stage.variables,
    requestContext: restRequestContext(call),
  };
}

/** The event of a Lambda proxy integration: empty maps become null, `Content-Length` is removed. */
export function restProxyEvent(
  call: RestCall,
  authorizer: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> {
  const { api, request, target } = call;
  const headers = request.headers.filter(([name]) => name.toLowerCase() !== "content-length");
  const binary = request.body.length > 0 && isBinary(api.binaryMediaTypes, request);
  return {
    resource: target.route?.resourcePath ?? target.path,
    ...proxyFields(request, target, headers),
    requestContext: { ...restRequestContext(call), ...(authorizer !== undefined && { authorizer }) },
    body: request.body.length === 0 ? null : request.body.toString(binary ? "base64" : "utf8"),
    isBase64Encoded: binary,
  };
}

/** @see API Gateway developer guide, "Working with binary media types for REST APIs" */
function isBinary(types: readonly string[], request: IncomingRequest): boolean {
  const contentType = headerValues(request, "content-type").at(-1)?.split(";")[0]?.trim() ?? "";
  return types.some((type) => type === "*/*" || type === contentType);
}
