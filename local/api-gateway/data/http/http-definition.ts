import {
  assertWithoutProperties,
  credentialsOf,
  functionArnOf,
  GatewayBootError,
  type GatewayResource,
  isTrue,
  optionalNumber,
  optionalText,
  requiredText,
  textMap,
} from "../gateway-resource.ts";
import { parseHttpSources } from "../identity-sources.ts";
import { segmentsOf } from "../path-matching.ts";
import { type CorsConfiguration, readCors } from "./http-cors.ts";
import { type ParameterMapping, readRequestParameters } from "./http-parameters.ts";

export interface HttpAuthorizer {
  readonly id: string;
  readonly functionArn: string;
  readonly payloadFormat: "1.0" | "2.0";
  readonly simpleResponses: boolean;
  /** Expressions without their dollar sign */
  readonly sources: readonly string[];
  readonly ttlSeconds: number;
  /**
   * Role that API Gateway assumes to invoke the function; absent: the function's resource policy
   * must allow it
   */
  readonly credentialsArn?: string;
}

export interface HttpIntegration {
  readonly functionArn: string;
  readonly payloadFormat: "1.0" | "2.0";
  readonly timeoutMs: number;
  readonly mappings: readonly ParameterMapping[];
}

export type HttpAuthorizationType = "NONE" | "AWS_IAM" | "JWT" | "CUSTOM";

export interface HttpRoute {
  /** `GET /api/orders/{id}`, `ANY /{proxy+}` or `$default` */
  readonly routeKey: string;
  /** Absent for `$default` */
  readonly method?: string;
  readonly parts: readonly string[];
  /** The laptop has neither IAM nor JWT authorizers: a route that uses one refuses every request */
  readonly authorization: HttpAuthorizationType;
  readonly authorizer?: HttpAuthorizer;
  readonly integration: HttpIntegration;
}

export interface HttpStage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  /** As deployed to this stage */
  readonly routes: readonly HttpRoute[];
}

export interface HttpApi {
  readonly kind: "http";
  readonly name: string;
  readonly apiId: string;
  readonly stages: readonly HttpStage[];
  readonly cors?: CorsConfiguration;
}

/** @see API Gateway quotas for HTTP APIs */
const INTEGRATION_TIMEOUT_MS = 30_000;

/**
 * Reads one HTTP API. Throws a GatewayBootError for anything that the local gateway would do
 * differently from AWS.
 */
export function readHttpApi(api: GatewayResource, all: readonly GatewayResource[]): HttpApi {
  const protocol = optionalText(api, "ProtocolType");
  if (protocol !== "HTTP") throw new GatewayBootError(api, `protocol ${String(protocol)} is not supported`);
  assertWithoutProperties(
    api,
    ["Body", "BodyS3Location", "Target", "RouteKey"],
    "define the API by resources",
  );
  const own = all.filter(({ properties }) => properties.ApiId === api.physicalId);
  const ofType = (type: string) => own.filter((resource) => resource.type === `AWS::ApiGatewayV2::${type}`);

  const routes = readHttpRoutes(api, all);
  const stages = ofType("Stage").map((stage) => ({
    name: requiredText(stage, "StageName"),
    variables: textMap(stage, "StageVariables"),
    routes,
  }));
  if (stages.length === 0) throw new GatewayBootError(api, "it has no stage");
  const cors = readCors(api);
  return {
    kind: "http",
    name: optionalText(api, "Name") ?? api.logicalId,
    apiId: api.physicalId,
    stages,
    ...(cors !== undefined && { cors }),
  };
}

/**
 * Reads the routes of an HTTP API as a deployment would copy them. Throws a GatewayBootError as
 * `readHttpApi` does.
 */
export function readHttpRoutes(api: GatewayResource, all: readonly GatewayResource[]): readonly HttpRoute[] {
  const own = all.filter(({ properties }) => properties.ApiId === api.physicalId);
  const ofType = (type: string) => own.filter((resource) => resource.type === `AWS::ApiGatewayV2::${type}`);
  const authorizers = new Map(
    ofType("Authorizer").map((one) => [
      one.physicalId,
      optionalText(one, "AuthorizerType") === "JWT" ? undefined : readAuthorizer(one),
    ]),
  );
  const integrations = new Map(ofType("Integration").map((one) => [one.physicalId, readIntegration(one)]));
  return ofType("Route").map((route) => readRoute(route, authorizers, integrations));
}

function readAuthorizer(resource: GatewayResource): HttpAuthorizer {
  const type = requiredText(resource, "AuthorizerType");
  if (type !== "REQUEST")
    throw new GatewayBootError(resource, `authorizers of type ${type} are not supported`);
  const sources = resource.properties.IdentitySource;
  const list = sources === undefined ? [] : Array.isArray(sources) ? sources.map(String) : [String(sources)];
  const ttlSeconds = optionalNumber(resource, "AuthorizerResultTtlInSeconds") ?? 0;
  if (ttlSeconds < 0 || ttlSeconds > 3600)
    throw new GatewayBootError(resource, "AuthorizerResultTtlInSeconds must be from 0 to 3600");
  if (ttlSeconds > 0 && list.length === 0)
    throw new GatewayBootError(resource, "caching needs at least one identity source");
  const payloadFormat = readFormat(resource, "AuthorizerPayloadFormatVersion");
  const simpleResponses = isTrue(resource, "EnableSimpleResponses");
  if (simpleResponses && payloadFormat === "1.0")
    throw new GatewayBootError(resource, "simple responses need payload format 2.0");
  return {
    id: resource.physicalId,
    functionArn: functionArnOf(resource, requiredText(resource, "AuthorizerUri")),
    payloadFormat,
    simpleResponses,
    sources: parseHttpSources(resource, list),
    ttlSeconds,
    ...credentialsOf(resource, "AuthorizerCredentialsArn"),
  };
}

function readIntegration(resource: GatewayResource): HttpIntegration {
  const type = requiredText(resource, "IntegrationType");
  if (type !== "AWS_PROXY" || resource.properties.IntegrationSubtype !== undefined)
    throw new GatewayBootError(resource, "only Lambda proxy integrations are supported");
  assertWithoutProperties(resource, ["ResponseParameters"], "responses pass unchanged locally");
  return {
    functionArn: functionArnOf(resource, requiredText(resource, "IntegrationUri")),
    payloadFormat: readFormat(resource, "PayloadFormatVersion"),
    timeoutMs: optionalNumber(resource, "TimeoutInMillis") ?? INTEGRATION_TIMEOUT_MS,
    mappings: readRequestParameters(resource),
  };
}

function readRoute(
  route: GatewayResource,
  authorizers: ReadonlyMap<string, HttpAuthorizer | undefined>,
  integrations: ReadonlyMap<string, HttpIntegration>,
): HttpRoute {
  const routeKey = requiredText(route, "RouteKey");
  const key = /^([A-Z]+) (\/\S*)$/.exec(routeKey);
  if (key === null && routeKey !== "$default")
    throw new GatewayBootError(route, `route key "${routeKey}" must be $default or a method and a path`);
  const target = /^integrations\/(.+)$/.exec(requiredText(route, "Target"))?.[1];
  const integration = integrations.get(target ?? "");
  if (integration === undefined)
    throw new GatewayBootError(route, "its target must be an integration of this API");
  const authorization = optionalText(route, "AuthorizationType") ?? "NONE";
  if (!isAuthorizationType(authorization))
    throw new GatewayBootError(route, `AuthorizationType ${authorization} is unknown`);
  if (isTrue(route, "ApiKeyRequired"))
    throw new GatewayBootError(route, "API keys are for WebSocket APIs only");
  const asks = authorization === "CUSTOM" || authorization === "JWT";
  const authorizerId = asks ? requiredText(route, "AuthorizerId") : "";
  const authorizer = authorizers.get(authorizerId);
  const fits = authorizers.has(authorizerId) && (authorization === "CUSTOM") === (authorizer !== undefined);
  if (asks && !fits)
    throw new GatewayBootError(
      route,
      "its authorizer must belong to this API and match its AuthorizationType",
    );
  return {
    routeKey,
    ...(key?.[1] !== undefined && { method: key[1] }),
    parts: segmentsOf(key?.[2] ?? "/"),
    authorization,
    ...(authorizer !== undefined && { authorizer }),
    integration,
  };
}

function isAuthorizationType(text: string): text is HttpAuthorizationType {
  return text === "NONE" || text === "AWS_IAM" || text === "JWT" || text === "CUSTOM";
}

function readFormat(resource: GatewayResource, property: string): "1.0" | "2.0" {
  const format = requiredText(resource, property);
  if (format === "1.0" || format === "2.0") return format;
  throw new GatewayBootError(resource, `${property} ${format} must be 1.0 or 2.0`);
}
