import type { ControlCall, Faults } from "../../../local/api-gateway/control/faults.ts";
import { type Gateway, startGateway } from "../../../local/api-gateway/data/gateway.ts";
import { bootStack, type LocalStack } from "../../../local/boot.ts";
import { type Fixture, functionResource, writeAssembly } from "./assembly.ts";
import { SHOP_BACKEND, type ShopTemplateOptions, shopTemplate } from "./shop-template.ts";

/** One API of the shop. */
export interface ShopApi {
  readonly id: string;
  readonly name: string;
  /** Where each stage answers; none of a WebSocket API, which the laptop does not serve */
  readonly stageUrls: Readonly<Record<string, string>>;
}

/** The shop's APIs on the laptop, their control plane, and an authorizer function beside them. */
export interface Shop {
  readonly stack: LocalStack;
  readonly gateway: Gateway;
  readonly rest: ShopApi;
  readonly http: ShopApi;
  readonly chat: ShopApi;
  /** ARN of the authorizer function, which no one may invoke yet */
  readonly authorizerArn: string;
  /** Has the keys of the risk table */
  readonly tableName: string;
  /**
   * AWS_ENDPOINT_URL_*, the Region and credentials: the environment of a command that is to work on
   * the shop
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly calls: () => readonly ControlCall[];
  readonly faults: Faults;
  readonly close: () => Promise<void>;
}

export interface ShopOptions extends ShopTemplateOptions {
  /**
   * Keeps the tags by which CloudFormation marks an API as a stack's.
   * @default false
   */
  readonly ownedByStack?: boolean;
}

/** Allows `Bearer good`, and in either format puts the stage's variables into the context. */
const STUB_AUTHORIZER = `
  export const handler = async (event) => {
    const headers = Object.fromEntries(Object.entries(event.headers ?? {}).map(([k, v]) => [k.toLowerCase(), v]));
    if (headers.authorization === "Bearer crash") throw new Error("crash");
    const good = headers.authorization === "Bearer good";
    const context = { variables: JSON.stringify(event.stageVariables ?? {}) };
    if (event.version === "2.0") return { isAuthorized: good, context };
    const Statement = [{ Action: "execute-api:Invoke", Effect: good ? "Allow" : "Deny", Resource: event.methodArn }];
    return { principalId: "someone", policyDocument: { Version: "2012-10-17", Statement }, context };
  };`;

const TABLE = {
  Type: "AWS::DynamoDB::Table",
  Properties: {
    TableName: "shop-sallyport",
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "S" },
    ],
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
  },
};

/**
 * Starts the shop with a small function as the authorizer, within a second: it allows `Bearer good`
 * and nothing else.
 */
export async function startShop(options: ShopOptions = {}): Promise<Shop> {
  const stub = {
    StubAuthorizer: functionResource("stub", { FunctionName: "stub-authorizer" }),
    StubAlias: {
      Type: "AWS::Lambda::Alias",
      Properties: { FunctionName: { Ref: "StubAuthorizer" }, FunctionVersion: "1", Name: "live" },
    },
    SallyportTable: TABLE,
  };
  const resources = { ...shopTemplate(options), ...stub };
  const assembly = writeAssembly(
    { Shop: { Resources: resources } },
    { backend: SHOP_BACKEND, stub: STUB_AUTHORIZER },
  );
  return openShop(assembly, options, "stub-authorizer", {}, []);
}

/** Boots the stacks of an assembly that holds the shop and an authorizer, and serves its APIs. */
export async function openShop(
  assembly: Fixture,
  options: ShopOptions,
  authorizer: string,
  environment: Readonly<Record<string, string>>,
  after: readonly (() => Promise<void>)[],
): Promise<Shop> {
  // More processes than processors only make each other late.
  const stack = await bootStack({ assemblyDir: assembly.dir, environment, processLimit: 2 });
  const gateway = await startGateway({
    template: stack.template,
    invoke: stack.functions.invoke,
    configurations: stack.configurations,
    mayInvoke: stack.control.mayInvoke,
    webSocketApis: "left out",
  });
  const { rest, http } = stack.configurations;
  const all = [...rest.values(), ...http.values()];
  if (options.ownedByStack !== true) for (const api of all) api.tags = {};
  const apiOf = (wanted: string): ShopApi => {
    const api = all.find(({ name }) => name === wanted);
    if (api === undefined) throw new Error(`The template has no API ${wanted}`);
    const served = gateway.apis.find(({ apiId }) => apiId === api.apiId);
    const origin = served === undefined ? undefined : new URL(served.url).origin;
    const stages = origin === undefined ? [] : [...api.stages.keys()];
    const urls = stages.map((name) => [name, name === "$default" ? origin : `${origin}/${name}`]);
    return { id: api.apiId, name: wanted, stageUrls: Object.fromEntries(urls) };
  };
  const endpoints = stack.endpoints.map(({ variable, url }) => [variable, url]);
  const functions = stack.template.ofType("AWS::Lambda::Function");
  const authorizerFunction = functions.find((one) =>
    one.logicalId.toLowerCase().includes(authorizer.replace("-", "")),
  );
  const [table] = [
    ...stack.template.ofType("AWS::DynamoDB::GlobalTable"),
    ...stack.template.ofType("AWS::DynamoDB::Table"),
  ];
  if (authorizerFunction === undefined || table === undefined)
    throw new Error("The template has no authorizer or no table");
  return {
    stack,
    gateway,
    rest: apiOf("shop-rest"),
    http: apiOf("shop-http"),
    chat: apiOf("shop-chat"),
    authorizerArn: stack.template.arn(authorizerFunction),
    tableName: stack.template.physicalId(table),
    environment: {
      ...Object.fromEntries(endpoints),
      AWS_REGION: stack.template.region,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
    calls: stack.control.calls,
    faults: stack.control.faults,
    close: async () => {
      await gateway.close();
      await stack.close();
      assembly.remove();
      for (const end of after) await end();
    },
  };
}
