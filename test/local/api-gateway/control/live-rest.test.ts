import {
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  DeleteAuthorizerCommand,
  DeleteDeploymentCommand,
  FlushStageAuthorizersCacheCommand,
  GetResourcesCommand,
  GetStageCommand,
  type PatchOperation,
  PutGatewayResponseCommand,
  TestInvokeAuthorizerCommand,
  UpdateAuthorizerCommand,
  UpdateMethodCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import { AddPermissionCommand, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { clientsOf, invokeUri, statusOf } from "../../../support/api-gateway/shop-clients.ts";
import { type Shop, startShop } from "../../../support/shop/shop.ts";

let shop: Shop;
let restApiId: string;
let clients: ReturnType<typeof clientsOf>;
let authorizerId = "";
let first = "";
const permission = { FunctionName: "stub-authorizer", StatementId: "sallyport-rest" };
const orders = (stage = "prod") => `${shop.rest.stageUrls[stage]}/orders`;
const statuses = async (stage?: string) => [
  await statusOf(orders(stage)),
  await statusOf(orders(stage), "good"),
];

const updateStage = (patchOperations: PatchOperation[]) =>
  clients.rest.send(new UpdateStageCommand({ restApiId, stageName: "prod", patchOperations }));

async function resourceId(path: string): Promise<string> {
  const { items = [] } = await clients.rest.send(new GetResourcesCommand({ restApiId, limit: 500 }));
  return items.find((item) => item.path === path)?.id ?? "";
}

async function guard(path: string, httpMethod = "GET"): Promise<void> {
  await clients.rest.send(
    new UpdateMethodCommand({
      restApiId,
      resourceId: await resourceId(path),
      httpMethod,
      patchOperations: [
        { op: "replace", path: "/authorizationType", value: "CUSTOM" },
        { op: "replace", path: "/authorizerId", value: authorizerId },
      ],
    }),
  );
}

beforeAll(async () => {
  shop = await startShop({ mixed: true });
  clients = clientsOf(shop);
  restApiId = shop.rest.id;
  const { id = "" } = await clients.rest.send(
    new CreateAuthorizerCommand({
      restApiId,
      name: "sallyport",
      type: "REQUEST",
      authorizerUri: invokeUri(shop.authorizerArn),
      authorizerResultTtlInSeconds: 0,
    }),
  );
  authorizerId = id;
  first = (await clients.rest.send(new GetStageCommand({ restApiId, stageName: "prod" }))).deploymentId ?? "";
});
afterAll(() => shop.close());

// These build on each other, as an attachment goes.

test("a change has no effect before a deployment, and then on its stage only", async () => {
  await guard("/orders");
  expect(await statuses()).toEqual([200, 200]);
  await clients.rest.send(new CreateDeploymentCommand({ restApiId, stageName: "prod" }));
  expect(await statuses("test")).toEqual([200, 200]);
  expect(await statuses()).toEqual([500, 500]);
});

test("an authorizer is invoked only while the function's policy allows it", async () => {
  const trial = new TestInvokeAuthorizerCommand({
    restApiId,
    authorizerId,
    headers: { Authorization: "Bearer good" },
  });
  expect(await clients.rest.send(trial)).toMatchObject({ clientStatus: 500 });
  const SourceArn = `arn:aws:execute-api:eu-central-1:000000000000:${restApiId}/authorizers/${authorizerId}`;
  const grant = { ...permission, Action: "lambda:InvokeFunction", Principal: "apigateway.amazonaws.com" };
  await clients.lambda.send(new AddPermissionCommand({ ...grant, SourceArn }));
  expect(await statuses()).toEqual([403, 200]);
  expect(await clients.rest.send(trial)).toMatchObject({
    clientStatus: 200,
    principalId: "someone",
    policy: expect.stringContaining('"Effect":"Allow"'),
  });
  await clients.lambda.send(new RemovePermissionCommand(permission));
  expect(await statuses()).toEqual([500, 500]);
  await clients.lambda.send(new AddPermissionCommand({ ...grant, SourceArn }));
  expect(await statusOf(orders(), "crash")).toBe(500);
});

test("a stage variable reaches the authorizer and the backend at once", async () => {
  await updateStage([{ op: "replace", path: "/variables/sallyport_enforce", value: "billing,admin" }]);
  const response = await fetch(orders(), { headers: { Authorization: "Bearer good" } });
  const { variables, caller } = (await response.json()) as {
    variables: object;
    caller: { variables: string };
  };
  const expected = { colour: "blue", sallyport_enforce: "billing,admin" };
  expect([variables, JSON.parse(caller.variables)]).toEqual([expected, expected]);
  await updateStage([{ op: "remove", path: "/variables/sallyport_enforce" }]);
  const { variables: left } = await clients.rest.send(new GetStageCommand({ restApiId, stageName: "prod" }));
  expect(left).toEqual({ colour: "blue" });
});

test("a gateway response counts from the next deployment on", async () => {
  const challenge = async () => (await fetch(orders())).headers.get("www-authenticate");
  await clients.rest.send(
    new PutGatewayResponseCommand({
      restApiId,
      responseType: "ACCESS_DENIED",
      responseParameters: { "gatewayresponse.header.WWW-Authenticate": "'Bearer'" },
    }),
  );
  expect(await challenge()).toBeNull();
  await clients.rest.send(new CreateDeploymentCommand({ restApiId, stageName: "prod" }));
  expect(await challenge()).toBe("Bearer");
});

test("a canary gets its share of the requests, and is promoted by a copy", async () => {
  await guard("/invoices");
  const canary = await clients.rest.send(
    new CreateDeploymentCommand({ restApiId, stageName: "prod", canarySettings: { percentTraffic: 20 } }),
  );
  const invoices = `${shop.rest.stageUrls.prod}/invoices`;
  const seen: number[] = [];
  for (let i = 0; i < 10; i += 1) seen.push(await statusOf(invoices));
  expect(seen.filter((status) => status === 403)).toHaveLength(2);
  await updateStage([
    { op: "copy", from: "/canarySettings/deploymentId", path: "/deploymentId" },
    { op: "remove", path: "/canarySettings" },
  ]);
  expect(await statusOf(invoices)).toBe(403);
  const stage = await clients.rest.send(new GetStageCommand({ restApiId, stageName: "prod" }));
  expect([stage.deploymentId, stage.canarySettings]).toEqual([canary.id, undefined]);
});

test("a stage can be pointed back to what it was", async () => {
  await expect(
    clients.rest.send(
      new DeleteDeploymentCommand({
        restApiId,
        deploymentId: (await clients.rest.send(new GetStageCommand({ restApiId, stageName: "prod" })))
          .deploymentId,
      }),
    ),
  ).rejects.toMatchObject({ name: "BadRequestException", message: /Active stages/ });
  await updateStage([{ op: "replace", path: "/deploymentId", value: first }]);
  expect(await statuses()).toEqual([200, 200]);
});

test("an authorizer that a method asks cannot be deleted", async () => {
  await expect(
    clients.rest.send(new DeleteAuthorizerCommand({ restApiId, authorizerId })),
  ).rejects.toMatchObject({
    name: "ConflictException",
    message: expect.stringMatching(/Cannot delete authorizer 'sallyport', is referenced in method: GET\/\//),
  });
});

test("verdicts that are kept for a while can be flushed", async () => {
  await clients.rest.send(
    new UpdateAuthorizerCommand({
      restApiId,
      authorizerId,
      patchOperations: [
        { op: "replace", path: "/identitySource", value: "method.request.header.Authorization" },
        { op: "replace", path: "/authorizerResultTtlInSeconds", value: "3600" },
      ],
    }),
  );
  await clients.rest.send(new CreateDeploymentCommand({ restApiId, stageName: "test" }));
  const asked: boolean[] = [];
  const end = shop.gateway.onRequest(({ authorizer }) => asked.push(authorizer?.cached === false));
  for (let i = 0; i < 2; i += 1) await statusOf(orders("test"), "good");
  await clients.rest.send(new FlushStageAuthorizersCacheCommand({ restApiId, stageName: "test" }));
  await statusOf(orders("test"), "good");
  end();
  expect(asked).toEqual([true, false, true]);
});

test.each([
  ["by-iam", 403],
  ["by-key", 403],
  ["by-pool", 401],
  ["by-other", 401],
])("a method that is protected by what the laptop has not refuses everyone: /%s", async (path, status) => {
  expect(await statusOf(`${shop.rest.stageUrls.prod}/${path}`, "good")).toBe(status);
});
