import { authorizerArn, type Surroundings } from "../api-surroundings.ts";
import type { AuthorizerCaches } from "../authorizer-cache.ts";
import { resolveExpression, type Variables } from "../context-variables.ts";
import { withDeadline } from "../deadline.ts";
import { type RaisedType, renderGatewayResponse } from "../gateway-responses.ts";
import type { IncomingRequest } from "../incoming-request.ts";
import { answerMock } from "../mock-integration.ts";
import { readProxyResponse } from "../proxy-response.ts";
import { invokeSafely } from "../safe-invocation.ts";
import type { Answer, AuthorizerTrace, WireResponse } from "../wire-response.ts";
import { authorizeRest, type RestAuthorization } from "./rest-authorizer.ts";
import type { RestApi } from "./rest-definition.ts";
import {
  methodArnOf,
  type RestCall,
  restAuthorizerEvent,
  restProxyEvent,
  restRequestContext,
} from "./rest-events.ts";
import { routeRest } from "./rest-routing.ts";

type Caches = AuthorizerCaches<RestAuthorization>;

/** @see API Gateway quotas: longer method ARNs are refused on a method with an authorizer */
const LONGEST_ARN_BYTES = 1600;

/** A REST API whose configuration may change from one request to the next. */
export interface LiveRestApi {
  /**
   * The configuration that serves this request: the stage's deployment, or its canary; no stage if
   * the path names none
   */
  readonly definitionFor: (request: IncomingRequest) => RestApi;
  readonly caches: AuthorizerCaches<RestAuthorization>;
}

/**
 * Makes the function that handles the requests of one REST API: stage, method, authorizer,
 * validation, integration.
 */
export function serveRestApi(
  { definitionFor, caches }: LiveRestApi,
  surroundings: Surroundings,
): (request: IncomingRequest) => Promise<Answer> {
  return async (request) => {
    const api = definitionFor(request);
    const target = routeRest(api, request.method, request.path);
    if (target === undefined) return withIds(forbidden(), request);
    const call: RestCall = { api, surroundings, request, target };
    const route = target.route === undefined ? {} : { route: target.route.resourcePath };
    return { ...withIds(await answer(call, caches), request), ...route };
  };
}

async function answer(call: RestCall, caches: Caches): Promise<Answer> {
  const { api, request, target, surroundings } = call;
  const context = restRequestContext(call);
  const variables: Variables = {
    request,
    context,
    stageVariables: target.stage.variables,
    pathParameters: target.pathParameters,
  };
  const gatewayError = (type: RaisedType, scope = variables, message?: string): WireResponse =>
    renderGatewayResponse(api.responses, type, scope, message);

  const { method } = target;
  if (method === undefined) return gatewayError("MISSING_AUTHENTICATION_TOKEN");
  if (method.authorization === "AWS_IAM") return gatewayError("MISSING_AUTHENTICATION_TOKEN");
  if (method.authorization === "COGNITO_USER_POOLS") return gatewayError("UNAUTHORIZED");
  const { authorizer: asked } = method;
  if (asked === undefined) return integrate(call, variables, undefined);

  const methodArn = methodArnOf(call);
  if (Buffer.byteLength(methodArn) > LONGEST_ARN_BYTES) return uriTooLong();
  const verdict = await authorizeRest({
    authorizer: asked,
    cache: caches.of(asked, target.stage.name),
    variables,
    methodArn,
    requestEvent: () => restAuthorizerEvent(call),
    invoke: surroundings.invoke,
    permitted: () =>
      asked.credentialsArn !== undefined ||
      surroundings.mayInvoke(asked.functionArn, authorizerArn(surroundings, api.apiId, asked.id)),
  });
  const scope = { ...variables, context: { ...context, authorizer: verdict.context } };
  const authorizer: AuthorizerTrace = verdict.trace;
  if (verdict.status === "refuse")
    return { ...gatewayError(verdict.type, scope, verdict.message), authorizer };
  return { ...(await integrate(call, scope, verdict.context)), authorizer };
}

async function integrate(
  call: RestCall,
  variables: Variables,
  authorizer: Readonly<Record<string, unknown>> | undefined,
): Promise<WireResponse> {
  const { api, target, surroundings } = call;
  const gatewayError = (type: RaisedType, message?: string): WireResponse =>
    renderGatewayResponse(api.responses, type, variables, message);
  if (target.method === undefined) return gatewayError("MISSING_AUTHENTICATION_TOKEN");
  const { integration, requiredParameters, apiKeyRequired } = target.method;
  if (apiKeyRequired) return gatewayError("INVALID_API_KEY");
  const missing = requiredParameters.filter((name) => !resolveExpression(variables, name));
  if (missing.length > 0) {
    const names = missing.map((name) => name.split(".").at(-1)).join(", ");
    return gatewayError("BAD_REQUEST_PARAMETERS", `Missing required request parameters: [${names}]`);
  }
  if (integration.type === "mock")
    return answerMock(integration, variables) ?? gatewayError("API_CONFIGURATION_ERROR");

  const work = invokeSafely(surroundings.invoke, integration.functionArn, restProxyEvent(call, authorizer));
  const outcome = await withDeadline(work, integration.timeoutMs, undefined);
  if (outcome === undefined) return gatewayError("INTEGRATION_TIMEOUT");
  const response = outcome.status === "ok" ? readProxyResponse(outcome.payload, "rest") : undefined;
  return response ?? gatewayError("DEFAULT_5XX");
}

/** Every response of a REST API carries the request id. */
function withIds(answered: Answer, request: IncomingRequest): Answer {
  const ids: readonly (readonly [string, string])[] = [
    ["x-amzn-RequestId", request.requestId],
    ["x-amz-apigw-id", request.extendedRequestId],
  ];
  return { ...answered, headers: [...ids, ...answered.headers] };
}

const forbidden = (): WireResponse => plain(403, "Forbidden", "ForbiddenException");
const uriTooLong = (): WireResponse => plain(414, "Request URI too long", "RequestURITooLongException");

function plain(status: number, message: string, errorType: string): WireResponse {
  const headers = [
    ["x-amzn-ErrorType", errorType],
    ["Content-Type", "application/json"],
  ] as const;
  return { status, headers, body: JSON.stringify({ message }) };
}
