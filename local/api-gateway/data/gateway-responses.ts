import { fillTemplate, isExpression, resolveExpression, type Variables } from "./context-variables.ts";
import {
  GatewayBootError,
  type GatewayResource,
  optionalText,
  requiredText,
  textMap,
} from "./gateway-resource.ts";
import { headerValues } from "./incoming-request.ts";
import type { WireResponse } from "./wire-response.ts";

/** A customized gateway response of a REST API. */
export interface GatewayResponseDefinition {
  readonly status?: number;
  readonly headers: readonly (readonly [name: string, expression: string])[];
  /** By content type */
  readonly templates: Readonly<Record<string, string>>;
}

interface Standard {
  readonly status: number;
  readonly message: string | null;
  readonly errorType: string;
}

const standard = (status: number, message: string | null, errorType: string): Standard => ({
  status,
  message,
  errorType: `${errorType}Exception`,
});

/**
 * API Gateway's default responses of the types that the local gateway raises.
 * @see API Gateway developer guide, "Gateway response types"; error types and messages are
 *   observed, not documented
 */
const STANDARD = {
  ACCESS_DENIED: standard(403, "User is not authorized to access this resource", "AccessDenied"),
  API_CONFIGURATION_ERROR: standard(500, "Internal server error", "InternalServerError"),
  AUTHORIZER_CONFIGURATION_ERROR: standard(500, null, "AuthorizerConfiguration"),
  AUTHORIZER_FAILURE: standard(500, null, "AuthorizerFailure"),
  BAD_REQUEST_PARAMETERS: standard(400, "Missing required request parameters", "BadRequest"),
  DEFAULT_5XX: standard(502, "Internal server error", "InternalServerError"),
  INVALID_API_KEY: standard(403, "Forbidden", "Forbidden"),
  INTEGRATION_TIMEOUT: standard(504, "Endpoint request timed out", "InternalServerError"),
  MISSING_AUTHENTICATION_TOKEN: standard(403, "Missing Authentication Token", "MissingAuthenticationToken"),
  UNAUTHORIZED: standard(401, "Unauthorized", "Unauthorized"),
} as const;

export type RaisedType = keyof typeof STANDARD;

/** Every documented type with API Gateway's status for it; the two defaults have no status. */
const DOCUMENTED_TYPES: Readonly<Record<string, number | undefined>> = {
  ACCESS_DENIED: 403,
  API_CONFIGURATION_ERROR: 500,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  BAD_REQUEST_BODY: 400,
  BAD_REQUEST_PARAMETERS: 400,
  DEFAULT_4XX: undefined,
  DEFAULT_5XX: undefined,
  EXPIRED_TOKEN: 403,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
  INVALID_API_KEY: 403,
  INVALID_SIGNATURE: 403,
  MISSING_AUTHENTICATION_TOKEN: 403,
  QUOTA_EXCEEDED: 429,
  REQUEST_TOO_LARGE: 413,
  RESOURCE_NOT_FOUND: 404,
  THROTTLED: 429,
  UNAUTHORIZED: 401,
  UNSUPPORTED_MEDIA_TYPE: 415,
  WAF_FILTERED: 403,
};
export const GATEWAY_RESPONSE_TYPES: readonly string[] = Object.keys(DOCUMENTED_TYPES);
const HEADER = "gatewayresponse.header.";
const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

/** The default response of a type that is not customized. */
export function standardResponse(type: string): {
  readonly status: number | undefined;
  readonly template: string;
} {
  return { status: DOCUMENTED_TYPES[type], template: DEFAULT_TEMPLATE };
}

export function readGatewayResponse(resource: GatewayResource): GatewayResponseDefinition {
  const type = requiredText(resource, "ResponseType");
  if (!Object.hasOwn(DOCUMENTED_TYPES, type))
    throw new GatewayBootError(resource, `ResponseType ${type} is unknown`);
  const status = optionalText(resource, "StatusCode");
  if (status !== undefined && !/^[1-5]\d\d$/.test(status))
    throw new GatewayBootError(resource, `StatusCode ${status} must be an HTTP status`);
  const headers = Object.entries(textMap(resource, "ResponseParameters")).map(
    ([key, value]): readonly [string, string] => {
      if (!key.startsWith(HEADER) || !(isLiteral(value) || isExpression(value)))
        throw new GatewayBootError(resource, `response parameter ${key}: ${value} is not supported`);
      return [key.slice(HEADER.length), value];
    },
  );
  return {
    ...(status !== undefined && { status: Number(status) }),
    headers,
    templates: textMap(resource, "ResponseTemplates"),
  };
}

/**
 * Renders a gateway response: the type's own definition, else DEFAULT_4XX or DEFAULT_5XX, else
 * AWS's default. A variable without a value is empty in a body; a header mapped from one is left
 * out.
 */
export function renderGatewayResponse(
  definitions: ReadonlyMap<string, GatewayResponseDefinition>,
  type: RaisedType,
  variables: Variables,
  message: string | null = STANDARD[type].message,
): WireResponse {
  const { status, errorType } = STANDARD[type];
  const fallback = status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX";
  const definition = definitions.get(type) ?? definitions.get(fallback);
  const error = { message, messageString: JSON.stringify(message), responseType: type };
  const scope: Variables = { ...variables, context: { ...variables.context, error } };
  const [contentType, template] = pickTemplate(definition, variables);
  const headers: [string, string][] = [["x-amzn-ErrorType", errorType]];
  for (const [name, expression] of definition?.headers ?? []) {
    const value = isLiteral(expression) ? expression.slice(1, -1) : resolveExpression(scope, expression);
    if (value !== undefined && value !== "") headers.push([name, value]);
  }
  if (!headers.some(([name]) => name.toLowerCase() === "content-type"))
    headers.push(["Content-Type", contentType]);
  const body =
    template === undefined && type === "ACCESS_DENIED"
      ? JSON.stringify({ Message: message })
      : fillTemplate(template ?? DEFAULT_TEMPLATE, scope);
  return { status: definition?.status ?? status, headers, body };
}

function pickTemplate(
  definition: GatewayResponseDefinition | undefined,
  variables: Variables,
): readonly [contentType: string, template: string | undefined] {
  const templates = definition?.templates ?? {};
  const accepted = headerValues(variables.request, "accept")
    .flatMap((value) => value.split(","))
    .map((part) => part.split(";")[0]?.trim() ?? "");
  const chosen =
    accepted.find((type) => Object.hasOwn(templates, type)) ??
    (Object.hasOwn(templates, "application/json") ? "application/json" : Object.keys(templates)[0]);
  return chosen === undefined ? ["application/json", undefined] : [chosen, templates[chosen]];
}

function isLiteral(value: string): boolean {
  return value.length >= 2 && value.startsWith("'") && value.endsWith("'");
}
