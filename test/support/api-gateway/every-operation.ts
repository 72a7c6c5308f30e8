import type { Shop } from "../shop/shop.ts";

export type Input = Readonly<Record<string, unknown>>;
/** One call: service, name of the operation, input, and what later calls need of the output. */
export type Step = readonly [
  service: string,
  name: string,
  input: () => Input,
  keep?: (output: Input) => void,
];

/** Every operation that is served, in an order in which each finds what it needs. */
export function everyOperation(shop: Shop): readonly Step[] {
  const ids = { resource: "", authorizer: "", deployment: "", route: "", v2Authorizer: "", v2Deployment: "" };
  const invokeUri = () =>
    `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${shop.authorizerArn}/invocations`;
  const rest = (more: Input = {}) => ({ restApiId: shop.rest.id, ...more });
  const http = (more: Input = {}) => ({ ApiId: shop.http.id, ...more });
  const method = () => rest({ resourceId: ids.resource, httpMethod: "GET" });
  const permission = { FunctionName: "stub-authorizer", StatementId: "test" };
  const patch = (op: string, path: string, value?: string) => ({ patchOperations: [{ op, path, value }] });
  return [
    [
      "lambda",
      "AddPermission",
      () => ({
        ...permission,
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
        SourceArn: "arn:aws:execute-api:*",
      }),
    ],
    ["lambda", "GetPolicy", () => ({ FunctionName: shop.authorizerArn })],
    ["apigateway", "GetRestApis", () => ({ limit: 10 })],
    ["apigateway", "GetRestApi", rest],
    ["apigateway", "UpdateRestApi", () => rest(patch("replace", "/description", "a shop"))],
    [
      "apigateway",
      "GetResources",
      () => rest({ embed: ["methods"], limit: 500 }),
      ({ items }) => {
        ids.resource =
          (items as { path: string; id: string }[]).find(({ path }) => path === "/orders")?.id ?? "";
      },
    ],
    ["apigateway", "GetResource", () => rest({ resourceId: ids.resource, embed: ["methods"] })],
    ["apigateway", "GetMethod", method],
    [
      "apigateway",
      "CreateAuthorizer",
      () =>
        rest({
          name: "sallyport",
          type: "REQUEST",
          authorizerUri: invokeUri(),
          authorizerResultTtlInSeconds: 0,
        }),
      ({ id }) => {
        ids.authorizer = String(id);
      },
    ],
    ["apigateway", "GetAuthorizers", rest],
    ["apigateway", "GetAuthorizer", () => rest({ authorizerId: ids.authorizer })],
    [
      "apigateway",
      "UpdateAuthorizer",
      () => rest({ authorizerId: ids.authorizer, ...patch("replace", "/authorizerResultTtlInSeconds", "0") }),
    ],
    [
      "apigateway",
      "TestInvokeAuthorizer",
      () =>
        rest({
          authorizerId: ids.authorizer,
          headers: { Authorization: "Bearer good" },
          stageVariables: { a: "b" },
        }),
    ],
    [
      "apigateway",
      "UpdateMethod",
      () => ({
        ...method(),
        patchOperations: [
          { op: "replace", path: "/authorizationType", value: "CUSTOM" },
          { op: "replace", path: "/authorizerId", value: ids.authorizer },
        ],
      }),
    ],
    [
      "apigateway",
      "PutGatewayResponse",
      () =>
        rest({
          responseType: "ACCESS_DENIED",
          statusCode: "403",
          responseParameters: { "gatewayresponse.header.X": "'y'" },
          responseTemplates: { "application/json": "{}" },
        }),
    ],
    ["apigateway", "GetGatewayResponses", rest],
    ["apigateway", "GetGatewayResponse", () => rest({ responseType: "ACCESS_DENIED" })],
    ["apigateway", "DeleteGatewayResponse", () => rest({ responseType: "ACCESS_DENIED" })],
    [
      "apigateway",
      "CreateDeployment",
      () =>
        rest({
          stageName: "prod",
          description: "canary",
          canarySettings: { percentTraffic: 10, stageVariableOverrides: { a: "b" } },
        }),
      ({ id }) => {
        ids.deployment = String(id);
      },
    ],
    ["apigateway", "GetDeployments", rest],
    ["apigateway", "GetDeployment", () => rest({ deploymentId: ids.deployment, embed: ["apisummary"] })],
    [
      "apigateway",
      "UpdateDeployment",
      () => rest({ deploymentId: ids.deployment, ...patch("replace", "/description", "other") }),
    ],
    ["apigateway", "GetStages", rest],
    ["apigateway", "GetStage", () => rest({ stageName: "prod" })],
    ["apigateway", "UpdateStage", () => rest({ stageName: "prod", ...patch("remove", "/canarySettings") })],
    ["apigateway", "FlushStageAuthorizersCache", () => rest({ stageName: "prod" })],
    [
      "apigateway",
      "CreateStage",
      () =>
        rest({ stageName: "more", deploymentId: ids.deployment, variables: { a: "b" }, tags: { c: "d" } }),
    ],
    ["apigateway", "DeleteStage", () => rest({ stageName: "more" })],
    ["apigateway", "DeleteDeployment", () => rest({ deploymentId: ids.deployment })],
    [
      "apigateway",
      "UpdateMethod",
      () => ({ ...method(), ...patch("replace", "/authorizationType", "NONE") }),
    ],
    ["apigateway", "DeleteAuthorizer", () => rest({ authorizerId: ids.authorizer })],
    ["apigateway", "GetDomainNames", () => ({})],
    ["apigateway", "GetBasePathMappings", () => ({ domainName: "shop.example.com" })],
    [
      "apigateway",
      "GetTags",
      () => ({ resourceArn: `arn:aws:apigateway:eu-central-1::/restapis/${shop.rest.id}` }),
    ],
    ["apigatewayv2", "GetApis", () => ({ MaxResults: "10" })],
    ["apigatewayv2", "GetApi", http],
    ["apigatewayv2", "UpdateApi", () => http({ DisableExecuteApiEndpoint: false })],
    [
      "apigatewayv2",
      "GetRoutes",
      http,
      ({ Items }) => {
        ids.route =
          (Items as { RouteKey: string; RouteId: string }[]).find(
            ({ RouteKey }) => RouteKey === "GET /orders",
          )?.RouteId ?? "";
      },
    ],
    ["apigatewayv2", "GetRoute", () => http({ RouteId: ids.route })],
    [
      "apigatewayv2",
      "CreateAuthorizer",
      () =>
        http({
          Name: "sallyport",
          AuthorizerType: "REQUEST",
          AuthorizerUri: invokeUri(),
          AuthorizerPayloadFormatVersion: "2.0",
          EnableSimpleResponses: true,
          AuthorizerResultTtlInSeconds: 0,
          IdentitySource: [],
        }),
      ({ AuthorizerId }) => {
        ids.v2Authorizer = String(AuthorizerId);
      },
    ],
    ["apigatewayv2", "GetAuthorizers", http],
    ["apigatewayv2", "GetAuthorizer", () => http({ AuthorizerId: ids.v2Authorizer })],
    [
      "apigatewayv2",
      "UpdateAuthorizer",
      () => http({ AuthorizerId: ids.v2Authorizer, AuthorizerResultTtlInSeconds: 0 }),
    ],
    [
      "apigatewayv2",
      "UpdateRoute",
      () => http({ RouteId: ids.route, AuthorizationType: "CUSTOM", AuthorizerId: ids.v2Authorizer }),
    ],
    ["apigatewayv2", "CreateDeployment", () => http({ StageName: "live", Description: "second" })],
    [
      "apigatewayv2",
      "CreateDeployment",
      () => http({ Description: "third" }),
      ({ DeploymentId }) => {
        ids.v2Deployment = String(DeploymentId);
      },
    ],
    ["apigatewayv2", "GetDeployments", http],
    ["apigatewayv2", "GetDeployment", () => http({ DeploymentId: ids.v2Deployment })],
    ["apigatewayv2", "DeleteDeployment", () => http({ DeploymentId: ids.v2Deployment })],
    ["apigatewayv2", "GetStages", http],
    ["apigatewayv2", "GetStage", () => http({ StageName: "$default" })],
    [
      "apigatewayv2",
      "UpdateStage",
      () => http({ StageName: "$default", StageVariables: { sallyport_enforce: "none" } }),
    ],
    ["apigatewayv2", "ResetAuthorizersCache", () => http({ StageName: "$default" })],
    [
      "apigatewayv2",
      "UpdateRoute",
      () => http({ RouteId: ids.route, AuthorizationType: "NONE", AuthorizerId: "" }),
    ],
    ["apigatewayv2", "DeleteAuthorizer", () => http({ AuthorizerId: ids.v2Authorizer })],
    ["apigatewayv2", "GetDomainNames", () => ({})],
    ["apigatewayv2", "GetApiMappings", () => ({ DomainName: "shop.example.com" })],
    [
      "apigatewayv2",
      "GetTags",
      () => ({ ResourceArn: `arn:aws:apigateway:eu-central-1::/apis/${shop.http.id}` }),
    ],
    ["lambda", "RemovePermission", () => permission],
  ];
}
