import {
  boot,
  closeAll,
  guarded,
  guardedRoute,
  httpApi,
  httpAuthorizer,
  httpRoute,
  lambdaProxy,
  permission,
  resource,
  restApi,
  restAuthorizer,
  restMethod,
  type TemplateResource,
} from "../../../support/api-gateway/gateway-template.ts";

afterEach(closeAll);

const rest = (...more: readonly TemplateResource[]) => [...restApi(), ...restMethod("/", "GET"), ...more];
const method = (properties: Record<string, unknown>) => rest(...restMethod("/x", "GET", properties));
const authorizer = (properties: Record<string, unknown>) => rest(restAuthorizer(properties));
const http = (...more: readonly TemplateResource[]) => [...httpApi(), ...httpRoute("GET /"), ...more];
const integration = (properties: Record<string, unknown>) => http(...httpRoute("GET /x", {}, properties));
const gatewayResponse = (properties: Record<string, unknown>) =>
  rest(resource("response", "ApiGateway::GatewayResponse", { RestApiId: "rest1", ...properties }));
const mock = (template: string, properties: Record<string, unknown> = {}) =>
  method({
    Integration: {
      Type: "MOCK",
      RequestTemplates: { "application/json": template },
      IntegrationResponses: [{ StatusCode: "204", ...properties }],
    },
  });

const refused: readonly [string, readonly TemplateResource[], RegExp][] = [
  ["an unknown type", rest(resource("d", "ApiGateway::DomainName", {})), /DomainName d: .*does not support/],
  ["a REST API by OpenAPI", restApi({ Body: {} }), /Body is not supported/],
  ["a resource policy", restApi({ Policy: {} }), /resource policies/],
  ["an API without a stage", restApi().slice(0, 1), /no stage/],
  ["a stranger's authorizer", method(guarded), /must belong to this API/],
  ["an HTTP integration", method({ Integration: { Type: "HTTP_PROXY", Uri: "https://x" } }), /HTTP_PROXY/],
  ["no integration", method({ Integration: undefined }), /no integration/],
  [
    "an integration without a function",
    method({ Integration: { Type: "AWS_PROXY", Uri: "arn:x" } }),
    /does not name a Lambda/,
  ],
  [
    "request parameters that AWS ignores",
    method({
      Integration: {
        ...lambdaProxy("backend"),
        RequestParameters: { "integration.request.header.x-user-id": "context.authorizer.userId" },
      },
    }),
    /no effect on a Lambda proxy/,
  ],
  ["an unknown validator", method({ RequestValidatorId: "none" }), /request validator/],
  ["a cache without a key", authorizer({ AuthorizerResultTtlInSeconds: 1 }), /at least one identity source/],
  [
    "the default cache without a key",
    authorizer({ AuthorizerResultTtlInSeconds: undefined }),
    /identity source/,
  ],
  ["a cache of more than an hour", authorizer({ AuthorizerResultTtlInSeconds: 3601 }), /0 to 3600/],
  ["a TOKEN authorizer without a header", authorizer({ Type: "TOKEN" }), /one header/],
  ["an unknown identity source", authorizer({ IdentitySource: "request.body.x" }), /request\.body\.x/],
  [
    "an expression that is none",
    authorizer({
      Type: "TOKEN",
      IdentitySource: "method.request.header.A",
      IdentityValidationExpression: "(",
    }),
    /IdentityValidationExpression/,
  ],
  ["an unknown response type", gatewayResponse({ ResponseType: "TEAPOT" }), /TEAPOT/],
  ["a response status", gatewayResponse({ ResponseType: "ACCESS_DENIED", StatusCode: "999" }), /999/],
  [
    "a response parameter",
    gatewayResponse({
      ResponseType: "ACCESS_DENIED",
      ResponseParameters: { "gatewayresponse.header.x": "unquoted" },
    }),
    /unquoted/,
  ],
  ["a mock in Velocity", mock('#set($x = 1)\n{"statusCode": 200}'), /statusCode and nothing more/],
  ["a mock without a status", mock("{}"), /statusCode/],
  [
    "a mock's header from a body",
    mock('{"statusCode": 200}', {
      ResponseParameters: { "method.response.header.x": "integration.response.body" },
    }),
    /integration\.response\.body/,
  ],
  ["a WebSocket API", httpApi({ ProtocolType: "WEBSOCKET" }), /WEBSOCKET/],
  ["a quick-create API", httpApi({ Target: "arn:x" }), /Target/],
  ["simple responses in 1.0", http(httpAuthorizer({ AuthorizerPayloadFormatVersion: "1.0" })), /format 2\.0/],
  [
    "an HTTP cache without a key",
    http(httpAuthorizer({ AuthorizerResultTtlInSeconds: 9 })),
    /identity source/,
  ],
  ["a stranger's HTTP authorizer", http(...httpRoute("GET /x", guardedRoute)), /must belong to this API/],
  ["a route key", http(...httpRoute("get /x")), /route key "get \/x"/],
  ["a target", http(...httpRoute("GET /x", { Target: "integrations/none" })), /must be an integration/],
  ["a payload format", integration({ PayloadFormatVersion: "3.0" }), /must be 1\.0 or 2\.0/],
  ["an HTTP proxy", integration({ IntegrationType: "HTTP_PROXY" }), /only Lambda/],
  [
    "a reserved header",
    integration({ RequestParameters: { "overwrite:header.Authorization": "x" } }),
    /reserved/,
  ],
  ["a mapping key", integration({ RequestParameters: { "overwrite:body": "x" } }), /overwrite:body/],
  [
    "a mapping value",
    integration({ RequestParameters: { "append:header.x": "$request.body.x" } }),
    /not supported/,
  ],
];

test.each(refused)("%s stops the boot and says where", async (_name, resources, message) => {
  await expect(boot(resources)).rejects.toThrow(message);
});

describe("permissions", () => {
  const api = "arn:aws:execute-api:eu-central-1:123456789012";
  const guardedRest = [
    ...restApi(),
    restAuthorizer(),
    ...restMethod("/orders/{id}", "GET", guarded),
    ...restMethod("/any", "ANY"),
  ];
  const guardedHttp = [
    ...httpApi(),
    httpAuthorizer(),
    ...httpRoute("GET /orders/{id}", guardedRoute),
    ...httpRoute("$default"),
  ];
  const bootWith = (resources: readonly TemplateResource[], ...permissions: readonly TemplateResource[]) =>
    boot(resources, {}, Date.now, { permissions });

  test("as CDK grants them suffice", async () => {
    await bootWith(
      guardedRest,
      permission("authorizer", `${api}:rest1/authorizers/auth1`),
      permission("backend", `${api}:rest1/prod/GET/orders/*`),
      permission("backend", `${api}:rest1/prod/*/any`),
    );
    await bootWith(
      guardedHttp,
      permission("authorizer", `${api}:http1/authorizers/auth2`),
      permission("backend", `${api}:http1/*/*/orders/*`),
      permission("backend", `${api}:http1/*/*`),
    );
  });

  test.each([
    ["the REST authorizer", guardedRest, permission("backend"), /authorizers\/auth1 invoke .*authorizer/],
    ["the REST backend", guardedRest, permission("authorizer"), /prod\/GET\/orders\/\* invoke .*backend/],
    ["the HTTP authorizer", guardedHttp, permission("backend"), /authorizers\/auth2 invoke/],
    ["the HTTP backend", guardedHttp, permission("authorizer"), /GET\/orders\/\* invoke/],
  ])("missing for %s stop the boot", async (_name, resources, only, message) => {
    await expect(bootWith(resources, only)).rejects.toThrow(message);
  });
});

test("a port that is taken leaves nothing behind", async () => {
  const { gateway } = await boot(rest());
  const port = Number(new URL(gateway.apis[0]?.url ?? "").port);
  await expect(boot([...rest(), ...http()], {}, Date.now, { ports: { Http: port } })).rejects.toThrow(
    /EADDRINUSE/,
  );
  await gateway.close();
  const again = await boot(http(), {}, Date.now, { ports: { Http: port } });
  expect(again.url).toBe(`http://127.0.0.1:${port}`);
});
