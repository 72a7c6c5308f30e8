/** Authorizer events as API Gateway sends them, one maker per kind. */

export interface EventParts {
  readonly method?: string;
  readonly path?: string;
  readonly authorization?: string | readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly sourceIp?: string;
}

const API = "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5";

/** The demo's route for a path. */
const routeOf = (path: string): string =>
  path === "/" ? "/" : path.startsWith("/api/") ? "/api/{proxy+}" : "/{proxy+}";

export function restEvent({
  method = "GET",
  path = "/api/orders",
  authorization,
  headers = {},
  sourceIp = "203.0.113.7",
}: EventParts = {}) {
  const multiValueHeaders: Record<string, string[]> = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value]]),
  );
  if (authorization !== undefined) multiValueHeaders.Authorization = [authorization].flat();
  return {
    type: "REQUEST",
    methodArn: `${API}/prod/${method}${path}`,
    resource: routeOf(path),
    path,
    httpMethod: method,
    headers: Object.fromEntries(
      Object.entries(multiValueHeaders).map(([name, values]) => [name, values.at(-1)]),
    ),
    multiValueHeaders,
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    pathParameters: {},
    stageVariables: {},
    requestContext: {
      requestId: "141d6671-99b4-40ca-9997-7a22f01eac74",
      resourcePath: routeOf(path),
      path: `/prod${path}`,
      stage: "prod",
      identity: { sourceIp, userAgent: "test-agent/1.0" },
    },
  };
}

export function tokenEvent({ method = "GET", path = "/api/orders", authorization = "" }: EventParts = {}) {
  return { type: "TOKEN", authorizationToken: authorization, methodArn: `${API}/prod/${method}${path}` };
}

export function httpEvent({
  method = "GET",
  path = "/api/orders",
  authorization,
  headers = {},
  sourceIp = "203.0.113.7",
}: EventParts = {}) {
  return {
    version: "2.0",
    type: "REQUEST",
    routeArn: `${API}/$default/${method}${path}`,
    routeKey: `${method} ${routeOf(path)}`,
    rawPath: path,
    rawQueryString: "",
    headers: {
      ...headers,
      ...(authorization !== undefined && { authorization: [authorization].flat().join(",") }),
    },
    requestContext: {
      requestId: "ZhNHJhhLjoEEPiw=",
      http: { method, path, protocol: "HTTP/1.1", sourceIp, userAgent: "test-agent/1.0" },
      stage: "$default",
      time: "17/Jun/2024:15:52:39 +0000",
    },
  };
}

export function http1Event(parts: EventParts = {}) {
  const { multiValueHeaders: _absent, ...event } = restEvent(parts);
  return { version: "1.0", ...event, identitySource: "", authorizationToken: "" };
}
