import {
  type ApiGatewayV2Client,
  type Authorizer,
  type GetApiCommandOutput,
  GetAuthorizersCommand,
  GetDeploymentsCommand,
  GetRoutesCommand,
  GetStagesCommand,
  type Route,
  type Stage,
} from "@aws-sdk/client-apigatewayv2";
import type {
  ApiState,
  AuthorizationType,
  AuthorizerState,
  RouteAuthorization,
  RouteState,
  StageState,
} from "../../domain/attach/api-state.ts";
import type { ApiAddress } from "../../domain/attach/attachment.ts";
import { functionArnIn } from "./authorizer-uri.ts";
import { knownAuthorization } from "./known-authorization.ts";
import type { MutualTls } from "./mutual-tls-domains.ts";
import type { Pace } from "./pace.ts";
import { inOrder, pageThrough } from "./page-through.ts";

export interface HttpAccess {
  readonly client: Pick<ApiGatewayV2Client, "send">;
  readonly pace: Pace;
  readonly address: ApiAddress;
  readonly partition: string;
  readonly mutualTls: () => Promise<MutualTls>;
}

/** `http` or `websocket`, from GetApi's response. */
export const kindOf = (api: Pick<GetApiCommandOutput, "ProtocolType">): "http" | "websocket" =>
  api.ProtocolType === "WEBSOCKET" ? "websocket" : "http";

/**
 * Reads everything that attaching needs; `api` is GetApi's response. Does not read integrations,
 * models or VPC links.
 */
export async function readHttp(access: HttpAccess, api: GetApiCommandOutput): Promise<ApiState> {
  const { client, address, partition } = access;
  const routes = await list(access, "GetRoutes", (page) => client.send(new GetRoutesCommand(page)));
  const authorizers = await readHttpAuthorizers(access);
  const stages = await list(access, "GetStages", (page) => client.send(new GetStagesCommand(page)));
  const deployments = await list(access, "GetDeployments", (page) =>
    client.send(new GetDeploymentsCommand(page)),
  );
  const mutualTls = await access.mutualTls();
  const stack = api.Tags?.["aws:cloudformation:stack-name"];
  const kind = kindOf(api);
  return {
    kind,
    id: address.apiId,
    name: api.Name ?? "",
    partition,
    region: address.region,
    accountId: address.accountId,
    endpointTypes: ["REGIONAL"],
    executeApiDisabled: api.DisableExecuteApiEndpoint ?? false,
    mutualTlsDomains: mutualTls.domains,
    ...(stack !== undefined && { stack }),
    corsConfigured: api.CorsConfiguration !== undefined,
    ...(kind === "websocket" &&
      api.RouteSelectionExpression !== undefined && { routeSelection: api.RouteSelectionExpression }),
    routes: inOrder(routes.map(routeOf), ({ key }) => key),
    authorizers,
    gatewayResponses: [],
    stages: inOrder(stages.map(stageOf), ({ name }) => name),
    deployments: inOrder(
      deployments.map(({ DeploymentId: id = "", Description: description = "" }) => ({ id, description })),
      ({ id }) => id,
    ),
    ...(api.ApiGatewayManaged === true && { managed: true }),
    ...("unread" in mutualTls && { unread: [mutualTls.unread] }),
  };
}

/** The API's authorizers by id. */
export async function readHttpAuthorizers(access: HttpAccess): Promise<readonly AuthorizerState[]> {
  const all = await list(access, "GetAuthorizers", (page) =>
    access.client.send(new GetAuthorizersCommand(page)),
  );
  return inOrder(all.map(authorizerOf), ({ id }) => id);
}

/** The authorization of a route. Throws on an unknown type, which must not count as open. */
export function authorizationOf(route: Omit<Route, "RouteKey">, key: string): RouteAuthorization {
  return {
    type: knownType(route.AuthorizationType, key),
    // A removed value may remain as an empty text or list.
    ...(route.AuthorizerId && { authorizerId: route.AuthorizerId }),
    ...(route.AuthorizationScopes?.length && { scopes: [...route.AuthorizationScopes].sort() }),
  };
}

interface Page {
  readonly ApiId: string;
  readonly NextToken?: string;
}

interface Listing<T> {
  readonly Items?: T[] | undefined;
  readonly NextToken?: string | undefined;
}

// API Gateway documents no maximum page size for v2, so use its default.
function list<T>(
  { pace, address }: HttpAccess,
  operation: string,
  send: (page: Page) => Promise<Listing<T>>,
): Promise<readonly T[]> {
  return pageThrough(operation, async (NextToken) => {
    const page = { ApiId: address.apiId, ...(NextToken !== undefined && { NextToken }) };
    const answer = await pace.call(operation, () => send(page));
    return { items: answer.Items, next: answer.NextToken };
  });
}

const routeOf = (route: Route): RouteState => ({
  key: route.RouteKey ?? "",
  id: route.RouteId ?? "",
  authorization: authorizationOf(route, route.RouteKey ?? ""),
  apiKeyRequired: route.ApiKeyRequired ?? false,
});

function stageOf(stage: Stage): StageState {
  const variables = Object.entries(stage.StageVariables ?? {}).filter(([, value]) => value !== "");
  return {
    name: stage.StageName ?? "",
    ...(stage.DeploymentId && { deploymentId: stage.DeploymentId }),
    // An empty value removes a variable.
    variables: Object.fromEntries(variables),
    autoDeploy: stage.AutoDeploy ?? false,
    cacheEnabled: false,
    ...(stage.ApiGatewayManaged === true && { managed: true }),
  };
}

function authorizerOf(authorizer: Authorizer): AuthorizerState {
  const { AuthorizerPayloadFormatVersion: payloadFormat, EnableSimpleResponses: simpleResponses } =
    authorizer;
  const functionArn = functionArnIn(authorizer.AuthorizerUri);
  return {
    id: authorizer.AuthorizerId ?? "",
    name: authorizer.Name ?? "",
    type: authorizer.AuthorizerType ?? "",
    ...(functionArn !== undefined && { functionArn }),
    ttlSeconds: authorizer.AuthorizerResultTtlInSeconds ?? 0,
    identitySources: authorizer.IdentitySource ?? [],
    ...(authorizer.AuthorizerCredentialsArn && { credentialsArn: authorizer.AuthorizerCredentialsArn }),
    ...(payloadFormat && { payloadFormat }),
    ...(simpleResponses !== undefined && simpleResponses !== null && { simpleResponses }),
  };
}

const TYPES: readonly AuthorizationType[] = ["NONE", "AWS_IAM", "JWT", "CUSTOM"];

// A route that was created without a type is open, and v2 then omits the type.
const knownType = (type: string | undefined, key: string): AuthorizationType =>
  type === undefined ? "NONE" : knownAuthorization(type, TYPES, "GetRoutes", key);
