export const ARN = "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5/prod/$connect";

export interface Handshake {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly query?: Readonly<Record<string, readonly string[]>>;
  readonly context?: object;
  readonly methodArn?: string;
}

/** The event of a WebSocket API's authorizer, after the developer guide's example. */
export function connectEvent({ headers = {}, query = {}, context = {}, methodArn = ARN }: Handshake = {}) {
  const all = {
    Host: ["a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"],
    "Sec-WebSocket-Version": ["13"],
  };
  const sent = Object.entries(headers).map(([name, value]) => [name, [value].flat()]);
  const multiValueHeaders: Record<string, string[]> = { ...all, ...Object.fromEntries(sent) };
  const last = (lists: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1)]));
  return {
    type: "REQUEST",
    methodArn,
    headers: last(multiValueHeaders),
    multiValueHeaders,
    queryStringParameters: last(query),
    multiValueQueryStringParameters: query,
    stageVariables: {},
    requestContext: {
      routeKey: "$connect",
      eventType: "CONNECT",
      extendedRequestId: "X0kF2GvwFiAFfBQ=",
      requestTime: "17/Jun/2024:15:52:39 +0000",
      messageDirection: "IN",
      stage: "prod",
      connectedAt: 1718639559000,
      requestTimeEpoch: 1718639559000,
      identity: { sourceIp: "203.0.113.7", userAgent: "test-agent/1.0" },
      requestId: "X0kF2GvwFiAFfBQ=",
      domainName: "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
      connectionId: "X0kF2fYVliACJ7A=",
      apiId: "a1b2c3d4e5",
      ...context,
    },
  };
}
