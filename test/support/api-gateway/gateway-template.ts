import { type Gateway, type GatewayTls, startGateway } from "../../../local/api-gateway/data/gateway.ts";
import type { InvokeFunction } from "../../../local/api-gateway/data/gateway-resource.ts";
import type { LocalTemplate } from "../../../local/cloudformation/template.ts";
import type { InvokeResult } from "../../../local/lambda/lambda-runtime.ts";

type Properties = Readonly<Record<string, unknown>>;

/** A resource as a template would hold it; its logical id also serves as its physical id. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Properties;
}

export const functionArn = (name: string): string =>
  `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;
const invokeUri = (name: string): string =>
  `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`;

export const resource = (logicalId: string, type: string, properties: Properties): TemplateResource => ({
  logicalId,
  type: `AWS::${type}`,
  properties,
});

export const lambdaProxy = (name: string): Properties => ({
  Type: "AWS_PROXY",
  IntegrationHttpMethod: "POST",
  Uri: invokeUri(name),
});

export const restApi = (properties: Properties = {}): readonly TemplateResource[] => [
  resource("rest1", "ApiGateway::RestApi", { Name: "Rest", ...properties }),
  resource("stage1", "ApiGateway::Stage", { RestApiId: "rest1", StageName: "prod", DeploymentId: "dep1" }),
];

/** Resources for a path, each named by the path down to it, and one method on the last. */
export function restMethod(
  path: string,
  httpMethod: string,
  properties: Properties = {},
): readonly TemplateResource[] {
  const parts = path.split("/").filter(Boolean);
  const resources = parts.map((PathPart, i) =>
    resource(`/${parts.slice(0, i + 1).join("/")}`, "ApiGateway::Resource", {
      RestApiId: "rest1",
      ParentId: i === 0 ? "root" : `/${parts.slice(0, i).join("/")}`,
      PathPart,
    }),
  );
  const method = resource(`${httpMethod} ${path}`, "ApiGateway::Method", {
    RestApiId: "rest1",
    ResourceId: parts.length === 0 ? "root" : `/${parts.join("/")}`,
    HttpMethod: httpMethod,
    AuthorizationType: "NONE",
    Integration: lambdaProxy("backend"),
    ...properties,
  });
  return [...resources, method];
}

export const restAuthorizer = (properties: Properties = {}): TemplateResource =>
  resource("auth1", "ApiGateway::Authorizer", {
    RestApiId: "rest1",
    Type: "REQUEST",
    Name: "auth",
    AuthorizerUri: invokeUri("authorizer"),
    AuthorizerResultTtlInSeconds: 0,
    ...properties,
  });

export const guarded: Properties = { AuthorizationType: "CUSTOM", AuthorizerId: "auth1" };

export const httpApi = (
  properties: Properties = {},
  StageName = "$default",
  StageVariables?: Properties,
): readonly TemplateResource[] => [
  resource("http1", "ApiGatewayV2::Api", { Name: "Http", ProtocolType: "HTTP", ...properties }),
  resource("stage2", "ApiGatewayV2::Stage", {
    ApiId: "http1",
    StageName,
    AutoDeploy: true,
    ...(StageVariables !== undefined && { StageVariables }),
  }),
];

export const httpRoute = (
  RouteKey: string,
  properties: Properties = {},
  integration: Properties = {},
): readonly TemplateResource[] => [
  resource(`to ${RouteKey}`, "ApiGatewayV2::Integration", {
    ApiId: "http1",
    IntegrationType: "AWS_PROXY",
    IntegrationUri: functionArn("backend"),
    PayloadFormatVersion: "2.0",
    ...integration,
  }),
  resource(RouteKey, "ApiGatewayV2::Route", {
    ApiId: "http1",
    RouteKey,
    AuthorizationType: "NONE",
    Target: `integrations/to ${RouteKey}`,
    ...properties,
  }),
];

export const httpAuthorizer = (properties: Properties = {}): TemplateResource =>
  resource("auth2", "ApiGatewayV2::Authorizer", {
    ApiId: "http1",
    AuthorizerType: "REQUEST",
    Name: "auth",
    AuthorizerUri: invokeUri("authorizer"),
    AuthorizerPayloadFormatVersion: "2.0",
    EnableSimpleResponses: true,
    AuthorizerResultTtlInSeconds: 0,
    ...properties,
  });

export const guardedRoute: Properties = { AuthorizationType: "CUSTOM", AuthorizerId: "auth2" };

// biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape
export type Handler = (event: any) => unknown;

/** Functions by name. What they return is the payload; what they throw, the function's error. */
export interface Functions {
  readonly authorizer?: Handler;
  readonly backend?: Handler;
}

export interface Booted {
  readonly gateway: Gateway;
  /** Base URL of the first API */
  readonly url: string;
  /** Events by function, in the order of the invocations */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape
  readonly events: Readonly<Record<"authorizer" | "backend", any[]>>;
}

export interface BootOptions {
  readonly ports?: Readonly<Record<string, number>>;
  readonly tls?: GatewayTls;
  /** Lambda permissions; by default API Gateway may invoke everything */
  readonly permissions?: readonly TemplateResource[];
}

export const permission = (name: string, SourceArn?: string): TemplateResource =>
  resource(`may invoke ${name} for ${SourceArn}`, "Lambda::Permission", {
    Action: "lambda:InvokeFunction",
    FunctionName: functionArn(name),
    Principal: "apigateway.amazonaws.com",
    ...(SourceArn !== undefined && { SourceArn }),
  });

const MAY_INVOKE = [permission("authorizer"), permission("backend")];

/** The later one of two resources with the same logical id counts. */
function templateOf(resources: readonly TemplateResource[]): LocalTemplate {
  const unique = [...new Map(resources.map((one) => [one.logicalId, one])).values()];
  const all = unique.map((one) => ({ stack: "Test", ...one }));
  return {
    resources: all,
    region: "eu-central-1",
    accountId: "123456789012",
    outputs: {},
    ofType: (type) => all.filter((one) => one.type === type),
    byId: () => {
      throw new Error("The gateway looks resources up by type");
    },
    physicalId: ({ logicalId }) => logicalId,
    arn: ({ logicalId }) => logicalId,
  };
}

const running: Gateway[] = [];

/**
 * Boots a gateway over real sockets whose functions are called in this process, by way of JSON as
 * at AWS.
 */
export async function boot(
  resources: readonly TemplateResource[],
  functions: Functions = {},
  now: () => number = Date.now,
  { ports = {}, tls, permissions = MAY_INVOKE }: BootOptions = {},
): Promise<Booted> {
  const events: Booted["events"] = { authorizer: [], backend: [] };
  const invoke: InvokeFunction = async (arn, payload): Promise<InvokeResult> => {
    const name = arn.split(":")[6] === "authorizer" ? "authorizer" : "backend";
    const event = JSON.parse(JSON.stringify(payload));
    events[name].push(event);
    try {
      const answer = await (functions[name] ?? answerOk)(event);
      const text = JSON.stringify(answer);
      const parsed = text === undefined ? null : JSON.parse(text);
      return { status: "ok", payload: parsed, durationMs: 1, cold: false };
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      return { status: "error", errorType, errorMessage, durationMs: 1 };
    }
  };
  const gateway = await startGateway({
    template: templateOf([...permissions, ...resources]),
    invoke,
    ports,
    ...(tls !== undefined && { tls }),
    now,
  });
  running.push(gateway);
  return { gateway, url: gateway.apis[0]?.url ?? "", events };
}

export async function closeAll(): Promise<void> {
  await Promise.all(running.splice(0).map((gateway) => gateway.close()));
}

const answerOk: Handler = () => ({ statusCode: 200, body: "ok" });

/** An authorizer's policy, as format 1.0 wants it. */
export const policy = (Effect: string, Resource: string | readonly string[], context?: unknown): unknown => ({
  principalId: "alice",
  policyDocument: {
    Version: "2012-10-17",
    Statement: [{ Action: "execute-api:Invoke", Effect, Resource }],
  },
  ...(context !== undefined && { context }),
});
