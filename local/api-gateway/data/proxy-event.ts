import { headerValues, type IncomingRequest, queryPairs } from "./incoming-request.ts";
import { allValues, lastValues, orNull } from "./multi-value.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The target of a request, as its event describes it. */
interface Target {
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly stage: { readonly variables: Readonly<Record<string, string>> };
}

/**
 * The fields that a REST API's proxy event and an HTTP API's format 1.0 event share; empty maps are
 * null.
 */
export function proxyFields(
  request: IncomingRequest,
  target: Target,
  headers: IncomingRequest["headers"],
): Fields {
  const query = queryPairs(request);
  return {
    path: target.path,
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: orNull(lastValues(query)),
    multiValueQueryStringParameters: orNull(allValues(query)),
    pathParameters: orNull(target.pathParameters),
    stageVariables: orNull(target.stage.variables),
  };
}

/** `requestContext.identity` of those events for a caller without AWS credentials. */
export function callerIdentity(request: IncomingRequest, userAgent: string | null): Fields {
  return {
    accessKey: null,
    accountId: null,
    caller: null,
    ...(request.clientCertificate !== undefined && { clientCert: request.clientCertificate }),
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: request.sourceIp,
    user: null,
    userAgent,
    userArn: null,
  };
}

export function userAgentOf(request: IncomingRequest): string | undefined {
  return headerValues(request, "user-agent").at(-1);
}
