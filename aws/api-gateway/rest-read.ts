import {
  type APIGatewayClient,
  type Authorizer,
  type GatewayResponse,
  GetAuthorizersCommand,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetGatewayResponsesCommand,
  GetResourcesCommand,
  type GetRestApiCommandOutput,
  GetStagesCommand,
  type Method,
  type Resource,
  type Stage,
} from "@aws-sdk/client-api-gateway";
import type {
  ApiState,
  AuthorizationType,
  AuthorizerState,
  DeployedRoute,
  GatewayResponseState,
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

/** API Gateway's maximum page size. */
const LIMIT = 500;
/** Seconds, if an authorizer has no value: API Gateway's default for REST */
const DEFAULT_TTL = 300;

export interface RestAccess {
  readonly client: Pick<APIGatewayClient, "send">;
  readonly pace: Pace;
  readonly address: ApiAddress;
  readonly partition: string;
  readonly mutualTls: () => Promise<MutualTls>;
}

/**
 * Reads everything that attaching needs; `api` is GetRestApi's response. Does not read
 * integrations, models, keys or usage plans.
 */
export async function readRest(access: RestAccess, api: GetRestApiCommandOutput): Promise<ApiState> {
  const { address, partition } = access;
  const { client } = access;
  const resources = await list(access, "GetResources", (page) =>
    client.send(new GetResourcesCommand({ ...page, embed: ["methods"] })),
  );
  const authorizers = await readRestAuthorizers(access);
  const gatewayResponses = await list(access, "GetGatewayResponses", (page) =>
    client.send(new GetGatewayResponsesCommand(page)),
  );
  const deployments = await list(access, "GetDeployments", (page) =>
    client.send(new GetDeploymentsCommand(page)),
  );
  const stages = await readStages(access);
  const mutualTls = await access.mutualTls();
  const stack = api.tags?.["aws:cloudformation:stack-name"];
  return {
    kind: "rest",
    id: address.apiId,
    name: api.name ?? "",
    partition,
    region: address.region,
    accountId: address.accountId,
    endpointTypes: api.endpointConfiguration?.types ?? [],
    executeApiDisabled: api.disableExecuteApiEndpoint ?? false,
    mutualTlsDomains: mutualTls.domains,
    ...(stack !== undefined && { stack }),
    corsConfigured: false,
    routes: inOrder(resources.flatMap(routesOf), ({ key }) => key),
    authorizers,
    gatewayResponses: inOrder(
      gatewayResponses.filter(({ defaultResponse }) => defaultResponse !== true).map(gatewayResponseOf),
      ({ type }) => type,
    ),
    stages,
    deployments: inOrder(
      deployments.map(({ id = "", description = "" }) => ({ id, description })),
      ({ id }) => id,
    ),
    ...("unread" in mutualTls && { unread: [mutualTls.unread] }),
  };
}

/** The authorization of a method. Throws on an unknown type, which must not count as open. */
export function authorizationOf(method: Method, key: string): RouteAuthorization {
  const { authorizerId, authorizationScopes } = method;
  return {
    type: knownType(method.authorizationType, key),
    // A removed value may remain as an empty text or list.
    ...(authorizerId && { authorizerId }),
    ...(authorizationScopes?.length && { scopes: [...authorizationScopes].sort() }),
  };
}

/** The API's authorizers by id. */
export async function readRestAuthorizers(access: RestAccess): Promise<readonly AuthorizerState[]> {
  const all = await list(access, "GetAuthorizers", (page) =>
    access.client.send(new GetAuthorizersCommand(page)),
  );
  return inOrder(all.map(authorizerOf), ({ id }) => id);
}

interface Page {
  readonly restApiId: string;
  readonly limit: number;
  readonly position?: string;
}

interface Listing<T> {
  readonly items?: T[] | undefined;
  readonly position?: string | undefined;
}

function list<T>(
  { pace, address }: RestAccess,
  operation: string,
  send: (page: Page) => Promise<Listing<T>>,
): Promise<readonly T[]> {
  return pageThrough(operation, async (position) => {
    const page = { restApiId: address.apiId, limit: LIMIT, ...(position !== undefined && { position }) };
    const answer = await pace.call(operation, () => send(page));
    return { items: answer.items, next: answer.position };
  });
}

async function readStages({ client, pace, address }: RestAccess): Promise<readonly StageState[]> {
  const restApiId = address.apiId;
  const { item = [] } = await pace.call("GetStages", () => client.send(new GetStagesCommand({ restApiId })));
  const deployed = new Map<string, Readonly<Record<string, DeployedRoute>>>();
  for (const deploymentId of new Set(item.map((stage) => stage.deploymentId))) {
    if (deploymentId === undefined) continue;
    const { apiSummary } = await pace.call("GetDeployment", () =>
      client.send(new GetDeploymentCommand({ restApiId, deploymentId, embed: ["apisummary"] })),
    );
    // A missing summary means unknown, not "nothing is deployed".
    if (apiSummary === undefined) continue;
    deployed.set(
      deploymentId,
      Object.fromEntries(
        Object.entries(apiSummary).flatMap(([path, methods]) =>
          Object.entries(methods).map(([verb, { authorizationType, apiKeyRequired }]) => {
            const key = `${verb} ${path}`;
            const type = knownType(authorizationType, key);
            return [key, { type, apiKeyRequired: apiKeyRequired ?? false }] as const;
          }),
        ),
      ),
    );
  }
  return inOrder(
    item.map((stage) => stageOf(stage, deployed.get(stage.deploymentId ?? ""))),
    ({ name }) => name,
  );
}

function stageOf(stage: Stage, deployedRoutes: StageState["deployedRoutes"]): StageState {
  const { canarySettings, deploymentId, methodSettings = {} } = stage;
  const overrides = canarySettings?.stageVariableOverrides ?? {};
  return {
    name: stage.stageName ?? "",
    ...(deploymentId && { deploymentId }),
    ...(canarySettings?.deploymentId && {
      canary: {
        deploymentId: canarySettings.deploymentId,
        percent: canarySettings.percentTraffic ?? 0,
        ...(Object.keys(overrides).length > 0 && { overrides }),
      },
    }),
    variables: stage.variables ?? {},
    autoDeploy: false,
    cacheEnabled:
      stage.cacheClusterEnabled === true &&
      Object.values(methodSettings).some(({ cachingEnabled }) => cachingEnabled === true),
    ...(deployedRoutes !== undefined && { deployedRoutes }),
  };
}

function routesOf({ id = "", path = "", resourceMethods = {} }: Resource): readonly RouteState[] {
  return Object.entries(resourceMethods).map(([verb, method]) => ({
    key: `${verb} ${path}`,
    id: `${id}/${verb}`,
    authorization: authorizationOf(method, `${verb} ${path}`),
    apiKeyRequired: method.apiKeyRequired ?? false,
  }));
}

function authorizerOf(authorizer: Authorizer): AuthorizerState {
  const functionArn = functionArnIn(authorizer.authorizerUri);
  return {
    id: authorizer.id ?? "",
    name: authorizer.name ?? "",
    type: authorizer.type ?? "",
    ...(functionArn !== undefined && { functionArn }),
    ttlSeconds: authorizer.authorizerResultTtlInSeconds ?? DEFAULT_TTL,
    identitySources: (authorizer.identitySource ?? "")
      .split(",")
      .map((source) => source.trim())
      .filter((source) => source !== ""),
    ...(authorizer.authorizerCredentials && { credentialsArn: authorizer.authorizerCredentials }),
  };
}

function gatewayResponseOf(response: GatewayResponse): GatewayResponseState {
  return {
    type: response.responseType ?? "",
    ...(response.statusCode && { statusCode: response.statusCode }),
    parameters: response.responseParameters ?? {},
    templates: response.responseTemplates ?? {},
  };
}

const TYPES: readonly AuthorizationType[] = ["NONE", "AWS_IAM", "COGNITO_USER_POOLS", "CUSTOM"];

const knownType = (type: string | undefined, key: string): AuthorizationType =>
  knownAuthorization(type, TYPES, "GetResources", key);
