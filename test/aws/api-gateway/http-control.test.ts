import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { createHttpControl } from "../../../aws/api-gateway/http-control.ts";
import { readMutualTls } from "../../../aws/api-gateway/mutual-tls-domains.ts";
import {
  type Answers,
  failure,
  hastyPace,
  inTurn,
  startRecordingServer,
} from "../../support/aws/recording-server.ts";
import { clientConfig } from "../../support/shop/clients.ts";

const API = "/v2/apis/h1";
const FUNCTION = "arn:aws:lambda:eu-central-1:999988887777:function:sallyport";
const URI = `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${FUNCTION}/invocations`;

let server: Awaited<ReturnType<typeof startRecordingServer>> | undefined;
afterEach(() => server?.close());

async function controlOf(answers: Answers, kind: "http" | "websocket" = "http") {
  server = await startRecordingServer(answers);
  const client = new ApiGatewayV2Client(clientConfig(server.endpoint));
  const { pace } = hastyPace();
  const address = { accountId: "111122223333", region: "eu-central-1", apiId: "h1" };
  const mutualTls = () => readMutualTls(client, pace, "h1");
  return {
    server,
    control: createHttpControl({ client, pace, address, partition: "aws", mutualTls }, kind),
    pace,
  };
}

const READ: Answers = {
  [`GET ${API}`]: {
    body: {
      apiId: "h1",
      name: "shop",
      protocolType: "HTTP",
      routeSelectionExpression: "$request.method $request.path",
      corsConfiguration: { allowOrigins: ["https://shop.example"] },
      disableExecuteApiEndpoint: false,
      tags: { "aws:cloudformation:stack-name": "ShopStack" },
    },
  },
  [`GET ${API}/routes`]: ({ query }) =>
    query.nextToken === undefined
      ? {
          body: {
            nextToken: "2",
            items: [
              { routeId: "b", routeKey: "GET /b", authorizationType: "NONE", apiKeyRequired: false },
              {
                routeId: "a",
                routeKey: "GET /a",
                authorizationType: "JWT",
                authorizerId: "jwt1",
                authorizationScopes: ["write", "read"],
              },
            ],
          },
        }
      : {
          body: {
            items: [
              { routeId: "d", routeKey: "$default", apiGatewayManaged: true },
              { routeId: "c", routeKey: "POST /c", authorizationType: "CUSTOM", authorizerId: "sal1" },
            ],
          },
        },
  [`GET ${API}/authorizers`]: {
    body: {
      items: [
        {
          authorizerId: "sal1",
          name: "sallyport",
          authorizerType: "REQUEST",
          authorizerUri: URI,
          authorizerPayloadFormatVersion: "2.0",
          enableSimpleResponses: true,
          authorizerResultTtlInSeconds: 0,
          identitySource: [],
        },
        {
          authorizerId: "jwt1",
          name: "users",
          authorizerType: "JWT",
          identitySource: ["$request.header.Authorization"],
          jwtConfiguration: { issuer: "https://issuer.example" },
        },
      ],
    },
  },
  [`GET ${API}/stages`]: {
    body: {
      items: [
        {
          stageName: "$default",
          autoDeploy: true,
          apiGatewayManaged: true,
          deploymentId: "d1",
          stageVariables: { table: "shop", sallyport_enforce: "" },
        },
        { stageName: "beta", deploymentId: "d1" },
      ],
    },
  },
  [`GET ${API}/deployments`]: {
    body: { items: [{ deploymentId: "d1", description: "Automatic deployment", autoDeployed: true }] },
  },
  "GET /v2/domainnames": ({ query }) =>
    query.nextToken === undefined
      ? {
          body: {
            nextToken: "more",
            items: [
              { domainName: "open.example" },
              {
                domainName: "m.example",
                mutualTlsAuthentication: { truststoreUri: "s3://trust/ca.pem" },
                routingMode: "API_MAPPING_ONLY",
              },
            ],
          },
        }
      : {
          body: {
            items: [
              { domainName: "rules.example", mutualTlsAuthentication: { truststoreUri: "s3://t/c" } }, // no mapping to the API
              {
                domainName: "routed.example",
                mutualTlsAuthentication: { truststoreUri: "s3://t/c" },
                routingMode: "ROUTING_RULE_ONLY",
              },
            ],
          },
        },
  "GET /v2/domainnames/m.example/apimappings": {
    body: { items: [{ apiId: "h1", stage: "$default", apiMappingKey: "a/b" }] },
  },
  "GET /v2/domainnames/rules.example/apimappings": { body: { items: [{ apiId: "other", stage: "x" }] } },
  "GET /v2/domainnames/routed.example/routingrules": {
    body: { routingRules: [{ actions: [{ invokeApi: { apiId: "h1", stage: "$default" } }] }] },
  },
};

describe("reading", () => {
  test("an HTTP API is read whole, over all pages", async () => {
    const { control, server } = await controlOf(READ);
    expect(await control.read()).toEqual({
      kind: "http",
      id: "h1",
      name: "shop",
      partition: "aws",
      region: "eu-central-1",
      accountId: "111122223333",
      endpointTypes: ["REGIONAL"],
      executeApiDisabled: false,
      mutualTlsDomains: ["m.example", "routed.example"],
      stack: "ShopStack",
      corsConfigured: true,
      routes: [
        { key: "$default", id: "d", authorization: { type: "NONE" }, apiKeyRequired: false },
        {
          key: "GET /a",
          id: "a",
          authorization: { type: "JWT", authorizerId: "jwt1", scopes: ["read", "write"] },
          apiKeyRequired: false,
        },
        { key: "GET /b", id: "b", authorization: { type: "NONE" }, apiKeyRequired: false },
        {
          key: "POST /c",
          id: "c",
          authorization: { type: "CUSTOM", authorizerId: "sal1" },
          apiKeyRequired: false,
        },
      ],
      authorizers: [
        {
          id: "jwt1",
          name: "users",
          type: "JWT",
          ttlSeconds: 0,
          identitySources: ["$request.header.Authorization"],
        },
        {
          id: "sal1",
          name: "sallyport",
          type: "REQUEST",
          functionArn: FUNCTION,
          ttlSeconds: 0,
          identitySources: [],
          payloadFormat: "2.0",
          simpleResponses: true,
        },
      ],
      gatewayResponses: [],
      stages: [
        {
          name: "$default",
          deploymentId: "d1",
          variables: { table: "shop" },
          autoDeploy: true,
          cacheEnabled: false,
          managed: true,
        },
        { name: "beta", deploymentId: "d1", variables: {}, autoDeploy: false, cacheEnabled: false },
      ],
      deployments: [{ id: "d1", description: "Automatic deployment" }],
    });
    expect(server.lines()).not.toContain("GET /v2/domainnames/open.example/apimappings");
  });

  test("a WebSocket API tells how routes are chosen", async () => {
    const { control } = await controlOf(
      {
        ...READ,
        [`GET ${API}`]: {
          body: {
            apiId: "h1",
            name: "chat",
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          },
        },
      },
      "websocket",
    );
    expect(await control.read()).toMatchObject({
      kind: "websocket",
      routeSelection: "$request.body.action",
      corsConfigured: false,
    });
  });

  test("an API that another service keeps says so", async () => {
    const { control } = await controlOf({
      ...READ,
      [`GET ${API}`]: { body: { apiId: "h1", name: "x", protocolType: "HTTP", apiGatewayManaged: true } },
    });
    expect(await control.read()).toMatchObject({ managed: true });
  });

  test("domains that may not be listed are not known, which is not none", async () => {
    const { control } = await controlOf({
      ...READ,
      "GET /v2/domainnames": failure(
        403,
        "AccessDeniedException",
        "User: arn:aws:iam::1:user/x is not authorized to perform: apigateway:GET on resource: arn:aws:apigateway:eu-central-1::/domainnames",
      ),
    });
    expect(await control.read()).toMatchObject({
      mutualTlsDomains: [],
      unread: [
        {
          part: "mutual-tls-domains",
          why: "AWS does not allow GetDomainNames: the IAM action apigateway:GET on arn:aws:apigateway:eu-central-1::/domainnames is missing.",
        },
      ],
    });
  });

  test("domains that cannot be read for another reason are an error", async () => {
    const { control } = await controlOf({
      ...READ,
      "GET /v2/domainnames": failure(400, "BadRequestException", "no"),
    });
    await expect(control.read()).rejects.toMatchObject({ kind: "invalid" });
  });

  test("an authorization that is not known is not taken for open", async () => {
    const items = [{ routeId: "a", routeKey: "GET /a", authorizationType: "NEW" }];
    const { control } = await controlOf({ ...READ, [`GET ${API}/routes`]: { body: { items } } });
    await expect(control.read()).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("GET /a"),
    });
  });
});

describe("changing", () => {
  const changes: Answers = {
    ...READ,
    [`PATCH ${API}/routes/a`]: { body: {} },
    [`PATCH ${API}/routes/b`]: { body: {} },
    [`PATCH ${API}/stages/%24default`]: { body: {} },
    [`PATCH ${API}/stages/beta`]: { body: {} },
    [`POST ${API}/deployments`]: { status: 201, body: { deploymentId: "d2" } },
    [`POST ${API}/authorizers`]: { status: 201, body: { authorizerId: "sal2" } },
  };

  test("a route gets an authorizer, and its scopes go", async () => {
    const { control, server } = await controlOf(changes);
    await control.read();
    await control.setAuthorization("a", { type: "CUSTOM", authorizerId: "sal1" });
    await control.setAuthorization("b", { type: "CUSTOM", authorizerId: "sal1" });
    expect(server.changes()).toEqual([
      [
        "PATCH",
        `${API}/routes/a`,
        { authorizationType: "CUSTOM", authorizerId: "sal1", authorizationScopes: [] },
      ],
      ["PATCH", `${API}/routes/b`, { authorizationType: "CUSTOM", authorizerId: "sal1" }],
    ]);
  });

  test("a route is opened by an empty authorizer id, and guarded again as it was", async () => {
    const { control, server } = await controlOf({
      ...changes,
      [`GET ${API}/routes/a`]: {
        body: { routeId: "a", routeKey: "GET /a", authorizationType: "CUSTOM", authorizerId: "sal1" },
      },
    });
    await control.setAuthorization("a", { type: "NONE" });
    await control.setAuthorization("a", { type: "JWT", authorizerId: "jwt1", scopes: ["read", "write"] });
    expect(server.changes().map(([, , body]) => body)).toEqual([
      { authorizationType: "NONE", authorizerId: "" },
      { authorizationType: "JWT", authorizerId: "jwt1", authorizationScopes: ["read", "write"] },
    ]);
  });

  test("an authorizer of an HTTP API gets payload 2.0, simple responses and no cache", async () => {
    const { control, server } = await controlOf(changes);
    expect(await control.createAuthorizer({ name: "sallyport", functionArn: FUNCTION })).toBe("sal2");
    expect(server.changes()).toEqual([
      [
        "POST",
        `${API}/authorizers`,
        {
          name: "sallyport",
          authorizerType: "REQUEST",
          authorizerUri: URI,
          identitySource: [],
          authorizerPayloadFormatVersion: "2.0",
          enableSimpleResponses: true,
          authorizerResultTtlInSeconds: 0,
        },
      ],
    ]);
  });

  test("an authorizer of a WebSocket API has none of these", async () => {
    const { control, server } = await controlOf(changes, "websocket");
    await control.createAuthorizer({
      name: "sallyport",
      functionArn: FUNCTION,
      credentialsArn: "arn:aws:iam::111122223333:role/invoke",
    });
    expect(server.changes()[0]?.[2]).toEqual({
      name: "sallyport",
      authorizerType: "REQUEST",
      authorizerUri: URI,
      authorizerCredentialsArn: "arn:aws:iam::111122223333:role/invoke",
      identitySource: [],
    });
  });

  test("a taken name is the authorizer that is there", async () => {
    const { control } = await controlOf({
      ...changes,
      [`POST ${API}/authorizers`]: failure(
        400,
        "BadRequestException",
        "Authorizer name must be unique. Authorizer sallyport already exists in this RestApi.",
      ),
    });
    expect(await control.createAuthorizer({ name: "sallyport", functionArn: FUNCTION })).toBe("sal1");
  });

  test("an authorizer that API Gateway still holds is deleted a little later", async () => {
    const { control, pace } = await controlOf({
      ...changes,
      [`DELETE ${API}/authorizers/sal1`]: inTurn(
        failure(409, "ConflictException", "Cannot delete the authorizer while a deployment is going on"),
        { status: 204 },
      ),
    });
    await control.deleteAuthorizer("sal1");
    expect(pace.counts().DeleteAuthorizer).toBe(2);
  });

  test("a stage variable is set and emptied on its own: the others are not sent and stay", async () => {
    const { control, server } = await controlOf(changes);
    await control.setStageVariable("$default", "sallyport_enforce", "none");
    await control.setStageVariable("$default", "sallyport_enforce", undefined);
    expect(server.changes()).toEqual([
      ["PATCH", `${API}/stages/%24default`, { stageVariables: { sallyport_enforce: "none" } }],
      ["PATCH", `${API}/stages/%24default`, { stageVariables: { sallyport_enforce: "" } }],
    ]);
  });

  test("a deployment goes to its stage, which can be pointed back", async () => {
    const { control, server } = await controlOf(changes);
    expect(await control.deploy({ stage: "beta", description: "sallyport attach 1" })).toBe("d2");
    await control.pointStage("beta", "d1");
    await control.removeCanary("beta");
    expect(server.changes()).toEqual([
      ["POST", `${API}/deployments`, { stageName: "beta", description: "sallyport attach 1" }],
      ["PATCH", `${API}/stages/beta`, { deploymentId: "d1" }],
    ]);
  });

  test("what only REST has is refused, without a call", async () => {
    const { control, server } = await controlOf(changes);
    const nothing = { kind: "invalid", message: expect.stringMatching(/have no/) };
    const response = { type: "ACCESS_DENIED", parameters: {}, templates: {} };
    await expect(
      control.deploy({ stage: "beta", description: "x", canaryPercent: 10 }),
    ).rejects.toMatchObject(nothing);
    await expect(control.putGatewayResponse(response)).rejects.toMatchObject(nothing);
    await expect(control.deleteGatewayResponse("ACCESS_DENIED")).rejects.toMatchObject(nothing);
    expect(await control.testAuthorizer("sal1", {})).toBeUndefined();
    expect(server.requests).toEqual([]);
    await expect(control.setAuthorization("b", { type: "COGNITO_USER_POOLS" })).rejects.toMatchObject({
      kind: "invalid",
    });
    expect(server.changes()).toEqual([]);
  });

  test("cached verdicts are forgotten where there is a cache", async () => {
    const reset = `DELETE ${API}/stages/beta/cache/authorizers`;
    const http = await controlOf({ [reset]: { status: 204 } });
    await http.control.flushAuthorizerCache("beta");
    expect(http.server.lines()).toEqual([reset]);
    await http.server.close();
    const socket = await controlOf({}, "websocket");
    await socket.control.flushAuthorizerCache("beta");
    expect(socket.server.lines()).toEqual([]);
  });
});
