import {
  CreateAuthorizerCommand,
  GetAuthorizersCommand,
  GetMethodCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetStageCommand,
  type PatchOperation,
  type Resource,
  UpdateMethodCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import { GetRoutesCommand } from "@aws-sdk/client-apigatewayv2";
import { AddPermissionCommand, GetPolicyCommand, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { clientsOf, invokeUri } from "../../../support/api-gateway/shop-clients.ts";
import { type Shop, startShop } from "../../../support/shop/shop.ts";
import { REST_ROUTES } from "../../../support/shop/shop-template.ts";

let shop: Shop;
let restApiId: string;
let clients: ReturnType<typeof clientsOf>;

beforeAll(async () => {
  shop = await startShop();
  restApiId = shop.rest.id;
  clients = clientsOf(shop);
});
afterAll(() => shop.close());

const patchStage = (...patchOperations: PatchOperation[]) =>
  clients.rest.send(new UpdateStageCommand({ restApiId, stageName: "test", patchOperations }));

async function allResources(
  limit?: number,
): Promise<{ readonly pages: number; readonly items: readonly Resource[] }> {
  const items: Resource[] = [];
  for (let pages = 1, position: string | undefined; ; pages += 1) {
    const answer = await clients.rest.send(
      new GetResourcesCommand({
        restApiId,
        embed: ["methods"],
        ...(limit !== undefined && { limit }),
        position,
      }),
    );
    items.push(...(answer.items ?? []));
    if (answer.position === undefined) return { pages, items };
    position = answer.position;
  }
}

describe("pages", () => {
  test("hold every resource once, and with the methods 60 routes", async () => {
    const usual = await allResources();
    expect(usual.pages).toBe(2);
    shop.stack.control.limitPages(4);
    const small = await allResources(500);
    const routes = await clients.http.send(new GetRoutesCommand({ ApiId: shop.http.id }));
    shop.stack.control.limitPages(Number.POSITIVE_INFINITY);
    expect(small.pages).toBe(Math.ceil(usual.items.length / 4));
    expect(new Set(small.items.map(({ id }) => id))).toEqual(new Set(usual.items.map(({ id }) => id)));
    const verbs = usual.items.flatMap(({ resourceMethods = {} }) => Object.keys(resourceMethods));
    expect(verbs.filter((verb) => verb !== "OPTIONS")).toHaveLength(REST_ROUTES);
    expect([routes.Items?.length, typeof routes.NextToken]).toEqual([4, "string"]);
  });

  test("a paging mark that was never issued is refused", async () => {
    await expect(
      clients.rest.send(new GetResourcesCommand({ restApiId, position: "elsewhere" })),
    ).rejects.toMatchObject({ name: "BadRequestException" });
  });
});

describe("refusals", () => {
  test("name what is not there", async () => {
    await expect(clients.rest.send(new GetRestApiCommand({ restApiId: "nothere123" }))).rejects.toMatchObject(
      {
        name: "NotFoundException",
        message: "Invalid API identifier specified 000000000000:nothere123",
        $metadata: { httpStatusCode: 404 },
      },
    );
    await expect(
      clients.rest.send(new GetStageCommand({ restApiId, stageName: "nowhere" })),
    ).rejects.toMatchObject({ name: "NotFoundException" });
    await expect(clients.http.send(new GetRoutesCommand({ ApiId: "x" }))).rejects.toMatchObject({
      name: "NotFoundException",
    });
  });

  test.each<[string, PatchOperation]>([
    ["an unknown path", { op: "replace", path: "/nothing", value: "x" }],
    ["an operation that a path does not take", { op: "add", path: "/deploymentId", value: "x" }],
    ["a deployment that is not there", { op: "replace", path: "/deploymentId", value: "nope00" }],
    ["a variable's odd value", { op: "replace", path: "/variables/a", value: "a;b" }],
    ["a variable's odd name", { op: "replace", path: "/variables/a-b", value: "a" }],
    ["the removal of a variable that is not there", { op: "remove", path: "/variables/none" }],
    ["the removal of a canary that is not there", { op: "remove", path: "/canarySettings" }],
    [
      "a canary of more than everything",
      { op: "replace", path: "/canarySettings/percentTraffic", value: "101" },
    ],
    ["an operation that is none", { op: "test", path: "/description", value: "x" }],
  ])("a patch of %s, with nothing of it done", async (_, patch) => {
    const good: PatchOperation = { op: "replace", path: "/description", value: "half done" };
    const name = /deployment that is not/.test(_) ? "NotFoundException" : "BadRequestException";
    await expect(patchStage(good, patch)).rejects.toMatchObject({ name });
    const { description } = await clients.rest.send(new GetStageCommand({ restApiId, stageName: "test" }));
    expect(description).toBeUndefined();
  });

  test("a method cannot ask an authorizer that is not there", async () => {
    const { items } = await allResources(500);
    const resourceId = items.find(({ path }) => path === "/orders")?.id;
    const method = { restApiId, resourceId, httpMethod: "GET" };
    const patchOperations: PatchOperation[] = [
      { op: "replace", path: "/authorizationType", value: "CUSTOM" },
      { op: "replace", path: "/authorizerId", value: "nope00" },
    ];
    await expect(
      clients.rest.send(new UpdateMethodCommand({ ...method, patchOperations })),
    ).rejects.toMatchObject({
      name: "BadRequestException",
      message: /Invalid authorizer ID specified/,
    });
    expect(await clients.rest.send(new GetMethodCommand(method))).toMatchObject({
      authorizationType: "NONE",
    });
  });

  test("an API has ten authorizers at most, each with its own name", async () => {
    const create = (name: string) =>
      clients.rest.send(
        new CreateAuthorizerCommand({
          restApiId,
          name,
          type: "REQUEST",
          authorizerUri: invokeUri(shop.authorizerArn),
          authorizerResultTtlInSeconds: 0,
        }),
      );
    for (let i = 1; i <= 10; i += 1) expect((await create(`a${i}`)).id).toMatch(/^[a-z0-9]{6}$/);
    await expect(create("a1")).rejects.toMatchObject({ name: "BadRequestException" });
    await expect(create("a11")).rejects.toMatchObject({ name: "LimitExceededException" });
    const { items } = await clients.rest.send(new GetAuthorizersCommand({ restApiId }));
    expect(items).toHaveLength(10);
  });

  test("Lambda's policy has each statement once, and none where there is none", async () => {
    const statement = { FunctionName: "stub-authorizer", StatementId: "s1" };
    const add = new AddPermissionCommand({
      ...statement,
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: "arn:aws:execute-api:eu-central-1:000000000000:api/*",
    });
    const read = new GetPolicyCommand({ FunctionName: "stub-authorizer" });
    await expect(clients.lambda.send(read)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await clients.lambda.send(add);
    await expect(clients.lambda.send(add)).rejects.toMatchObject({ name: "ResourceConflictException" });
    expect(JSON.parse((await clients.lambda.send(read)).Policy ?? "")).toMatchObject({
      Statement: [
        {
          Sid: "s1",
          Effect: "Allow",
          Principal: { Service: "apigateway.amazonaws.com" },
          Action: "lambda:InvokeFunction",
          Resource: shop.authorizerArn,
          Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:execute-api:eu-central-1:000000000000:api/*" } },
        },
      ],
    });
    const remove = new RemovePermissionCommand(statement);
    await clients.lambda.send(remove);
    await expect(clients.lambda.send(remove)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(clients.lambda.send(new GetPolicyCommand({ FunctionName: "absent" }))).rejects.toMatchObject(
      {
        message: "Function not found: arn:aws:lambda:eu-central-1:000000000000:function:absent",
      },
    );
  });

  test("an alias has its own policy, as its function has", async () => {
    const [alias, source] = [
      `${shop.authorizerArn}:live`,
      "arn:aws:execute-api:eu-central-1:000000000000:api/x",
    ];
    const add = (FunctionName: string, more: object = {}) =>
      clients.lambda.send(
        new AddPermissionCommand({
          FunctionName,
          StatementId: "s2",
          Action: "lambda:InvokeFunction",
          Principal: "apigateway.amazonaws.com",
          ...more,
        }),
      );
    const may = () => [shop.authorizerArn, alias].map((arn) => shop.stack.control.mayInvoke(arn, source));
    await add("stub-authorizer", { SourceAccount: "111111111111" });
    expect(may()).toEqual([false, false]);
    await add("stub-authorizer", { Qualifier: "live", SourceArn: "arn:aws:execute-api:*:*:api/*" });
    expect(may()).toEqual([false, true]);
    await expect(add(alias)).rejects.toMatchObject({ name: "ResourceConflictException" });
    await expect(add("stub-authorizer", { Qualifier: "other" })).rejects.toMatchObject({
      message: `Function not found: ${shop.authorizerArn}:other`,
    });
  });
});
