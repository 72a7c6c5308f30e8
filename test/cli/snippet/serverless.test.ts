import { ARN, document, fragment, ROLE } from "../../support/cli/fragment.ts";

const serverless = (api: string, ...flags: string[]) =>
  document("--for", "serverless", "--api", api, ...flags);

test("a REST route asks an authorizer of our own, and its preflights stay open", async () => {
  const { functions, resources } = await serverless("rest", "--route", "GET /orders");
  expect(functions.yourFunction.events[0].http).toMatchObject({
    method: "get",
    path: "/orders",
    cors: { origin: "*" },
    authorizer: { type: "CUSTOM", authorizerId: { Ref: "SallyportAuthorizer" } },
  });
  const { SallyportAuthorizer, SallyportPermission, ...responses } = resources.Resources;
  expect(SallyportAuthorizer.Properties).toMatchObject({ Type: "REQUEST", AuthorizerResultTtlInSeconds: 0 });
  expect(SallyportAuthorizer.Properties.IdentitySource).toBeUndefined();
  expect(SallyportPermission.Properties.SourceArn.Sub).toContain(`\${ApiGatewayRestApi}/authorizers/`);
  expect(Object.keys(responses)).toHaveLength(6);
});

test("the stage variable that the framework cannot set is a command that a shell reads right", async () => {
  expect(await fragment("--for", "serverless", "--api", "rest", "--enforce", "admin,billing")).toContain(
    `value='"admin,billing"'`,
  );
});

test("an HTTP API never caches, and has the permission for its one authorizer", async () => {
  const { provider, functions, resources } = await serverless("http", "--route", "ANY /orders");
  expect(provider.httpApi.authorizers.sallyport).toEqual({
    type: "request",
    functionArn: "{{resolve:ssm:/sallyport/authorizer-arn}}",
    payloadVersion: "2.0",
    enableSimpleResponses: true,
    resultTtlInSeconds: 0,
    managedExternally: true,
  });
  expect(functions.yourFunction.events[0].httpApi).toMatchObject({
    method: "*",
    authorizer: { name: "sallyport" },
  });
  expect(resources.Resources.SallyportPermission.Properties.SourceArn.Sub).toContain(
    `/authorizers/\${HttpApiAuthorizerSallyport}`,
  );
  expect(resources.extensions.HttpApiStage.Properties.StageVariables).toEqual({ sallyport_enforce: "all" });
});

test("an HTTP API elsewhere has the role and no empty section", async () => {
  const { resources } = await serverless(
    "http",
    ...["--authorizer", ARN, "--elsewhere", "--credentials-role", ROLE],
  );
  expect(Object.keys(resources)).toEqual(["extensions"]);
  expect(resources.extensions.HttpApiAuthorizerSallyport.Properties).toEqual({
    AuthorizerCredentialsArn: ROLE,
  });
});

test("a WebSocket API's $connect is extended, since the framework has no name for our authorizer", async () => {
  const { resources } = await serverless("websocket");
  expect(resources.extensions.SconnectWebsocketsRoute.Properties).toEqual({
    AuthorizationType: "CUSTOM",
    AuthorizerId: { Ref: "SallyportAuthorizer" },
  });
});
