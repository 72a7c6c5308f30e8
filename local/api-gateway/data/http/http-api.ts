import { authorizerArn, type Surroundings } from "../api-surroundings.ts";
import type { AuthorizerCaches } from "../authorizer-cache.ts";
import type { Variables } from "../context-variables.ts";
import { withDeadline } from "../deadline.ts";
import { identityOf } from "../identity-sources.ts";
import type { IncomingRequest } from "../incoming-request.ts";
import { orNull } from "../multi-value.ts";
import { decodePath } from "../path-matching.ts";
import { readHttpResponse, readProxyResponse } from "../proxy-response.ts";
import { invokeSafely } from "../safe-invocation.ts";
import { type Answer, jsonResponse, type WireResponse } from "../wire-response.ts";
import { authorizeHttp, type HttpAuthorization, type HttpVerdict } from "./http-authorizer.ts";
import { answerPreflight, applyCors } from "./http-cors.ts";
import type { HttpApi } from "./http-definition.ts";
import {
  authorizerEvent10,
  authorizerEvent20,
  type HttpCall,
  httpContext,
  proxyEvent10,
  proxyEvent20,
  routeArnOf,
} from "./http-events.ts";
import { mapRequest } from "./http-parameters.ts";
import { routeHttp } from "./http-routing.ts";

type Caches = AuthorizerCaches<HttpAuthorization>;
type Allowed = Extract<HttpVerdict, { readonly status: "allow" }>;

/** An HTTP API whose configuration may change from one request to the next. */
export interface LiveHttpApi {
  readonly definition: () => HttpApi;
  readonly caches: Caches;
}

/**
 * Makes the function that answers the requests of one HTTP API: CORS, stage, route, authorizer,
 * mappings, integration.
 */
export function serveHttpApi(
  { definition, caches }: LiveHttpApi,
  surroundings: Surroundings,
): (request: IncomingRequest) => Promise<Answer> {
  return async (request) => {
    const api = definition();
    const { cors } = api;
    const preflight = cors === undefined ? undefined : answerPreflight(cors, request);
    const answered = preflight ?? (await answer(api, surroundings, request, caches));
    const shared =
      cors === undefined || preflight !== undefined ? answered : applyCors(cors, request, answered);
    return { ...shared, headers: [...shared.headers, ["apigw-requestid", request.extendedRequestId]] };
  };
}

async function answer(
  api: HttpApi,
  surroundings: Surroundings,
  request: IncomingRequest,
  caches: Caches,
): Promise<Answer> {
  const target = routeHttp(api, request.method, request.path);
  if (target === "malformed") return jsonResponse(400, { message: "Bad Request" });
  if (target?.route === undefined) return jsonResponse(404, { message: "Not Found" });
  const { route } = target;
  const call: HttpCall = { api, surroundings, request, target, route };
  const variables: Variables = {
    request,
    context: httpContext(call),
    stageVariables: target.stage.variables,
    pathParameters: target.pathParameters,
  };
  const { authorizer, authorization } = route;
  if (authorization === "AWS_IAM")
    return { ...jsonResponse(403, { message: "Forbidden" }), route: route.routeKey };
  if (authorization === "JWT")
    return { ...jsonResponse(401, { message: "Unauthorized" }), route: route.routeKey };
  if (authorizer === undefined)
    return { ...(await integrate(call, variables, undefined)), route: route.routeKey };

  const verdict = await authorizeHttp({
    authorizer,
    cache: caches.of(authorizer, target.stage.name),
    identity: identityOf(authorizer.sources, variables),
    routeArn: routeArnOf(call),
    event: (identity) =>
      authorizer.payloadFormat === "2.0"
        ? authorizerEvent20(call, identity)
        : authorizerEvent10(call, identity),
    invoke: surroundings.invoke,
    permitted: () =>
      authorizer.credentialsArn !== undefined ||
      surroundings.mayInvoke(authorizer.functionArn, authorizerArn(surroundings, api.apiId, authorizer.id)),
  });
  const traced = { route: route.routeKey, authorizer: verdict.trace };
  if (verdict.status === "refuse")
    return { ...jsonResponse(verdict.code, { message: verdict.message }), ...traced };
  return { ...(await integrate(call, withAuthorizer(variables, verdict), verdict)), ...traced };
}

async function integrate(
  call: HttpCall,
  variables: Variables,
  verdict: Allowed | undefined,
): Promise<WireResponse> {
  const { integration } = call.route;
  const request = mapRequest(call.request, integration.mappings, variables);
  const path =
    request.path === call.request.path ? call.target.path : (decodePath(request.path) ?? request.path);
  const mapped: HttpCall = { ...call, request, target: { ...call.target, path } };
  const event =
    integration.payloadFormat === "2.0"
      ? proxyEvent20(mapped, verdict === undefined ? undefined : { lambda: orNull(verdict.context) })
      : proxyEvent10(mapped, verdict === undefined ? undefined : flat(verdict));
  const work = invokeSafely(call.surroundings.invoke, integration.functionArn, event);
  const outcome = await withDeadline(work, integration.timeoutMs, undefined);
  if (outcome === undefined) return jsonResponse(503, { message: "Service Unavailable" });
  const response =
    outcome.status === "error"
      ? undefined
      : integration.payloadFormat === "2.0"
        ? readHttpResponse(outcome.payload)
        : readProxyResponse(outcome.payload, "http");
  return response ?? jsonResponse(500, { message: "Internal Server Error" });
}

function withAuthorizer(variables: Variables, verdict: Allowed): Variables {
  return { ...variables, context: { ...variables.context, authorizer: flat(verdict) } };
}

const flat = ({ context, principalId }: Allowed): Readonly<Record<string, unknown>> => ({
  ...context,
  ...(principalId !== undefined && { principalId }),
});
