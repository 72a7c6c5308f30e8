import {
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  DeleteAuthorizerCommand,
  GetRoutesCommand,
  GetStageCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { clientsOf, invokeUri, statusOf } from "../../../support/api-gateway/shop-clients.ts";
import { type Shop, startShop } from "../../../support/shop/shop.ts";

let shop: Shop;
let clients: ReturnType<typeof clientsOf>;

beforeAll(async () => {
  shop = await startShop({ mixed: true });
  clients = clientsOf(shop);
});
afterAll(() => shop.close());

const at = (stage: string, path: string) => `${shop.http.stageUrls[stage]}${path}`;
const both = async (stage: string) => [
  await statusOf(at(stage, "/orders")),
  await statusOf(at(stage, "/orders"), "good"),
];

async function routeId(ApiId: string, key: string): Promise<string> {
  const { Items = [] } = await clients.http.send(new GetRoutesCommand({ ApiId }));
  return Items.find(({ RouteKey }) => RouteKey === key)?.RouteId ?? "";
}

test("a route takes effect at once where the stage deploys by itself, elsewhere with a deployment", async () => {
  const ApiId = shop.http.id;
  const { AuthorizerId = "" } = await clients.http.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: "sallyport",
      AuthorizerType: "REQUEST",
      AuthorizerUri: invokeUri(shop.authorizerArn),
      AuthorizerPayloadFormatVersion: "2.0",
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: [],
    }),
  );
  const RouteId = await routeId(ApiId, "GET /orders");
  const guarded = { ApiId, RouteId, AuthorizationType: "CUSTOM", AuthorizerId } as const;
  await clients.http.send(new UpdateRouteCommand(guarded));
  expect([await both("$default"), await both("live")]).toEqual([
    [500, 500],
    [200, 200],
  ]);
  await clients.lambda.send(
    new AddPermissionCommand({
      FunctionName: shop.authorizerArn,
      StatementId: "sallyport-http",
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: `arn:aws:execute-api:eu-central-1:000000000000:${ApiId}/authorizers/*`,
    }),
  );
  expect(await both("$default")).toEqual([403, 200]);
  await clients.http.send(new CreateDeploymentCommand({ ApiId, StageName: "live" }));
  expect(await both("live")).toEqual([403, 200]);
  await expect(
    clients.http.send(new CreateDeploymentCommand({ ApiId, StageName: "$default" })),
  ).rejects.toMatchObject({ name: "BadRequestException" });

  await expect(clients.http.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId }))).rejects.toMatchObject(
    {
      name: "ConflictException",
      message: "Cannot delete authorizer 'sallyport', is referenced in route: GET /orders",
    },
  );
  await clients.http.send(
    new UpdateRouteCommand({ ...guarded, AuthorizationType: "NONE", AuthorizerId: "" }),
  );
  await clients.http.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId }));
  expect(await both("$default")).toEqual([200, 200]);
  expect(await both("live")).toEqual([403, 200]);
});

test("stage variables are merged, reach functions at once, and an empty value takes one away", async () => {
  const stage = { ApiId: shop.http.id, StageName: "live" };
  const set = (StageVariables: Record<string, string>) =>
    clients.http.send(new UpdateStageCommand({ ...stage, StageVariables }));
  const seen = async () => {
    const response = await fetch(at("live", "/customers"));
    return ((await response.json()) as { variables: unknown }).variables;
  };
  await set({ sallyport_enforce: "none" });
  expect(await seen()).toEqual({ colour: "blue", sallyport_enforce: "none" });
  await set({ sallyport_enforce: "" });
  expect(await seen()).toEqual({ colour: "blue" });
  await expect(set({ sallyport_enforce: "a b" })).rejects.toMatchObject({ name: "BadRequestException" });
});

test.each([
  ["/by-jwt", 401],
  ["/by-iam", 403],
])("a route that is protected by what the laptop has not refuses everyone: %s", async (path, status) => {
  expect(await statusOf(at("$default", path), "good")).toBe(status);
});

test("of a WebSocket API only $connect can ask an authorizer", async () => {
  const ApiId = shop.chat.id;
  const { AuthorizerId = "" } = await clients.http.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: "sallyport",
      AuthorizerType: "REQUEST",
      AuthorizerUri: invokeUri(shop.authorizerArn),
      IdentitySource: [],
    }),
  );
  const ask = async (key: string) =>
    clients.http.send(
      new UpdateRouteCommand({
        ApiId,
        RouteId: await routeId(ApiId, key),
        AuthorizationType: "CUSTOM",
        AuthorizerId,
      }),
    );
  expect(await ask("$connect")).toMatchObject({ AuthorizationType: "CUSTOM", AuthorizerId });
  await expect(ask("send")).rejects.toMatchObject({ name: "BadRequestException", message: /\$connect/ });
  const before = await clients.http.send(new GetStageCommand({ ApiId, StageName: "prod" }));
  const { DeploymentId } = await clients.http.send(new CreateDeploymentCommand({ ApiId, StageName: "prod" }));
  const after = await clients.http.send(new GetStageCommand({ ApiId, StageName: "prod" }));
  expect([after.DeploymentId, after.DeploymentId === before.DeploymentId]).toEqual([DeploymentId, false]);
});
