import { domainName, executeArn, type Surroundings } from "../api-surroundings.ts";
import { headerValues, type IncomingRequest, queryPairs } from "../incoming-request.ts";
import { joinedValues, lastValues, lowerNames, orNull } from "../multi-value.ts";
import { callerIdentity, proxyFields, userAgentOf } from "../proxy-event.ts";
import { commonLogTime } from "../request-time.ts";
import type { HttpApi, HttpRoute } from "./http-definition.ts";
import type { HttpTarget } from "./http-routing.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One request while an HTTP API handles it. */
export interface HttpCall {
  readonly api: HttpApi;
  readonly surroundings: Surroundings;
  readonly request: IncomingRequest;
  readonly target: HttpTarget;
  readonly route: HttpRoute;
}

/** The values of `$context` in this API's mappings and identity sources. */
export function httpContext(call: HttpCall): Fields {
  const { api, surroundings, request, target, route } = call;
  return {
    accountId: surroundings.accountId,
    apiId: api.apiId,
    domainName: domainName(surroundings, api.apiId),
    domainPrefix: api.apiId,
    extendedRequestId: request.extendedRequestId,
    httpMethod: request.method,
    identity: {
      sourceIp: request.sourceIp,
      userAgent: userAgentOf(request) ?? "",
      ...(request.clientCertificate !== undefined && { clientCert: request.clientCertificate }),
    },
    path: target.path,
    protocol: request.protocol,
    requestId: request.extendedRequestId,
    requestTime: commonLogTime(request.receivedAt),
    requestTimeEpoch: request.receivedAt,
    routeKey: route.routeKey,
    stage: target.stage.name,
  };
}

export function routeArnOf({ api, surroundings, request, target }: HttpCall): string {
  return executeArn(surroundings, api.apiId, target.stage.name, request.method, target.routePath);
}

export function authorizerEvent20(call: HttpCall, identity: readonly string[]): Fields {
  return {
    version: "2.0",
    type: "REQUEST",
    routeArn: routeArnOf(call),
    ...(identity.length > 0 && { identitySource: identity }),
    ...request20(call),
    requestContext: requestContext20(call),
  };
}

export function authorizerEvent10(call: HttpCall, identity: readonly string[]): Fields {
  const { request, target, route } = call;
  const source = identity.join(",");
  return {
    version: "1.0",
    type: "REQUEST",
    methodArn: routeArnOf(call),
    ...(identity.length > 0 && { identitySource: source, authorizationToken: source }),
    resource: resourceOf(route, target),
    path: target.path,
    httpMethod: request.method,
    headers: lastValues(lowerNames(request.headers)),
    queryStringParameters: lastValues(queryPairs(request)),
    pathParameters: target.pathParameters,
    stageVariables: target.stage.variables,
    requestContext: requestContext10(call),
  };
}

/** `authorizer` is the context that a Lambda authorizer returned; absent on open routes. */
export function proxyEvent20(
  call: HttpCall,
  authorizer: { readonly lambda: Fields | null } | undefined,
): Fields {
  const { body, isBase64Encoded } = bodyOf(call.request);
  return {
    version: "2.0",
    ...request20(call),
    requestContext: { ...requestContext20(call), ...(authorizer !== undefined && { authorizer }) },
    ...(body !== null && { body }),
    isBase64Encoded,
  };
}

export function proxyEvent10(call: HttpCall, authorizer: Fields | undefined): Fields {
  const { request, target, route } = call;
  return {
    version: "1.0",
    resource: resourceOf(route, target),
    ...proxyFields(request, target, lowerNames(request.headers)),
    requestContext: { ...requestContext10(call), ...(authorizer !== undefined && { authorizer }) },
    ...bodyOf(request),
  };
}

/**
 * The fields that format 2.0 shares between authorizers and integrations; empty ones are left out.
 */
function request20({ request, target, route }: HttpCall): Fields {
  const cookies = headerValues(request, "cookie").flatMap((value) => value.split(/;\s*/).filter(Boolean));
  const headers = lowerNames(request.headers).filter(([name]) => name !== "cookie");
  const query = joinedValues(queryPairs(request));
  return {
    routeKey: route.routeKey,
    rawPath: target.path,
    rawQueryString: request.query,
    ...(cookies.length > 0 && { cookies }),
    headers: joinedValues(headers),
    ...(orNull(query) !== null && { queryStringParameters: query }),
    ...(orNull(target.pathParameters) !== null && { pathParameters: target.pathParameters }),
    ...(orNull(target.stage.variables) !== null && { stageVariables: target.stage.variables }),
  };
}

function requestContext20(call: HttpCall): Fields {
  const { api, surroundings, request, target, route } = call;
  return {
    accountId: surroundings.accountId,
    apiId: api.apiId,
    ...(request.clientCertificate !== undefined && {
      authentication: { clientCert: request.clientCertificate },
    }),
    domainName: domainName(surroundings, api.apiId),
    domainPrefix: api.apiId,
    http: {
      method: request.method,
      path: target.path,
      protocol: request.protocol,
      sourceIp: request.sourceIp,
      userAgent: userAgentOf(request) ?? "",
    },
    requestId: request.extendedRequestId,
    routeKey: route.routeKey,
    stage: target.stage.name,
    time: commonLogTime(request.receivedAt),
    timeEpoch: request.receivedAt,
  };
}

function requestContext10(call: HttpCall): Fields {
  const { request, target, route } = call;
  const { routeKey: _, identity: __, ...context } = httpContext(call);
  return {
    ...context,
    identity: callerIdentity(request, userAgentOf(request) ?? ""),
    resourceId: route.routeKey,
    resourcePath: resourceOf(route, target),
  };
}

function resourceOf(route: HttpRoute, target: HttpTarget): string {
  return route.method === undefined ? target.routePath : `/${route.parts.join("/")}`;
}

const TEXT = /^(?:text\/.*|application\/(?:json|javascript|xml)|.*\+(?:json|xml))$/i;

/** HTTP APIs pass text unchanged and everything else in Base64. */
function bodyOf(request: IncomingRequest): {
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
} {
  if (request.body.length === 0) return { body: null, isBase64Encoded: false };
  const type = headerValues(request, "content-type").at(-1)?.split(";")[0]?.trim();
  const text = type === undefined || TEXT.test(type);
  return { body: request.body.toString(text ? "utf8" : "base64"), isBase64Encoded: !text };
}
