import {
  APIGatewayClient,
  GetRestApiCommand,
  GetStageCommand,
  type PatchOperation,
  UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import { GetPolicyCommand } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { clientsOf } from "../../../support/api-gateway/shop-clients.ts";
import { clientConfig } from "../../../support/shop/clients.ts";
import { type Shop, startShop } from "../../../support/shop/shop.ts";

let shop: Shop;
let restApiId: string;
let clients: ReturnType<typeof clientsOf>;

beforeAll(async () => {
  shop = await startShop();
  restApiId = shop.rest.id;
  clients = clientsOf(shop);
});
afterEach(() => shop.faults.clear());
afterAll(() => shop.close());

const patchStage = (...patchOperations: PatchOperation[]) =>
  clients.rest.send(new UpdateStageCommand({ restApiId, stageName: "test", patchOperations }));

const read = () => clients.rest.send(new GetRestApiCommand({ restApiId }));
const describeStage = (value: string) => patchStage({ op: "replace", path: "/description", value });
const description = async () =>
  (await clients.rest.send(new GetStageCommand({ restApiId, stageName: "test" }))).description;

test("the nth call is throttled, and every call is counted", async () => {
  const before = shop.calls().length;
  shop.faults.add({ operation: "GetRestApi", nth: 2, effect: { kind: "throttle" } });
  await read();
  await expect(read()).rejects.toMatchObject({
    name: "TooManyRequestsException",
    message: "Too Many Requests",
  });
  await read();
  const calls = shop.calls().slice(before);
  expect(calls.map(({ service, name, status }) => [service, name, status])).toEqual([
    ["apigateway", "GetRestApi", 200],
    ["apigateway", "GetRestApi", 429],
    ["apigateway", "GetRestApi", 200],
  ]);
});

test("a denial names the action and the resource, in every protocol", async () => {
  const end = shop.faults.add({ effect: { kind: "deny" } });
  await expect(describeStage("denied")).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:iam::000000000000:user/laptop is not authorized to perform: apigateway:PATCH on resource: arn:aws:apigateway:eu-central-1::/restapis/${restApiId}/stages/test because no identity-based policy allows the apigateway:PATCH action`,
  });
  await expect(
    clients.lambda.send(new GetPolicyCommand({ FunctionName: "stub-authorizer" })),
  ).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: /lambda:GetPolicy on resource: arn:aws:lambda:/,
  });
  const sts = new STSClient(clientConfig(shop.stack.control.endpoint));
  await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
  end();
  expect(await description()).toBeUndefined();
});

test("a connection is cut before or after the effect", async () => {
  shop.faults.add({ operation: "UpdateStage", nth: 1, effect: { kind: "reset", when: "before" } });
  shop.faults.add({ operation: "UpdateStage", nth: 2, effect: { kind: "reset", when: "after" } });
  await expect(describeStage("first")).rejects.toThrow();
  expect(await description()).toBeUndefined();
  await expect(describeStage("second")).rejects.toThrow();
  expect(await description()).toBe("second");
});

test("a call may fail, be late, or come after somebody else's", async () => {
  shop.faults.add({ service: "apigateway", nth: 1, effect: { kind: "fail" } });
  await expect(read()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  shop.faults.clear();
  shop.faults.add({ effect: { kind: "delay", milliseconds: 200 } });
  const hasty = new APIGatewayClient({
    ...clientConfig(shop.stack.control.endpoint),
    requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true },
  });
  await expect(hasty.send(new GetRestApiCommand({ restApiId }))).rejects.toMatchObject({
    name: "TimeoutError",
  });
  shop.faults.clear();
  const other = new APIGatewayClient(clientConfig(shop.stack.control.endpoint));
  const run = async () => {
    shop.faults.clear();
    const patchOperations: PatchOperation[] = [{ op: "replace", path: "/description", value: "theirs" }];
    await other.send(new UpdateStageCommand({ restApiId, stageName: "test", patchOperations }));
  };
  shop.faults.add({ operation: "GetStage", nth: 1, effect: { kind: "interrupt", run } });
  expect(await description()).toBe("theirs");
});
