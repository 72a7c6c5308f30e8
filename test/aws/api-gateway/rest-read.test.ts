import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import type { MutualTls } from "../../../aws/api-gateway/mutual-tls-domains.ts";
import { createRestControl } from "../../../aws/api-gateway/rest-control.ts";
import {
  type Answers,
  failure,
  hastyPace,
  inTurn,
  startRecordingServer,
} from "../../support/aws/recording-server.ts";
import { clientConfig } from "../../support/shop/clients.ts";

const API = "/restapis/a1b2c3";
const FUNCTION = "arn:aws:lambda:eu-central-1:999988887777:function:sallyport:live";
const uri = (arn: string) =>
  `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${arn}/invocations`;
const method = (httpMethod: string, rest: object) => ({ httpMethod, apiKeyRequired: false, ...rest });

const ANSWERS: Answers = {
  [`GET ${API}`]: {
    body: {
      id: "a1b2c3",
      name: "orders",
      createdDate: 1_790_000_000,
      endpointConfiguration: { types: ["REGIONAL"] },
      disableExecuteApiEndpoint: true,
      tags: { "aws:cloudformation:stack-name": "OrdersStack" },
    },
  },
  [`GET ${API}/resources`]: ({ query }) =>
    query.position === "page/2=="
      ? {
          body: {
            item: [
              {
                id: "r2",
                parentId: "r0",
                path: "/orders/{id}",
                pathPart: "{id}",
                resourceMethods: {
                  GET: method("GET", {
                    authorizationType: "COGNITO_USER_POOLS",
                    authorizerId: "cog1",
                    authorizationScopes: ["write", "read"],
                  }),
                  DELETE: method("DELETE", { authorizationType: "AWS_IAM", apiKeyRequired: true }),
                },
              },
            ],
          },
        }
      : {
          body: {
            position: "page/2==",
            item: [
              { id: "r0", path: "/" },
              {
                id: "r1",
                parentId: "r0",
                path: "/orders",
                pathPart: "orders",
                resourceMethods: {
                  GET: method("GET", { authorizationType: "NONE", authorizerId: "" }),
                  OPTIONS: method("OPTIONS", { authorizationType: "NONE" }),
                  POST: method("POST", { authorizationType: "CUSTOM", authorizerId: "sal1" }),
                },
              },
            ],
          },
        },
  [`GET ${API}/authorizers`]: {
    body: {
      item: [
        {
          id: "sal1",
          name: "sallyport",
          type: "REQUEST",
          authorizerUri: uri(FUNCTION),
          authorizerCredentials: "arn:aws:iam::111122223333:role/invoke",
          identitySource: "method.request.header.Authorization, context.path",
          authorizerResultTtlInSeconds: 0,
        },
        { id: "cog1", name: "users", type: "COGNITO_USER_POOLS", providerARNs: ["arn:aws:cognito"] },
      ],
    },
  },
  [`GET ${API}/gatewayresponses`]: {
    body: {
      item: [
        { responseType: "THROTTLED", statusCode: "429", defaultResponse: true },
        {
          responseType: "ACCESS_DENIED",
          statusCode: "403",
          responseParameters: { "gatewayresponse.header.X": "'y'" },
          responseTemplates: { "application/json": "{}" },
          defaultResponse: false,
        },
      ],
    },
  },
  [`GET ${API}/deployments`]: ({ query }) =>
    query.position === undefined
      ? { body: { position: "p2", item: [{ id: "d2", description: "sallyport attach", createdDate: 1 }] } }
      : { body: { item: [{ id: "d1", createdDate: 1 }] } },
  [`GET ${API}/stages`]: {
    body: {
      item: [
        {
          stageName: "prod",
          deploymentId: "d1",
          variables: { table: "orders" },
          cacheClusterEnabled: true,
          methodSettings: { "*/*": { cachingEnabled: false }, "orders/GET": { cachingEnabled: true } },
          canarySettings: {
            deploymentId: "d2",
            percentTraffic: 10,
            useStageCache: false,
            stageVariableOverrides: { sallyport_enforce: "none" },
          },
        },
        {
          stageName: "cluster",
          cacheClusterEnabled: true,
          methodSettings: { "*/*": { cachingEnabled: false } },
        },
        {
          stageName: "dev",
          deploymentId: "d1",
          cacheClusterEnabled: false,
          methodSettings: { "*/*": { cachingEnabled: true } },
        },
      ],
    },
  },
  [`GET ${API}/deployments/d1`]: {
    body: {
      id: "d1",
      apiSummary: {
        "/orders": {
          GET: { authorizationType: "NONE", apiKeyRequired: false },
          POST: { authorizationType: "CUSTOM", apiKeyRequired: true },
        },
      },
    },
  },
};

let server: Awaited<ReturnType<typeof startRecordingServer>> | undefined;
afterEach(() => server?.close());

async function controlOf(answers: Answers, mutualTls: MutualTls = { domains: [] }) {
  server = await startRecordingServer(answers);
  const client = new APIGatewayClient(clientConfig(server.endpoint));
  const { pace } = hastyPace();
  const address = { accountId: "111122223333", region: "eu-central-1", apiId: "a1b2c3" };
  const access = { client, pace, address, partition: "aws", mutualTls: () => Promise.resolve(mutualTls) };
  return { server, control: createRestControl(access), pace };
}

test("an API is read whole, over all pages", async () => {
  const { control } = await controlOf(ANSWERS, { domains: ["api.example"] });
  const deployedRoutes = {
    "GET /orders": { type: "NONE", apiKeyRequired: false },
    "POST /orders": { type: "CUSTOM", apiKeyRequired: true },
  };
  expect(await control.read()).toEqual({
    kind: "rest",
    id: "a1b2c3",
    name: "orders",
    partition: "aws",
    region: "eu-central-1",
    accountId: "111122223333",
    endpointTypes: ["REGIONAL"],
    executeApiDisabled: true,
    mutualTlsDomains: ["api.example"],
    stack: "OrdersStack",
    corsConfigured: false,
    routes: [
      {
        key: "DELETE /orders/{id}",
        id: "r2/DELETE",
        authorization: { type: "AWS_IAM" },
        apiKeyRequired: true,
      },
      { key: "GET /orders", id: "r1/GET", authorization: { type: "NONE" }, apiKeyRequired: false },
      {
        key: "GET /orders/{id}",
        id: "r2/GET",
        authorization: { type: "COGNITO_USER_POOLS", authorizerId: "cog1", scopes: ["read", "write"] },
        apiKeyRequired: false,
      },
      { key: "OPTIONS /orders", id: "r1/OPTIONS", authorization: { type: "NONE" }, apiKeyRequired: false },
      {
        key: "POST /orders",
        id: "r1/POST",
        authorization: { type: "CUSTOM", authorizerId: "sal1" },
        apiKeyRequired: false,
      },
    ],
    authorizers: [
      { id: "cog1", name: "users", type: "COGNITO_USER_POOLS", ttlSeconds: 300, identitySources: [] },
      {
        id: "sal1",
        name: "sallyport",
        type: "REQUEST",
        functionArn: FUNCTION,
        ttlSeconds: 0,
        identitySources: ["method.request.header.Authorization", "context.path"],
        credentialsArn: "arn:aws:iam::111122223333:role/invoke",
      },
    ],
    gatewayResponses: [
      {
        type: "ACCESS_DENIED",
        statusCode: "403",
        parameters: { "gatewayresponse.header.X": "'y'" },
        templates: { "application/json": "{}" },
      },
    ],
    stages: [
      { name: "cluster", variables: {}, autoDeploy: false, cacheEnabled: false },
      {
        name: "dev",
        deploymentId: "d1",
        variables: {},
        autoDeploy: false,
        cacheEnabled: false,
        deployedRoutes,
      },
      {
        name: "prod",
        deploymentId: "d1",
        canary: { deploymentId: "d2", percent: 10, overrides: { sallyport_enforce: "none" } },
        variables: { table: "orders" },
        autoDeploy: false,
        cacheEnabled: true,
        deployedRoutes,
      },
    ],
    deployments: [
      { id: "d1", description: "" },
      { id: "d2", description: "sallyport attach" },
    ],
  });
});

test("resources come in pages of 500 with their methods, and a deployment with what it deploys, once", async () => {
  const { control, server, pace } = await controlOf(ANSWERS);
  await control.read();
  const asked = (path: string) =>
    server.requests.filter((request) => request.path === path).map(({ query }) => query);
  expect(asked(`${API}/resources`)).toEqual([
    { limit: "500", embed: "methods" },
    { limit: "500", embed: "methods", position: "page/2==" },
  ]);
  expect(asked(`${API}/deployments/d1`)).toEqual([{ embed: "apisummary" }]);
  expect(server.requests.every(({ method }) => method === "GET")).toBe(true);
  expect(pace.counts()).toEqual({
    GetRestApi: 1,
    GetResources: 2,
    GetAuthorizers: 1,
    GetGatewayResponses: 1,
    GetDeployments: 2,
    GetStages: 1,
    GetDeployment: 1,
  });
});

test("a deployment that does not tell what it deploys is not taken for an empty one", async () => {
  const { control } = await controlOf({ ...ANSWERS, [`GET ${API}/deployments/d1`]: { body: { id: "d1" } } });
  for (const stage of (await control.read()).stages) expect(stage.deployedRoutes).toBeUndefined();
});

test("what could not be read says so", async () => {
  const unread = { part: "mutual-tls-domains", why: "the IAM action apigateway:GET is missing" } as const;
  const { control } = await controlOf(ANSWERS, { domains: [], unread });
  expect(await control.read()).toMatchObject({ mutualTlsDomains: [], unread: [unread] });
});

test("six hundred methods come back", async () => {
  const resource = (number: number) => ({
    id: `r${number}`,
    path: `/p${number}`,
    resourceMethods: { GET: method("GET", { authorizationType: "NONE" }) },
  });
  const page = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => resource(from + index));
  const { control } = await controlOf({
    ...ANSWERS,
    [`GET ${API}/resources`]: ({ query }) =>
      query.position === undefined
        ? { body: { item: page(0, 500), position: "more" } }
        : { body: { item: page(500, 600) } },
  });
  expect(new Set((await control.read()).routes.map(({ id }) => id)).size).toBe(600);
});

test("a page that offers itself again is an error, and no shorter list", async () => {
  const { control } = await controlOf({
    ...ANSWERS,
    [`GET ${API}/resources`]: { body: { item: [], position: "again" } },
  });
  await expect(control.read()).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("the same page token twice"),
  });
});

test("an authorization that is not known is not taken for open", async () => {
  const item = [
    { id: "r1", path: "/x", resourceMethods: { GET: method("GET", { authorizationType: "NEW" }) } },
  ];
  const { control } = await controlOf({ ...ANSWERS, [`GET ${API}/resources`]: { body: { item } } });
  await expect(control.read()).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("GET /x"),
  });
});

test("throttling on the way is waited for", async () => {
  const { control, pace } = await controlOf({
    ...ANSWERS,
    [`GET ${API}/stages`]: inTurn(
      failure(429, "TooManyRequestsException", "Too Many Requests"),
      failure(503, "ServiceUnavailableException", "Service Unavailable"),
      { body: { item: [] } },
    ),
  });
  expect((await control.read()).stages).toEqual([]);
  expect(pace.counts().GetStages).toBe(3);
});
