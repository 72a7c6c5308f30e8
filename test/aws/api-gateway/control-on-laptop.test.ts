import { createApiControl } from "../../../aws/api-gateway/api-control.ts";
import { createInvokePermission, createLambdaClient } from "../../../aws/api-gateway/invoke-permission.ts";
import type { ApiState, RouteAuthorization } from "../../../domain/attach/api-state.ts";
import type { ApiControl } from "../../../domain/attach/control.ts";
import { hastyPace } from "../../support/aws/recording-server.ts";
import { type Shop, type ShopApi, startShop } from "../../support/shop/shop.ts";

let shop: Shop;
const before = { ...process.env };
beforeAll(async () => {
  shop = await startShop({ mixed: true, ownedByStack: true });
  Object.assign(process.env, shop.environment);
});
afterAll(async () => {
  for (const name of Object.keys(shop.environment)) {
    const value = before[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await shop.close();
});
afterEach(() => shop.faults.clear());

async function open({ id }: ShopApi) {
  const { pace, observed } = hastyPace();
  const { accountId, region } = shop.stack.template;
  const { control, kind } = await createApiControl({
    address: { accountId, region, apiId: id },
    partition: "aws",
    pace,
  });
  const permission = createInvokePermission(createLambdaClient({ region }), pace, shop.authorizerArn);
  return { control, kind, pace, observed, permission };
}

const routeOf = (api: ApiState, key: string) => {
  const route = api.routes.find((one) => one.key === key);
  if (route === undefined) throw new Error(`no route ${key}`);
  return route;
};
const authorizationsOf = (api: ApiState): ReadonlyMap<string, RouteAuthorization> =>
  new Map(api.routes.map(({ key, authorization }) => [key, authorization]));
/** Without what API Gateway counts on its own: each deployment is a new one. */
const settingsOf = (api: ApiState) => ({
  ...api,
  deployments: [],
  stages: api.stages.map(({ deploymentId, ...stage }) => stage),
});
const statusOf = async (url: string | undefined, token?: string) =>
  (await fetch(url ?? "", { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }))
    .status;

/**
 * Guards every route that asks for nothing, and one of each other kind, then puts all of it back.
 */
async function thereAndBack(control: ApiControl, others: readonly string[]) {
  const found = await control.read();
  const authorizerId = await control.createAuthorizer({
    name: "sallyport",
    functionArn: shop.authorizerArn,
  });
  const keys = found.routes
    .filter(({ key, authorization }) => authorization.type === "NONE" || others.includes(key))
    .map(({ key }) => key);
  for (const key of keys)
    await control.setAuthorization(routeOf(found, key).id, { type: "CUSTOM", authorizerId });
  const guarded = authorizationsOf(await control.read());
  for (const key of keys) expect(guarded.get(key)).toEqual({ type: "CUSTOM", authorizerId });
  for (const key of keys)
    await control.setAuthorization(routeOf(found, key).id, routeOf(found, key).authorization);
  await control.deleteAuthorizer(authorizerId);
  expect(settingsOf(await control.read())).toEqual(settingsOf(found));
}

test("a REST API's routes, scopes and all, are as they were after a change there and back", async () => {
  const { control, kind, pace } = await open(shop.rest);
  expect(kind).toBe("rest");
  await thereAndBack(control, ["GET /by-iam", "GET /by-pool", "GET /by-other"]);
  expect(pace.counts().GetMethod).toBeUndefined();
});

test("an HTTP API's routes are as they were after a change there and back", async () => {
  const { control, kind } = await open(shop.http);
  expect(kind).toBe("http");
  await thereAndBack(control, ["GET /by-jwt", "GET /by-iam"]);
});

test("a WebSocket API's $connect is as it was after a change there and back", async () => {
  const { control, kind } = await open(shop.chat);
  expect(kind).toBe("websocket");
  const found = await control.read();
  const connect = routeOf(found, "$connect");
  const authorizerId = await control.createAuthorizer({
    name: "sallyport",
    functionArn: shop.authorizerArn,
  });
  await control.setAuthorization(connect.id, { type: "CUSTOM", authorizerId });
  expect(routeOf(await control.read(), "$connect").authorization).toEqual({ type: "CUSTOM", authorizerId });
  await control.setAuthorization(connect.id, connect.authorization);
  await control.deleteAuthorizer(authorizerId);
  expect(settingsOf(await control.read())).toEqual(settingsOf(found));
});

test("a REST API is guarded by a canary, then wholly, and freed again", async () => {
  const { control, permission } = await open(shop.rest);
  const found = await control.read();
  const prod = () => `${shop.rest.stageUrls.prod}/orders`;
  const authorizerId = await control.createAuthorizer({
    name: "sallyport",
    functionArn: shop.authorizerArn,
  });
  expect(await control.testAuthorizer(authorizerId, {})).toMatchObject({ status: 500 });
  const source = `arn:aws:execute-api:${found.region}:${found.accountId}:${found.id}/authorizers/*`;
  await permission.grant("sallyport-shop", source);
  await permission.grant("sallyport-shop", source);
  expect(await permission.find("sallyport-shop")).toBe(source);
  expect(await control.testAuthorizer(authorizerId, {})).toMatchObject({ status: 200 });

  const orders = routeOf(found, "GET /orders");
  await control.setAuthorization(orders.id, { type: "CUSTOM", authorizerId });
  const canary = await control.deploy({
    stage: "prod",
    description: "sallyport attach 1",
    canaryPercent: 10,
  });
  const second = await control.deploy({
    stage: "prod",
    description: "sallyport attach 2",
    canaryPercent: 30,
  });
  const stageOf = (api: ApiState) => api.stages.find(({ name }) => name === "prod");
  const trying = stageOf(await control.read());
  expect(trying?.canary).toEqual({ deploymentId: second, percent: 30 });
  expect(trying?.deploymentId).toBe(stageOf(found)?.deploymentId);
  expect(trying?.deployedRoutes?.["GET /orders"]?.type).toBe("NONE");

  const whole = await control.deploy({ stage: "prod", description: "sallyport attach 3" });
  const guarded = stageOf(await control.read());
  expect(guarded).toMatchObject({ deploymentId: whole });
  expect(guarded?.canary).toBeUndefined();
  expect(guarded?.deployedRoutes?.["GET /orders"]?.type).toBe("CUSTOM");
  expect([await statusOf(prod()), await statusOf(prod(), "good")]).toEqual([403, 200]);
  await control.flushAuthorizerCache("prod");

  await control.setAuthorization(orders.id, orders.authorization);
  await control.pointStage("prod", stageOf(found)?.deploymentId ?? "");
  expect(await statusOf(prod())).toBe(200);
  for (const id of [canary, second, whole]) await control.deleteDeployment(id);
  await control.deleteAuthorizer(authorizerId);
  await permission.revoke("sallyport-shop");
  expect(await permission.find("sallyport-shop")).toBeUndefined();
  expect(await control.read()).toEqual(found);
});

test.each(["rest", "http"] as const)(
  "a stage variable of the %s API leaves the others alone",
  async (name) => {
    const { control } = await open(shop[name]);
    const stage = name === "rest" ? "prod" : "live";
    const variables = async () => (await control.read()).stages.find((one) => one.name === stage)?.variables;
    await control.setStageVariable(stage, "sallyport_enforce", "billing,admin");
    expect(await variables()).toEqual({ colour: "blue", sallyport_enforce: "billing,admin" });
    await control.setStageVariable(stage, "sallyport_enforce", undefined);
    await control.setStageVariable(stage, "sallyport_enforce", undefined);
    expect(await variables()).toEqual({ colour: "blue" });
  },
);

test("a gateway response comes and goes", async () => {
  const { control } = await open(shop.rest);
  const found = await control.read();
  const response = {
    type: "ACCESS_DENIED",
    statusCode: "401",
    parameters: { "gatewayresponse.header.WWW-Authenticate": "context.authorizer.wwwAuthenticate" },
    templates: { "application/json": '{"message":$context.error.messageString}' },
  };
  await control.putGatewayResponse(response);
  expect((await control.read()).gatewayResponses).toEqual([...found.gatewayResponses, response]);
  await control.deleteGatewayResponse("ACCESS_DENIED");
  await control.deleteGatewayResponse("ACCESS_DENIED");
  expect(await control.read()).toEqual(found);
});

test.each(["rest", "http"] as const)(
  "an authorizer of the %s API whose making was not answered is made once",
  async (name) => {
    const { control } = await open(shop[name]);
    const found = await control.read();
    shop.faults.add({
      operation: "CreateAuthorizer",
      nth: 1,
      effect: { kind: "reset", when: "after" },
    });
    const id = await control.createAuthorizer({ name: "sallyport", functionArn: shop.authorizerArn });
    const { authorizers } = await control.read();
    expect(authorizers.filter((one) => one.name === "sallyport").map((one) => one.id)).toEqual([id]);
    expect(authorizers).toHaveLength(found.authorizers.length + 1);
    await control.deleteAuthorizer(id);
  },
);

test("a grant whose answer was lost is granted", async () => {
  const { permission } = await open(shop.rest);
  shop.faults.add({ operation: "AddPermission", nth: 1, effect: { kind: "reset", when: "after" } });
  await permission.grant("sallyport-lost", "arn:aws:execute-api:eu-central-1:000000000000:x/authorizers/*");
  shop.faults.add({ operation: "RemovePermission", nth: 1, effect: { kind: "reset", when: "after" } });
  await permission.revoke("sallyport-lost");
  expect(await permission.find("sallyport-lost")).toBeUndefined();
});

test("small pages, throttling and denied domains end in the same state", async () => {
  const { control } = await open(shop.rest);
  const found = await control.read();
  shop.stack.control.limitPages(7);
  shop.faults.add({ operation: "GetResources", nth: 2, effect: { kind: "throttle" } });
  shop.faults.add({ operation: "GetDeployments", nth: 1, effect: { kind: "fail" } });
  expect(await control.read()).toEqual(found);
  shop.faults.add({ operation: "GetDomainNames", effect: { kind: "deny" } });
  expect(await control.read()).toEqual({
    ...found,
    unread: [{ part: "mutual-tls-domains", why: expect.stringContaining("apigateway:GET") }],
  });
  shop.stack.control.limitPages(Number.POSITIVE_INFINITY);
});

test("an id that the laptop does not have is reported with the places that were searched", async () => {
  await expect(open({ ...shop.rest, id: "nothere" })).rejects.toMatchObject({
    kind: "not-found",
    message: expect.stringContaining('"nothere"'),
  });
});
