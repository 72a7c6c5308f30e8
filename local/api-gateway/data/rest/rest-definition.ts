import {
  assertWithoutProperties,
  credentialsOf,
  functionArnOf,
  GatewayBootError,
  type GatewayResource,
  isRecord,
  isTrue,
  optionalNumber,
  optionalText,
  requiredText,
  textList,
  textMap,
} from "../gateway-resource.ts";
import { type GatewayResponseDefinition, readGatewayResponse } from "../gateway-responses.ts";
import { parseRestSources } from "../identity-sources.ts";
import { type MockIntegration, readMock } from "../mock-integration.ts";
import { requiredParametersOf } from "../required-parameters.ts";

export interface RestAuthorizer {
  readonly id: string;
  readonly type: "REQUEST" | "TOKEN";
  readonly functionArn: string;
  /** Expressions without a dollar sign; a TOKEN authorizer has exactly one header */
  readonly sources: readonly string[];
  readonly ttlSeconds: number;
  readonly validation?: RegExp;
  /**
   * Role that API Gateway assumes to invoke the function; absent: the function's resource policy
   * must allow it
   */
  readonly credentialsArn?: string;
}

export type RestIntegration =
  | { readonly type: "lambda"; readonly functionArn: string; readonly timeoutMs: number }
  | MockIntegration;

export type RestAuthorizationType = "NONE" | "AWS_IAM" | "COGNITO_USER_POOLS" | "CUSTOM";

export interface RestMethod {
  readonly httpMethod: string;
  /**
   * The laptop has neither IAM nor Cognito: a method that uses one of them refuses every request
   */
  readonly authorization: RestAuthorizationType;
  /** The laptop has no API keys: a method that requires one refuses every request */
  readonly apiKeyRequired: boolean;
  readonly authorizer?: RestAuthorizer;
  readonly integration: RestIntegration;
  readonly requiredParameters: readonly string[];
}

/** A resource that has methods; other resources only contribute to paths. */
export interface RestRoute {
  readonly resourceId: string;
  /** `/api/orders/{id}` */
  readonly resourcePath: string;
  readonly parts: readonly string[];
  readonly methods: ReadonlyMap<string, RestMethod>;
}

export interface RestStage {
  readonly name: string;
  readonly deploymentId: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface RestApi {
  readonly kind: "rest";
  readonly name: string;
  readonly apiId: string;
  readonly stages: readonly RestStage[];
  readonly routes: readonly RestRoute[];
  readonly responses: ReadonlyMap<string, GatewayResponseDefinition>;
  readonly binaryMediaTypes: readonly string[];
}

/** AWS's default, and its upper bound without a quota increase */
const INTEGRATION_TIMEOUT_MS = 29_000;

/**
 * Reads one REST API. Throws a GatewayBootError for anything that the local gateway would do
 * differently from AWS.
 */
export function readRestApi(api: GatewayResource, all: readonly GatewayResource[]): RestApi {
  assertWithoutProperties(api, ["Body", "BodyS3Location"], "define the API by resources");
  assertWithoutProperties(api, ["Policy"], "resource policies are not evaluated locally");
  const own = all.filter(({ properties }) => properties.RestApiId === api.physicalId);
  const ofType = (type: string) => own.filter((resource) => resource.type === `AWS::ApiGateway::${type}`);

  const stages = ofType("Stage").map(readStage);
  if (stages.length === 0) throw new GatewayBootError(api, "it has no stage");
  const authorizers = new Map(
    ofType("Authorizer").map((one) => [
      one.physicalId,
      optionalText(one, "Type") === "COGNITO_USER_POOLS" ? undefined : readAuthorizer(one),
    ]),
  );
  const validators = new Map(ofType("RequestValidator").map((one) => [one.physicalId, one]));
  const responses = new Map(
    ofType("GatewayResponse").map((one) => [requiredText(one, "ResponseType"), readGatewayResponse(one)]),
  );
  return {
    kind: "rest",
    name: optionalText(api, "Name") ?? api.logicalId,
    apiId: api.physicalId,
    stages,
    routes: readRoutes(api, ofType("Resource"), ofType("Method"), authorizers, validators),
    responses,
    binaryMediaTypes: textList(api, "BinaryMediaTypes") ?? [],
  };
}

function readStage(stage: GatewayResource): RestStage {
  return {
    name: requiredText(stage, "StageName"),
    deploymentId: optionalText(stage, "DeploymentId") ?? "",
    variables: textMap(stage, "Variables"),
  };
}

function readAuthorizer(resource: GatewayResource): RestAuthorizer {
  const type = requiredText(resource, "Type");
  if (type !== "REQUEST" && type !== "TOKEN")
    throw new GatewayBootError(resource, `authorizers of type ${type} are not supported`);
  const sources = parseRestSources(resource, optionalText(resource, "IdentitySource"));
  const ttlSeconds = optionalNumber(resource, "AuthorizerResultTtlInSeconds") ?? 300;
  if (ttlSeconds < 0 || ttlSeconds > 3600)
    throw new GatewayBootError(resource, "AuthorizerResultTtlInSeconds must be from 0 to 3600");
  if (type === "REQUEST" && ttlSeconds > 0 && sources.length === 0)
    throw new GatewayBootError(resource, "caching needs at least one identity source");
  if (type === "TOKEN" && !(sources.length === 1 && sources[0]?.startsWith("method.request.header.")))
    throw new GatewayBootError(resource, "a TOKEN authorizer needs one header as its identity source");
  const validation = optionalText(resource, "IdentityValidationExpression");
  return {
    id: resource.physicalId,
    type,
    functionArn: functionArnOf(resource, requiredText(resource, "AuthorizerUri")),
    sources,
    ttlSeconds,
    ...credentialsOf(resource, "AuthorizerCredentials"),
    ...(type === "TOKEN" && validation !== undefined && { validation: wholeMatch(resource, validation) }),
  };
}

function wholeMatch(resource: GatewayResource, expression: string): RegExp {
  try {
    return new RegExp(`^(?:${expression})$`);
  } catch {
    throw new GatewayBootError(resource, `IdentityValidationExpression "${expression}" cannot be read`);
  }
}

function readRoutes(
  api: GatewayResource,
  resources: readonly GatewayResource[],
  methods: readonly GatewayResource[],
  authorizers: ReadonlyMap<string, RestAuthorizer | undefined>,
  validators: ReadonlyMap<string, GatewayResource>,
): readonly RestRoute[] {
  const byId = new Map(resources.map((resource) => [resource.physicalId, resource]));
  const unknownIds = new Set<string>();
  const partsOf = (id: string): readonly string[] => {
    const resource = byId.get(id);
    if (resource !== undefined)
      return [...partsOf(requiredText(resource, "ParentId")), requiredText(resource, "PathPart")];
    // The root is the only resource that a template does not declare.
    if (unknownIds.add(id).size > 1)
      throw new GatewayBootError(api, `unknown resource ids ${[...unknownIds].join(", ")}`);
    return [];
  };
  const routes = new Map<string, RestRoute & { readonly methods: Map<string, RestMethod> }>();
  for (const method of methods) {
    const resourceId = requiredText(method, "ResourceId");
    let route = routes.get(resourceId);
    if (route === undefined) {
      const parts = partsOf(resourceId);
      route = { resourceId, resourcePath: `/${parts.join("/")}`, parts, methods: new Map() };
      routes.set(resourceId, route);
    }
    const read = readMethod(method, authorizers, validators);
    route.methods.set(read.httpMethod, read);
  }
  return [...routes.values()];
}

function readMethod(
  method: GatewayResource,
  authorizers: ReadonlyMap<string, RestAuthorizer | undefined>,
  validators: ReadonlyMap<string, GatewayResource>,
): RestMethod {
  const authorization = optionalText(method, "AuthorizationType") ?? "NONE";
  if (!isAuthorizationType(authorization))
    throw new GatewayBootError(method, `AuthorizationType ${authorization} is unknown`);
  const asks = authorization === "CUSTOM" || authorization === "COGNITO_USER_POOLS";
  const authorizerId = asks ? requiredText(method, "AuthorizerId") : "";
  const authorizer = authorizers.get(authorizerId);
  const fits = authorizers.has(authorizerId) && (authorization === "CUSTOM") === (authorizer !== undefined);
  if (asks && !fits)
    throw new GatewayBootError(
      method,
      "its authorizer must belong to this API and match its AuthorizationType",
    );
  return {
    httpMethod: requiredText(method, "HttpMethod").toUpperCase(),
    authorization,
    apiKeyRequired: isTrue(method, "ApiKeyRequired"),
    ...(authorizer !== undefined && { authorizer }),
    integration: readIntegration(method),
    requiredParameters: requiredParametersOf(method, validators),
  };
}

function isAuthorizationType(text: string): text is RestAuthorizationType {
  return text === "NONE" || text === "AWS_IAM" || text === "COGNITO_USER_POOLS" || text === "CUSTOM";
}

function readIntegration(method: GatewayResource): RestIntegration {
  const integration = method.properties.Integration;
  if (!isRecord(integration)) throw new GatewayBootError(method, "it has no integration");
  if (integration.Type === "MOCK") return readMock(method, integration);
  if (integration.Type !== "AWS_PROXY")
    throw new GatewayBootError(method, `integrations of type ${String(integration.Type)} are not supported`);
  // AWS accepts mappings here and ignores them: a Lambda proxy receives the request unchanged.
  if (Object.keys(textMap(method, "RequestParameters", integration)).length > 0)
    throw new GatewayBootError(
      method,
      "request parameters have no effect on a Lambda proxy integration; the function reads requestContext.authorizer",
    );
  return {
    type: "lambda",
    functionArn: functionArnOf(method, String(integration.Uri)),
    timeoutMs: Number(integration.TimeoutInMillis ?? INTEGRATION_TIMEOUT_MS),
  };
}
