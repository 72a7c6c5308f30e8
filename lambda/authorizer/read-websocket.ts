import type { WebSocketSettings } from "../../contract/settings.ts";
import type { Headers } from "./read-headers.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The subprotocol after which a client names its token; the token itself is never one to be chosen.
 */
const TOKEN_PROTOCOL = "sallyport.bearer";

/** No other API's ARN has a route where the method stands. */
const CONNECT_ARN = /^arn:[^/]+\/[^/]+\/\$connect$/;

/** Whether an event asks for a connection to a WebSocket API, by the ARN that API Gateway makes. */
export function isWebSocketArn(methodArn: unknown): boolean {
  return typeof methodArn === "string" && CONNECT_ARN.test(methodArn);
}

/**
 * Whether the event has what every request for a connection has.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export function isConnectContext({ eventType, routeKey, connectionId }: Fields): boolean {
  return (
    eventType === "CONNECT" &&
    routeKey === "$connect" &&
    typeof connectionId === "string" &&
    connectionId !== ""
  );
}

/**
 * Adds the tokens of a WebSocket handshake to its `Authorization` headers, so that they are read,
 * bounded and counted alike: browsers cannot set that header. A token stands behind
 * `sallyport.bearer` in `Sec-WebSocket-Protocol`, or in the query where the deployment asks for it;
 * with more than one token in all of these the credentials are ambiguous (RFC 6750 §2).
 * @see RFC 6455 §4.1, §11.3.4
 */
export function withHandshakeTokens(
  headers: Headers | undefined,
  fields: Fields,
  { queryParameter }: WebSocketSettings = {},
): Headers | undefined {
  if (headers === undefined) return undefined;
  const tokens = [
    ...tokensOfProtocols(headers.get("sec-websocket-protocol") ?? []),
    ...(queryParameter === undefined ? [] : tokensOfQuery(fields, queryParameter)),
  ];
  if (tokens.length === 0) return headers;
  const authorization = [
    ...(headers.get("authorization") ?? []),
    ...tokens.map((token) => `Bearer ${token}`),
  ];
  return new Map(headers).set("authorization", authorization);
}

/**
 * A protocol that no token follows counts as an empty token, which is malformed: the client meant
 * to send one.
 */
function tokensOfProtocols(values: readonly string[]): readonly string[] {
  const offered = values.flatMap((value) => value.split(",")).map((protocol) => protocol.trim());
  return offered.flatMap((protocol, index) =>
    protocol === TOKEN_PROTOCOL ? [offered[index + 1] ?? ""] : [],
  );
}

function tokensOfQuery(fields: Fields, name: string): readonly string[] {
  const { multiValueQueryStringParameters: all, queryStringParameters: last } = fields;
  const query = isObject(all) ? all : isObject(last) ? last : {};
  const values = Object.hasOwn(query, name) ? [query[name]].flat() : [];
  return values.map((value) => (typeof value === "string" ? value : ""));
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
