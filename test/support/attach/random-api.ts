import fc from "fast-check";
import { gatewayResponses } from "../../../contract/gateway-responses.ts";
import type {
  ApiKind,
  ApiState,
  AuthorizerState,
  RouteAuthorization,
  RouteState,
  StageState,
} from "../../../domain/attach/api-state.ts";
import type { AttachOptions } from "../../../domain/attach/attach-plan.ts";

export const FUNCTION_ARN = "arn:aws:lambda:eu-central-1:111122223333:function:sallyport-authorizer";
export const ADDRESS = { accountId: "444455556666", region: "eu-central-1", apiId: "abc123def4" } as const;

/** An API without anything; tests say what it has. */
export function emptyApi(kind: ApiKind, parts: Partial<ApiState> = {}): ApiState {
  return {
    kind,
    id: ADDRESS.apiId,
    name: "orders",
    partition: "aws",
    region: ADDRESS.region,
    accountId: ADDRESS.accountId,
    endpointTypes: ["REGIONAL"],
    executeApiDisabled: false,
    mutualTlsDomains: [],
    corsConfigured: false,
    routes: [],
    authorizers: [],
    gatewayResponses: [],
    stages: [],
    deployments: [],
    ...parts,
  };
}

export const route = (key: string, authorization: RouteAuthorization = { type: "NONE" }): RouteState => ({
  key,
  id: `id of ${key}`,
  authorization,
  apiKeyRequired: false,
});

export const stage = (name: string, parts: Partial<StageState> = {}): StageState => ({
  name,
  variables: {},
  autoDeploy: false,
  cacheEnabled: false,
  ...parts,
});

/** A deployed API of so many routes, all open. */
export function simpleApi(kind: ApiKind, routes: number, parts: Partial<ApiState> = {}): ApiState {
  const keys =
    kind === "websocket"
      ? ["$connect", "$disconnect", "$default"]
      : Array.from({ length: routes }, (_, at) => `${at % 3 === 2 ? "POST" : "GET"} /items/${at}`);
  return emptyApi(kind, {
    routes: keys.map((key) => route(key)),
    deployments: [{ id: "d0", description: "by hand" }],
    stages: [stage("prod", { deploymentId: "d0", variables: { color: "blue" } })],
    ...parts,
  });
}

export const wants = (parts: Partial<AttachOptions> = {}): AttachOptions => ({
  functionArn: FUNCTION_ARN,
  grant: true,
  replace: [],
  exclude: [],
  acceptDrift: false,
  replaceGatewayResponses: false,
  gatewayResponses: gatewayResponses(),
  ...parts,
});

const cognito: AuthorizerState = {
  id: "pool",
  name: "users",
  type: "COGNITO_USER_POOLS",
  ttlSeconds: 300,
  identitySources: ["method.request.header.Authorization"],
};
const jwt: AuthorizerState = { ...cognito, id: "jwt1", name: "jwt", type: "JWT" };
const custom: AuthorizerState = {
  ...cognito,
  id: "other",
  name: "other",
  type: "REQUEST",
  functionArn: `${FUNCTION_ARN}-other`,
};

const PROTECTIONS: Readonly<Record<ApiKind, readonly RouteAuthorization[]>> = {
  rest: [
    { type: "AWS_IAM" },
    { type: "COGNITO_USER_POOLS", authorizerId: "pool", scopes: ["orders/read"] },
    { type: "CUSTOM", authorizerId: "other" },
  ],
  http: [
    { type: "AWS_IAM" },
    { type: "JWT", authorizerId: "jwt1", scopes: ["a", "b"] },
    { type: "CUSTOM", authorizerId: "other" },
  ],
  websocket: [{ type: "AWS_IAM" }, { type: "CUSTOM", authorizerId: "other" }],
};

const AUTHORIZERS: Readonly<Record<ApiKind, readonly AuthorizerState[]>> = {
  rest: [cognito, custom],
  http: [jwt, { ...custom, payloadFormat: "1.0", simpleResponses: false }],
  websocket: [custom],
};

const keys = (kind: ApiKind): fc.Arbitrary<readonly string[]> =>
  kind === "websocket"
    ? fc.subarray(["$disconnect", "$default", "send", "list"]).map((others) => ["$connect", ...others])
    : fc.uniqueArray(
        fc
          .tuple(
            fc.constantFrom("GET", "POST", "DELETE", "OPTIONS", "ANY"),
            fc.constantFrom("/", "/a", "/a/{id}", "/b", "/{proxy+}", "/c/d"),
          )
          .map((words) => words.join(" ")),
        { minLength: 1, maxLength: 9 },
      );

const stages = (kind: ApiKind): fc.Arbitrary<readonly StageState[]> =>
  fc.uniqueArray(fc.constantFrom("prod", "dev", "test"), { minLength: 1, maxLength: 3 }).chain((names) =>
    fc.tuple(
      ...names.map((name, at) =>
        fc.record({
          name: fc.constant(name),
          deploymentId: fc.constant(`d${at % 2 === 0 ? "first" : "second"}`),
          variables: fc.constantFrom<Readonly<Record<string, string>>>(
            {},
            { color: "blue" },
            { sallyport_enforce: "all" },
          ),
          autoDeploy: kind === "rest" ? fc.constant(false) : fc.boolean(),
          cacheEnabled: fc.constant(kind === "rest"),
        }),
      ),
    ),
  );

/** Any API whose attaching is not refused. */
export const randomApi: fc.Arbitrary<ApiState> = fc
  .constantFrom<ApiKind>("rest", "http", "websocket")
  .chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      keys: keys(kind),
      // Which protection each route has; none for most
      protections: fc.array(fc.nat({ max: PROTECTIONS[kind].length + 2 }), { minLength: 12, maxLength: 12 }),
      apiKeys: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      stages: stages(kind),
      responses: fc.subarray([
        { type: "ACCESS_DENIED", statusCode: "403", parameters: {}, templates: { "application/json": "{}" } },
        { type: "THROTTLED", statusCode: "429", parameters: {}, templates: {} },
      ]),
    }),
  )
  .map((parts) => {
    const { kind } = parts;
    const routes = parts.keys.map((key, at): RouteState => {
      const protection = key === "$connect" ? undefined : PROTECTIONS[kind][parts.protections[at] ?? 99];
      return { ...route(key, protection ?? { type: "NONE" }), apiKeyRequired: parts.apiKeys[at] ?? false };
    });
    return emptyApi(kind, {
      // Something that is open, or nothing could be attached
      routes: [
        ...routes.filter(({ key }) => key !== "GET /open"),
        ...(kind === "websocket" ? [] : [route("GET /open")]),
      ],
      authorizers: AUTHORIZERS[kind],
      stages: parts.stages,
      deployments: [
        { id: "dfirst", description: "" },
        { id: "dsecond", description: "by a pipeline" },
      ],
      gatewayResponses: kind === "rest" ? parts.responses : [],
    });
  });
