import type { EpochMs } from "../../../domain/time.ts";
import { authorizerArn, executeArn, type Surroundings } from "../data/api-surroundings.ts";
import { flattenContext, readPolicyOutput } from "../data/authorizer-output.ts";
import { functionArnOf, isRecord } from "../data/gateway-resource.ts";
import { commonLogTime } from "../data/request-time.ts";
import type { RestConfiguration } from "../data/rest/rest-configuration.ts";
import { invokeSafely } from "../data/safe-invocation.ts";
import { badRequest } from "./control-failure.ts";
import { type ControlRequest, label, type Operation, text, texts } from "./operation.ts";
import { apiOf, authorizerOf, type RestApis } from "./rest-lookup.ts";

const STAGE = "test-invoke-stage";

interface Trial {
  readonly clientStatus: number;
  readonly log: string;
  /** Milliseconds */
  readonly latency: number;
  readonly principalId?: string;
  readonly policy?: string;
  readonly authorization?: Readonly<Record<string, readonly string[]>>;
}

/**
 * TestInvokeAuthorizer: invokes the function with the event that its stage would send for the root
 * resource. Does not check the identity sources of a REQUEST authorizer.
 * @see API Gateway API reference, TestInvokeAuthorizer
 */
export function tryAuthorizer(apis: RestApis, surroundings: Surroundings): Operation {
  return {
    service: "apigateway",
    name: "TestInvokeAuthorizer",
    method: "POST",
    path: "/restapis/{restApiId}/authorizers/{authorizerId}",
    status: 200,
    run: (request) => tryOnce(apiOf(apis, request), request, surroundings),
  };
}

async function tryOnce(
  api: RestConfiguration,
  request: ControlRequest,
  surroundings: Surroundings,
): Promise<Trial> {
  const { physicalId, properties } = authorizerOf(api, label(request, "authorizerId"));
  if (properties.Type === "COGNITO_USER_POOLS")
    throw badRequest("The laptop has no Cognito user pools to ask");
  const resource = { ...api.api, properties };
  const functionArn = functionArnOf(resource, String(properties.AuthorizerUri));
  const began = performance.now();
  const log: string[] = [`Starting authorizer: ${physicalId}`];
  const end = (clientStatus: number, line: string, more: Partial<Trial> = {}): Trial => ({
    clientStatus,
    log: [...log, line].join("\n"),
    latency: Math.round(performance.now() - began),
    ...more,
  });
  const source = authorizerArn(surroundings, api.apiId, physicalId);
  if (properties.AuthorizerCredentials === undefined && !surroundings.mayInvoke(functionArn, source))
    return end(500, "Execution failed due to configuration error: Invalid permissions on Lambda function");
  const token = properties.Type === "TOKEN" ? tokenOf(request, String(properties.IdentitySource)) : undefined;
  if (properties.Type === "TOKEN" && token === undefined)
    return end(401, "Unauthorized: the token is missing");
  const event =
    token === undefined ? requestEvent(api, request, surroundings) : tokenEvent(api, token, surroundings);
  log.push(`Authorizer request: ${JSON.stringify(event)}`);
  const outcome = await invokeSafely(surroundings.invoke, functionArn, event);
  if (outcome.status === "error")
    return end(outcome.errorMessage === "Unauthorized" ? 401 : 500, `Execution failed: ${outcome.errorType}`);
  const output = readPolicyOutput(outcome.payload);
  if (output === undefined || flattenContext(output.context) === undefined)
    return end(500, "Execution failed due to configuration error: Invalid JSON in response");
  return end(200, "Successfully completed authorizer execution", {
    principalId: output.principalId,
    policy: JSON.stringify(isRecord(outcome.payload) ? outcome.payload.policyDocument : null),
    authorization: {},
  });
}

function tokenOf(request: ControlRequest, identitySource: string): string | undefined {
  const name = identitySource.replace("method.request.header.", "").toLowerCase();
  return Object.entries(texts(request, "headers") ?? {}).find(
    ([header]) => header.toLowerCase() === name,
  )?.[1];
}

const arnOf = (api: RestConfiguration, surroundings: Surroundings, path = "/"): string =>
  executeArn(surroundings, api.apiId, STAGE, "GET", path);

const tokenEvent = (
  api: RestConfiguration,
  authorizationToken: string,
  surroundings: Surroundings,
): object => ({
  type: "TOKEN",
  methodArn: arnOf(api, surroundings),
  authorizationToken,
});

function requestEvent(api: RestConfiguration, request: ControlRequest, surroundings: Surroundings): object {
  const [path = "/", query = ""] = (text(request, "pathWithQueryString") ?? "/").split("?", 2);
  const headers = texts(request, "headers") ?? {};
  const pairs = [...new URLSearchParams(query)];
  const now: EpochMs = surroundings.now();
  const several = (entries: readonly (readonly [string, string])[]): object =>
    Object.fromEntries(
      entries.map(([name]) => [name, entries.filter(([other]) => other === name).map(([, value]) => value)]),
    );
  return {
    type: "REQUEST",
    methodArn: arnOf(api, surroundings, path),
    resource: "/",
    path,
    httpMethod: "GET",
    headers,
    multiValueHeaders: {
      ...several(Object.entries(headers)),
      ...(isRecord(request.body.multiValueHeaders) && request.body.multiValueHeaders),
    },
    queryStringParameters: Object.fromEntries(pairs),
    multiValueQueryStringParameters: several(pairs),
    pathParameters: {},
    stageVariables: texts(request, "stageVariables") ?? {},
    requestContext: {
      resourceId: api.rootResourceId,
      resourcePath: "/",
      httpMethod: "GET",
      path,
      accountId: surroundings.accountId,
      protocol: "HTTP/1.1",
      stage: STAGE,
      domainPrefix: "testPrefix",
      domainName: "testPrefix.testDomainName",
      requestId: crypto.randomUUID(),
      extendedRequestId: crypto.randomUUID(),
      requestTime: commonLogTime(now),
      requestTimeEpoch: now,
      identity: { sourceIp: "test-invoke-source-ip", userAgent: "test-invoke-user-agent" },
      apiId: api.apiId,
      ...texts(request, "additionalContext"),
    },
  };
}
