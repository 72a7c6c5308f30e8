import { createIdentityClient, readCallerIdentity } from "../../../../aws/api-gateway/caller-identity.ts";
import { createInvokePermission, createLambdaClient } from "../../../../aws/api-gateway/invoke-permission.ts";
import type { ApiState } from "../../../../domain/attach/api-state.ts";
import type { ApiControl } from "../../../../domain/attach/control.ts";
import { configuration, routeOf, stageOf } from "../../../support/api-gateway/adapter-state.ts";
import { MOTO_URL, open, pace, step } from "../../../support/api-gateway/adapter-step.ts";
import type { AdapterWorld } from "../../../support/api-gateway/adapter-world.ts";
import { createLaptopWorld } from "../../../support/api-gateway/laptop-world.ts";
import { MOTO_COMPLEMENTED } from "../../../support/api-gateway/moto-differs.ts";
import { createMotoWorld } from "../../../support/api-gateway/moto-world.ts";

let world: AdapterWorld;

beforeAll(async () => {
  world = MOTO_URL === undefined ? await createLaptopWorld() : await createMotoWorld(MOTO_URL);
});
afterAll(() => world.close());

step("STS tells the account", async () => {
  const client = createIdentityClient({ region: world.region });
  expect(await readCallerIdentity(client, pace)).toMatchObject({ accountId: world.accountId });
});

step("an API that is not there is not found", async () => {
  const nowhere = { ...world.rest, apiId: "abcdefghij" };
  await expect(open(nowhere)).rejects.toMatchObject({ kind: "not-found" });
});

step("a statement of the function's policy is added once, found and removed", async () => {
  const permission = createInvokePermission(
    createLambdaClient({ region: world.region }),
    pace,
    world.functionArn,
  );
  const source = `arn:aws:execute-api:${world.region}:${world.accountId}:${world.rest.apiId}/authorizers/*`;
  expect(await permission.find("sallyport-test")).toBeUndefined();
  await permission.grant("sallyport-test", source);
  await permission.grant("sallyport-test", source);
  expect(await permission.find("sallyport-test")).toBe(source);
  await permission.revoke("sallyport-test");
  await permission.revoke("sallyport-test");
  expect(await permission.find("sallyport-test")).toBeUndefined();
});

describe("REST", () => {
  let control: ApiControl;
  let before: ApiState;
  let authorizerId = "";
  beforeAll(async () => {
    control = await open(world.rest);
    before = await control.read();
  });

  step("REST: read tells methods, stages and what is deployed", async () => {
    expect(before).toMatchObject({
      kind: "rest",
      id: world.rest.apiId,
      authorizers: [],
      gatewayResponses: [],
    });
    expect(routeOf(before, "GET /orders/{id}").authorization).toEqual({ type: "NONE" });
    expect(stageOf(before, "prod")?.deploymentId).toBe(before.deployments[0]?.id);
  });

  step("REST: read tells what a deployment asks of callers", async () => {
    const deployed = stageOf(before, "prod")?.deployedRoutes ?? {};
    expect(deployed["GET /orders"]).toEqual({ type: "NONE", apiKeyRequired: false });
  });

  step("REST: an authorizer is made", async () => {
    authorizerId = await control.createAuthorizer({ name: "sallyport", functionArn: world.functionArn });
    expect((await control.read()).authorizers).toEqual([
      {
        id: authorizerId,
        name: "sallyport",
        type: "REQUEST",
        functionArn: world.functionArn,
        ttlSeconds: 0,
        identitySources: [],
      },
    ]);
  });

  step("REST: a method asks the authorizer, and no more", async () => {
    const { id } = routeOf(before, "GET /orders");
    await control.setAuthorization(id, { type: "CUSTOM", authorizerId });
    expect(routeOf(await control.read(), "GET /orders").authorization).toEqual({
      type: "CUSTOM",
      authorizerId,
    });
    await control.setAuthorization(id, { type: "NONE" });
    expect(routeOf(await control.read(), "GET /orders").authorization).toEqual({ type: "NONE" });
  });

  step("REST: a gateway response is set and taken back", async () => {
    const response = {
      type: "ACCESS_DENIED",
      statusCode: "403",
      parameters: { "gatewayresponse.header.X-Test": "'x'" },
      templates: { "application/json": '{"message":$context.error.messageString}' },
    };
    await control.putGatewayResponse(response);
    expect((await control.read()).gatewayResponses).toEqual([response]);
    await control.deleteGatewayResponse("ACCESS_DENIED");
    expect((await control.read()).gatewayResponses).toEqual([]);
  });

  step("REST: a gateway response that is gone is no error", async () => {
    await control.deleteGatewayResponse("ACCESS_DENIED");
  });

  step("REST: a stage variable is set and taken back", async () => {
    const variables = stageOf(before, "prod")?.variables;
    await control.setStageVariable("prod", "sallyport_enforce", "none");
    expect(stageOf(await control.read(), "prod")?.variables).toEqual({
      ...variables,
      sallyport_enforce: "none",
    });
    await control.setStageVariable("prod", "sallyport_enforce", undefined);
    expect(stageOf(await control.read(), "prod")?.variables).toEqual(variables);
  });

  step("REST: a deployment is made, and the stage pointed back", async () => {
    const id = await control.deploy({ stage: "prod", description: "sallyport attach test" });
    const deployed = await control.read();
    expect(stageOf(deployed, "prod")?.deploymentId).toBe(id);
    expect(deployed.deployments).toContainEqual({ id, description: "sallyport attach test" });
    await control.pointStage("prod", stageOf(before, "prod")?.deploymentId ?? "");
    await control.deleteDeployment(id);
    await control.deleteDeployment(id);
    expect((await control.read()).stages).toEqual(before.stages);
  });

  step("REST: a canary is made and removed", async () => {
    const id = await control.deploy({
      stage: "prod",
      description: "sallyport attach canary",
      canaryPercent: 10,
    });
    const stage = stageOf(await control.read(), "prod");
    expect([stage?.canary, stage?.deploymentId]).toEqual([
      { deploymentId: id, percent: 10 },
      stageOf(before, "prod")?.deploymentId,
    ]);
    await control.removeCanary("prod");
    expect(stageOf(await control.read(), "prod")?.canary).toBeUndefined();
    await control.deleteDeployment(id);
  });

  step("REST: the cache of verdicts is flushed", () => control.flushAuthorizerCache("prod"));

  step("REST: the authorizer is tried", async () => {
    expect((await control.testAuthorizer(authorizerId, {}))?.status).toBeGreaterThanOrEqual(200);
  });

  step("REST: an authorizer that is asked is not deleted", async () => {
    const { id } = routeOf(before, "GET /orders");
    await control.setAuthorization(id, { type: "CUSTOM", authorizerId });
    await expect(control.deleteAuthorizer(authorizerId)).rejects.toMatchObject({ kind: "conflict" });
  });

  step("REST: all of it is put back as it was", async () => {
    for (const key of ["GET /orders", "POST /orders", "GET /orders/{id}"])
      await control.setAuthorization(routeOf(before, key).id, { type: "CUSTOM", authorizerId });
    const now = await control.read();
    const ours = now.routes.filter(({ authorization }) => authorization.authorizerId === authorizerId);
    expect(ours).toHaveLength(3);
    for (const { id, key } of ours) await control.setAuthorization(id, routeOf(before, key).authorization);
    await control.deleteAuthorizer(authorizerId);
    await control.deleteAuthorizer(authorizerId);
    expect(configuration(await control.read())).toEqual(configuration(before));
  });

  step("REST: an authorizer is deleted", async () => {
    const id = await control.createAuthorizer({ name: "other", functionArn: world.functionArn });
    await control.deleteAuthorizer(id);
    expect((await control.read()).authorizers.map(({ name }) => name)).not.toContain("other");
  });

  step("REST: an authorizer that is gone is no error", () => control.deleteAuthorizer("abc123"));
});

describe.each([
  ["HTTP", "GET /orders", "live"],
  ["WebSocket", "$connect", "prod"],
] as const)("%s", (kind, key, stage) => {
  let control: ApiControl;
  let before: ApiState;
  let authorizerId = "";
  beforeAll(async () => {
    control = await open(kind === "HTTP" ? world.http : world.chat);
    before = await control.read();
  });

  step(`${kind}: read tells routes and stages`, async () => {
    expect(before).toMatchObject({ kind: kind.toLowerCase(), authorizers: [] });
    expect(routeOf(before, key).authorization).toEqual({ type: "NONE" });
    expect(stageOf(before, stage)).toMatchObject({ autoDeploy: false });
  });

  step(`${kind}: an authorizer is made`, async () => {
    authorizerId = await control.createAuthorizer({ name: "sallyport", functionArn: world.functionArn });
    expect((await control.read()).authorizers).toMatchObject([
      { id: authorizerId, name: "sallyport", type: "REQUEST", functionArn: world.functionArn, ttlSeconds: 0 },
    ]);
  });

  step(`${kind}: a route asks the authorizer, and no more`, async () => {
    const { id } = routeOf(before, key);
    await control.setAuthorization(id, { type: "CUSTOM", authorizerId });
    expect(routeOf(await control.read(), key).authorization).toEqual({ type: "CUSTOM", authorizerId });
    await control.setAuthorization(id, { type: "NONE" });
    expect(routeOf(await control.read(), key).authorization).toEqual({ type: "NONE" });
  });

  step(`${kind}: a stage variable is set`, async () => {
    const variables = stageOf(before, stage)?.variables;
    await control.setStageVariable(stage, "sallyport_enforce", "none");
    expect(stageOf(await control.read(), stage)?.variables).toEqual({
      ...variables,
      sallyport_enforce: "none",
    });
  });

  step(`${kind}: a stage variable is taken back`, async () => {
    await control.setStageVariable(stage, "sallyport_enforce", undefined);
    expect(stageOf(await control.read(), stage)?.variables).toEqual(stageOf(before, stage)?.variables);
  });

  step(`${kind}: a deployment is made, and the stage pointed back`, async () => {
    const id = await control.deploy({ stage, description: "sallyport attach test" });
    expect(stageOf(await control.read(), stage)?.deploymentId).toBe(id);
    await control.pointStage(stage, stageOf(before, stage)?.deploymentId ?? "");
    await control.deleteDeployment(id);
    await control.deleteDeployment(id);
    expect((await control.read()).deployments).not.toContainEqual(expect.objectContaining({ id }));
  });

  step(`${kind}: the cache of verdicts is flushed, where there is one`, () =>
    control.flushAuthorizerCache(stage),
  );

  step(`${kind}: all of it is put back as it was`, async () => {
    await control.deleteAuthorizer(authorizerId);
    await control.deleteAuthorizer(authorizerId);
    expect(configuration(await control.read())).toEqual(configuration(before));
  });
});

test("nothing had to be answered beside the implementation but what is known", () => {
  expect(world.complemented()).toEqual(MOTO_URL === undefined ? [] : MOTO_COMPLEMENTED);
});
