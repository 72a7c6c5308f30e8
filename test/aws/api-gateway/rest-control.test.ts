import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { createRestControl } from "../../../aws/api-gateway/rest-control.ts";
import {
  type Answers,
  failure,
  hastyPace,
  inTurn,
  refusal,
  startRecordingServer,
} from "../../support/aws/recording-server.ts";
import { clientConfig } from "../../support/shop/clients.ts";

const API = "/restapis/a1b2c3";
const FUNCTION = "arn:aws-cn:lambda:cn-north-1:999988887777:function:sallyport";
const URI = `arn:aws-cn:apigateway:cn-north-1:lambda:path/2015-03-31/functions/${FUNCTION}/invocations`;

let server: Awaited<ReturnType<typeof startRecordingServer>> | undefined;
afterEach(() => server?.close());

async function controlOf(answers: Answers) {
  server = await startRecordingServer(answers);
  const client = new APIGatewayClient(clientConfig(server.endpoint));
  const { pace } = hastyPace();
  const address = { accountId: "111122223333", region: "eu-central-1", apiId: "a1b2c3" };
  const mutualTls = () => Promise.resolve({ domains: [] as const });
  const control = createRestControl({ client, pace, address, partition: "aws", mutualTls });
  return { server, control, pace };
}

const METHOD = `${API}/resources/r1/methods/GET`;
const cognito = { type: "COGNITO_USER_POOLS", authorizerId: "cog1", scopes: ["read", "write"] } as const;
const patch = (op: string, path: string, value?: string) => ({
  op,
  path,
  ...(value !== undefined && { value }),
});

describe("authorization of a method", () => {
  const open = { body: { httpMethod: "GET", authorizationType: "NONE" } };
  const byCognito = {
    body: {
      httpMethod: "GET",
      authorizationType: cognito.type,
      authorizerId: cognito.authorizerId,
      authorizationScopes: cognito.scopes,
    },
  };

  test.each([
    [
      "an open method gets an authorizer",
      open,
      { type: "CUSTOM", authorizerId: "sal1" } as const,
      [patch("replace", "/authorizationType", "CUSTOM"), patch("replace", "/authorizerId", "sal1")],
    ],
    [
      "an authorizer is taken away by an empty id",
      { body: { httpMethod: "GET", authorizationType: "CUSTOM", authorizerId: "sal1" } },
      { type: "NONE" } as const,
      [patch("replace", "/authorizationType", "NONE"), patch("replace", "/authorizerId", "")],
    ],
    [
      "scopes go with the authorizer that asked for them",
      byCognito,
      { type: "CUSTOM", authorizerId: "sal1" } as const,
      [
        patch("replace", "/authorizationType", "CUSTOM"),
        patch("replace", "/authorizerId", "sal1"),
        patch("remove", "/authorizationScopes", "read"),
        patch("remove", "/authorizationScopes", "write"),
      ],
    ],
    [
      "and come back with it",
      { body: { httpMethod: "GET", authorizationType: "CUSTOM", authorizerId: "sal1" } },
      cognito,
      [
        patch("replace", "/authorizationType", "COGNITO_USER_POOLS"),
        patch("replace", "/authorizerId", "cog1"),
        patch("add", "/authorizationScopes", "read"),
        patch("add", "/authorizationScopes", "write"),
      ],
    ],
    [
      "only what differs of the scopes is touched",
      byCognito,
      { ...cognito, scopes: ["admin", "read"] },
      [
        patch("replace", "/authorizationType", "COGNITO_USER_POOLS"),
        patch("replace", "/authorizerId", "cog1"),
        patch("remove", "/authorizationScopes", "write"),
        patch("add", "/authorizationScopes", "admin"),
      ],
    ],
    [
      "IAM needs no authorizer",
      open,
      { type: "AWS_IAM" } as const,
      [patch("replace", "/authorizationType", "AWS_IAM")],
    ],
  ])("%s", async (_what, found, to, patchOperations) => {
    const { control, server } = await controlOf({
      [`GET ${METHOD}`]: found,
      [`PATCH ${METHOD}`]: { body: {} },
    });
    await control.setAuthorization("r1/GET", to);
    expect(server.changes()).toEqual([["PATCH", METHOD, { patchOperations }]]);
  });

  const READ: Answers = {
    [`GET ${API}`]: { body: { id: "a1b2c3", name: "orders" } },
    [`GET ${API}/resources`]: {
      body: { item: [{ id: "r1", path: "/", resourceMethods: { GET: byCognito.body } }] },
    },
    [`GET ${API}/authorizers`]: { body: { item: [] } },
    [`GET ${API}/gatewayresponses`]: { body: { item: [] } },
    [`GET ${API}/deployments`]: { body: { item: [] } },
    [`GET ${API}/stages`]: { body: { item: [] } },
  };

  test("after a read, one call changes a method, and remembers what it is now", async () => {
    const { control, pace, server } = await controlOf({ ...READ, [`PATCH ${METHOD}`]: { body: {} } });
    await control.read();
    await control.setAuthorization("r1/GET", { type: "CUSTOM", authorizerId: "sal1" });
    await control.setAuthorization("r1/GET", cognito);
    expect(pace.counts()).toMatchObject({ UpdateMethod: 2 });
    expect(pace.counts().GetMethod).toBeUndefined();
    expect(server.changes().at(-1)?.[2]).toMatchObject({
      patchOperations: expect.arrayContaining([patch("add", "/authorizationScopes", "read")]),
    });
  });

  test("somebody else's change since the read does not stop it", async () => {
    const { control, server } = await controlOf({
      ...READ,
      [`GET ${METHOD}`]: open,
      [`PATCH ${METHOD}`]: inTurn(failure(400, "BadRequestException", "Invalid patch path"), { body: {} }),
    });
    await control.read();
    await control.setAuthorization("r1/GET", { type: "AWS_IAM" });
    expect(server.changes().at(-1)).toEqual([
      "PATCH",
      METHOD,
      { patchOperations: [patch("replace", "/authorizationType", "AWS_IAM")] },
    ]);
  });
});

describe("authorizers", () => {
  const create = `POST ${API}/authorizers`;
  const spec = { name: "sallyport", functionArn: FUNCTION };
  const there = { id: "sal1", name: "sallyport", type: "REQUEST", authorizerUri: URI };

  test("one is made for every request: no identity source, no cache", async () => {
    const { control, server } = await controlOf({ [create]: { status: 201, body: { id: "sal1" } } });
    expect(await control.createAuthorizer(spec)).toBe("sal1");
    expect(
      await control.createAuthorizer({ ...spec, credentialsArn: "arn:aws-cn:iam::111122223333:role/invoke" }),
    ).toBe("sal1");
    const body = {
      name: "sallyport",
      type: "REQUEST",
      authorizerUri: URI,
      authorizerResultTtlInSeconds: 0,
    };
    expect(server.changes()).toEqual([
      ["POST", `${API}/authorizers`, body],
      [
        "POST",
        `${API}/authorizers`,
        { ...body, authorizerCredentials: "arn:aws-cn:iam::111122223333:role/invoke" },
      ],
    ]);
  });

  test("one that an attempt made without our hearing of it is the one", async () => {
    const taken = "Authorizer name must be unique. Authorizer sallyport already exists in this RestApi.";
    const { control } = await controlOf({
      [create]: inTurn(
        failure(500, "InternalFailure", "Internal"),
        failure(400, "BadRequestException", taken),
      ),
      [`GET ${API}/authorizers`]: { body: { item: [there] } },
    });
    expect(await control.createAuthorizer(spec)).toBe("sal1");
  });

  test("another function's of the same name is not", async () => {
    const { control } = await controlOf({
      [create]: failure(400, "BadRequestException", "Authorizer name must be unique."),
      [`GET ${API}/authorizers`]: {
        body: { item: [{ ...there, authorizerUri: URI.replace("9999", "0000") }] },
      },
    });
    await expect(control.createAuthorizer(spec)).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("must be unique"),
    });
  });

  test("the eleventh is reported as over the limit, without trying again", async () => {
    const { control, pace } = await controlOf({
      [create]: failure(
        429,
        "LimitExceededException",
        "Maximum number of Authorizers for this API has been reached. Please contact AWS if you need additional Authorizers.",
      ),
      [`GET ${API}/authorizers`]: { body: { item: [there] } },
    });
    await expect(control.createAuthorizer(spec)).rejects.toMatchObject({
      kind: "limit-exceeded",
      next: expect.stringContaining("at most 10 authorizers"),
    });
    expect(pace.counts().CreateAuthorizer).toBe(1);
  });

  test("one in use is not deleted, one that is gone is no error", async () => {
    const path = `DELETE ${API}/authorizers/sal1`;
    const inUse = "Cannot delete authorizer 'sallyport'. Authorizer is referenced in method: / - GET";
    const { control, pace } = await controlOf({ [path]: failure(409, "ConflictException", inUse) });
    await expect(control.deleteAuthorizer("sal1")).rejects.toMatchObject({ kind: "conflict" });
    expect(pace.counts().DeleteAuthorizer).toBe(1);
    await control.deleteAuthorizer("gone");
  });

  test("a trial sends headers but no token, and tells status and time only", async () => {
    const { control, server } = await controlOf({
      [`POST ${API}/authorizers/sal1`]: {
        body: { clientStatus: 200, latency: 41, log: "secret", policy: "{}", principalId: "x" },
      },
    });
    expect(await control.testAuthorizer("sal1", { sallyport_enforce: "none" })).toEqual({
      status: 200,
      milliseconds: 41,
    });
    expect(server.requests[0]?.body).toEqual({
      headers: { "User-Agent": "sallyport attach" },
      multiValueHeaders: { "User-Agent": ["sallyport attach"] },
      pathWithQueryString: "/",
      stageVariables: { sallyport_enforce: "none" },
    });
  });
});

describe("stages and deployments", () => {
  const stage = `${API}/stages/prod`;
  const plain = { body: { stageName: "prod", deploymentId: "d1", variables: { table: "orders" } } };
  const withCanary = {
    body: { ...plain.body, canarySettings: { deploymentId: "d0", percentTraffic: 5 } },
  };
  const answers = (found: object): Answers => ({
    [`GET ${stage}`]: found,
    [`PATCH ${stage}`]: { body: {} },
    [`POST ${API}/deployments`]: { status: 201, body: { id: "d2" } },
  });
  const pointed = patch("replace", "/deploymentId", "d2");
  const spec = { stage: "prod", description: "sallyport attach 1" };

  test("a variable is set on its own", async () => {
    const { control, server } = await controlOf(answers(plain));
    await control.setStageVariable("prod", "sallyport_enforce", "billing,admin");
    expect(server.changes()).toEqual([
      [
        "PATCH",
        stage,
        { patchOperations: [patch("replace", "/variables/sallyport_enforce", "billing,admin")] },
      ],
    ]);
  });

  test("a variable is removed where it is there", async () => {
    const { control, server } = await controlOf(answers(plain));
    await control.setStageVariable("prod", "table", undefined);
    await control.setStageVariable("prod", "sallyport_enforce", undefined);
    expect(server.changes()).toEqual([
      ["PATCH", stage, { patchOperations: [patch("remove", "/variables/table")] }],
    ]);
  });

  test("a deployment for all traffic is made first and pointed to then", async () => {
    const { control, server } = await controlOf(answers(plain));
    expect(await control.deploy(spec)).toBe("d2");
    expect(server.changes()).toEqual([
      ["POST", `${API}/deployments`, { description: spec.description }],
      ["PATCH", stage, { patchOperations: [pointed] }],
    ]);
  });

  test("a canary on the stage ends with it", async () => {
    const { control, server } = await controlOf(answers(withCanary));
    await control.deploy(spec);
    expect(server.changes()[1]).toEqual([
      "PATCH",
      stage,
      { patchOperations: [pointed, patch("remove", "/canarySettings")] },
    ]);
  });

  test("a canary is made with its deployment", async () => {
    const { control, server } = await controlOf(answers(plain));
    expect(await control.deploy({ ...spec, canaryPercent: 10 })).toBe("d2");
    expect(server.changes()).toEqual([
      [
        "POST",
        `${API}/deployments`,
        { stageName: "prod", description: spec.description, canarySettings: { percentTraffic: 10 } },
      ],
    ]);
  });

  test("a canary that is there gets the new deployment", async () => {
    const { control, server } = await controlOf(answers(withCanary));
    await control.deploy({ ...spec, canaryPercent: 10 });
    expect(server.changes()).toEqual([
      ["POST", `${API}/deployments`, { description: spec.description }],
      [
        "PATCH",
        stage,
        {
          patchOperations: [
            patch("replace", "/canarySettings/deploymentId", "d2"),
            patch("replace", "/canarySettings/percentTraffic", "10"),
          ],
        },
      ],
    ]);
  });

  test("a canary is removed where it is there", async () => {
    const first = await controlOf(answers(plain));
    await first.control.removeCanary("prod");
    expect(first.server.changes()).toEqual([]);
    await first.server.close();
    const { control, server } = await controlOf(answers(withCanary));
    await control.removeCanary("prod");
    expect(server.changes()).toEqual([
      ["PATCH", stage, { patchOperations: [patch("remove", "/canarySettings")] }],
    ]);
  });

  test("cached verdicts are forgotten, and a deployment deleted, one that is gone too", async () => {
    const { control, server } = await controlOf({
      [`DELETE ${stage}/cache/authorizers`]: { status: 202 },
      [`DELETE ${API}/deployments/d2`]: { status: 202 },
    });
    await control.flushAuthorizerCache("prod");
    await control.deleteDeployment("d2");
    await control.deleteDeployment("gone");
    expect(server.lines()).toEqual([
      `DELETE ${stage}/cache/authorizers`,
      `DELETE ${API}/deployments/d2`,
      `DELETE ${API}/deployments/gone`,
    ]);
  });
});

test("a gateway response is put whole, and taken back to the default", async () => {
  const { control, server } = await controlOf({
    [`PUT ${API}/gatewayresponses/ACCESS_DENIED`]: { status: 201, body: {} },
    [`DELETE ${API}/gatewayresponses/ACCESS_DENIED`]: { status: 202 },
  });
  await control.putGatewayResponse({
    type: "ACCESS_DENIED",
    statusCode: "401",
    parameters: { "gatewayresponse.header.WWW-Authenticate": "context.authorizer.wwwAuthenticate" },
    templates: { "application/json": '{"message":$context.error.messageString}' },
  });
  await control.deleteGatewayResponse("ACCESS_DENIED");
  await control.deleteGatewayResponse("UNAUTHORIZED");
  expect(server.changes()[0]).toEqual([
    "PUT",
    `${API}/gatewayresponses/ACCESS_DENIED`,
    {
      statusCode: "401",
      responseParameters: { "gatewayresponse.header.WWW-Authenticate": "context.authorizer.wwwAuthenticate" },
      responseTemplates: { "application/json": '{"message":$context.error.messageString}' },
    },
  ]);
});

test("a missing permission is named, with what it is missing on", async () => {
  const resource = "arn:aws:apigateway:eu-central-1::/restapis/a1b2c3/resources/r1/methods/GET";
  const { control } = await controlOf({
    [`GET ${METHOD}`]: { body: { httpMethod: "GET", authorizationType: "NONE" } },
    [`PATCH ${METHOD}`]: refusal("apigateway:PATCH", resource),
  });
  await expect(
    control.setAuthorization("r1/GET", { type: "CUSTOM", authorizerId: "s" }),
  ).rejects.toMatchObject({
    kind: "access-denied",
    action: "apigateway:PATCH",
    resource,
    message: `AWS does not allow UpdateMethod: the IAM action apigateway:PATCH on ${resource} is missing.`,
  });
});
