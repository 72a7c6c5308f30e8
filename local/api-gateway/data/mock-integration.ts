import { fillTemplate, isExpression, resolveExpression, type Variables } from "./context-variables.ts";
import { GatewayBootError, type GatewayResource, isRecord, textMap } from "./gateway-resource.ts";
import type { WireResponse } from "./wire-response.ts";

interface MockResponse {
  readonly status: number;
  /** The status codes that it applies to; absent: all that no other response matches */
  readonly selects?: RegExp;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** An integration without a backend, as CDK makes for CORS preflights. */
export interface MockIntegration {
  readonly type: "mock";
  /** Status code from the request template */
  readonly status: number;
  readonly responses: readonly MockResponse[];
}

const RESPONSE_HEADER = "method.response.header.";
const STATUS = /["']?statusCode["']?\s*:\s*["']?(\d{3})/;
/**
 * Directives and references of the Velocity template language; only plain variables are supported.
 */
const VELOCITY = /^\s*#|#(?:set|if|foreach|end)\b|\$(?:input|util)\b/m;

export function readMock(
  method: GatewayResource,
  integration: Readonly<Record<string, unknown>>,
): MockIntegration {
  const template = textMap(method, "RequestTemplates", integration)["application/json"] ?? "";
  const status = STATUS.exec(template)?.[1];
  if (VELOCITY.test(template) || status === undefined)
    throw new GatewayBootError(method, "a mock's request template must state a statusCode and nothing more");
  const list = integration.IntegrationResponses;
  if (!Array.isArray(list) || list.length === 0)
    throw new GatewayBootError(method, "a mock needs integration responses");
  return {
    type: "mock",
    status: Number(status),
    responses: list.map((response) => readResponse(method, response)),
  };
}

/** Answers as a mock integration; undefined if no response is defined for its status code. */
export function answerMock(mock: MockIntegration, variables: Variables): WireResponse | undefined {
  const code = String(mock.status);
  const response =
    mock.responses.find(({ selects }) => selects?.test(code)) ??
    mock.responses.find(({ selects }) => selects === undefined);
  if (response === undefined) return undefined;
  const headers: [string, string][] = [];
  for (const [name, value] of response.headers) {
    const resolved = value.startsWith("'") ? value.slice(1, -1) : resolveExpression(variables, value);
    if (resolved !== undefined) headers.push([name, resolved]);
  }
  if (!headers.some(([name]) => name.toLowerCase() === "content-type"))
    headers.push(["Content-Type", "application/json"]);
  return { status: response.status, headers, body: fillTemplate(response.body, variables) };
}

function readResponse(method: GatewayResource, value: unknown): MockResponse {
  if (!isRecord(value)) throw new GatewayBootError(method, "an integration response must be a map");
  const status = Number(value.StatusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599)
    throw new GatewayBootError(method, `integration response status ${String(value.StatusCode)}`);
  const body = textMap(method, "ResponseTemplates", value)["application/json"] ?? "";
  if (VELOCITY.test(body))
    throw new GatewayBootError(method, "response templates may hold plain variables only");
  const headers = Object.entries(textMap(method, "ResponseParameters", value)).map(
    ([key, mapped]): readonly [string, string] => {
      const literal = mapped.startsWith("'") && mapped.endsWith("'") && mapped.length >= 2;
      if (!key.startsWith(RESPONSE_HEADER) || !(literal || isExpression(mapped)))
        throw new GatewayBootError(method, `response parameter ${key}: ${mapped} is not supported`);
      return [key.slice(RESPONSE_HEADER.length), mapped];
    },
  );
  const pattern = value.SelectionPattern;
  return {
    status,
    headers,
    body,
    ...(typeof pattern === "string" && pattern !== "" && { selects: new RegExp(`^(?:${pattern})$`) }),
  };
}
