import { Match, Template } from "aws-cdk-lib/assertions";
import { REST_DENIAL_STATUS } from "../../../contract/gateway.ts";
import { resourcesOf, synthesize } from "../../support/lib/synthesize.ts";

const demo = Template.fromStack(
  synthesize({ demo: true, cors: { allowOrigin: "https://app.example.com" } }).demo!,
);
const RESOURCES = ["orders", "billing", "admin", "users", "export"];

test("without `demo` there is no demo stack", () => {
  expect(synthesize().demo).toBeUndefined();
});

test("the REST API has every resource and what is below it, each behind the authorizer", () => {
  const methods = Object.values(resourcesOf(demo, "AWS::ApiGateway::Method")).map(
    ({ Properties }) => Properties,
  );
  const open = methods.filter(({ AuthorizationType }) => AuthorizationType !== "CUSTOM");
  expect(
    open.every(({ HttpMethod, Integration }) => HttpMethod === "OPTIONS" && Integration.Type === "MOCK"),
  ).toBe(true);
  const guarded = methods.filter(({ AuthorizationType }) => AuthorizationType === "CUSTOM");
  expect(guarded).toHaveLength(RESOURCES.length * 2 * 2);
  expect(guarded.every(({ AuthorizerId }) => AuthorizerId !== undefined)).toBe(true);
  const parts = Object.values(resourcesOf(demo, "AWS::ApiGateway::Resource")).map(
    ({ Properties }) => Properties.PathPart,
  );
  expect(parts.toSorted()).toEqual(["api", ...RESOURCES, ...RESOURCES.map(() => "{proxy+}")].toSorted());
});

test("the HTTP API has the same routes, each behind the authorizer", () => {
  const routes = Object.values(resourcesOf(demo, "AWS::ApiGatewayV2::Route")).map(
    ({ Properties }) => Properties,
  );
  const expected = RESOURCES.flatMap((name) =>
    ["GET", "POST"].flatMap((method) => [`${method} /api/${name}`, `${method} /api/${name}/{proxy+}`]),
  );
  expect(routes.map(({ RouteKey }) => RouteKey).toSorted()).toEqual(expected.toSorted());
  expect(routes.every(({ AuthorizationType }) => AuthorizationType === "CUSTOM")).toBe(true);
});

test("neither authorizer caches or needs a token to be asked", () => {
  demo.hasResourceProperties("AWS::ApiGateway::Authorizer", {
    Type: "REQUEST",
    AuthorizerResultTtlInSeconds: 0,
    IdentitySource: Match.absent(),
  });
  demo.hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
    AuthorizerResultTtlInSeconds: 0,
    EnableSimpleResponses: true,
    IdentitySource: [],
  });
});

test("the HTTP integration overwrites the identity headers, so callers cannot send them", () => {
  demo.hasResourceProperties("AWS::ApiGatewayV2::Integration", {
    PayloadFormatVersion: "2.0",
    RequestParameters: {
      "overwrite:header.x-user-issuer": "$context.authorizer.issuer",
      "overwrite:header.x-user-id": "$context.authorizer.userId",
      "overwrite:header.x-user-roles": "$context.authorizer.roles",
      "overwrite:header.x-device-trust": "$context.authorizer.deviceTrust",
    },
  });
});

describe("gateway responses", () => {
  test("a denial is a challenge with the authorizer's words", () => {
    const [denied] = Object.values(
      demo.findResources("AWS::ApiGateway::GatewayResponse", {
        Properties: { ResponseType: "ACCESS_DENIED" },
      }),
    );
    expect(denied?.Properties.StatusCode).toBe(String(REST_DENIAL_STATUS));
    expect(denied?.Properties.ResponseParameters["gatewayresponse.header.WWW-Authenticate"]).toBe(
      "context.authorizer.wwwAuthenticate",
    );
    expect(JSON.parse(denied?.Properties.ResponseTemplates["application/json"])).toEqual({
      error: "$context.authorizer.error",
      reason: "$context.authorizer.reason",
      challenge: "$context.authorizer.challenge",
      sessionId: "$context.authorizer.sessionId",
      decisionId: "$context.authorizer.decisionId",
    });
  });

  test.each([
    ["ACCESS_DENIED", "401"],
    ["UNAUTHORIZED", "401"],
    ["AUTHORIZER_FAILURE", "500"],
    ["AUTHORIZER_CONFIGURATION_ERROR", "500"],
    ["DEFAULT_4XX", undefined],
    ["DEFAULT_5XX", undefined],
  ])("%s carries CORS headers", (ResponseType, StatusCode) => {
    demo.hasResourceProperties("AWS::ApiGateway::GatewayResponse", {
      ResponseType,
      StatusCode: StatusCode ?? Match.absent(),
      ResponseParameters: Match.objectLike({
        "gatewayresponse.header.Access-Control-Allow-Origin": "'https://app.example.com'",
        "gatewayresponse.header.Access-Control-Expose-Headers": "'WWW-Authenticate,DPoP-Nonce'",
      }),
    });
  });

  test("are part of the deployment: it waits for each of them", () => {
    const [deployment] = Object.values(demo.findResources("AWS::ApiGateway::Deployment"));
    expect(deployment?.DependsOn).toEqual(
      expect.arrayContaining(Object.keys(demo.findResources("AWS::ApiGateway::GatewayResponse"))),
    );
  });
});

test("logs of the demo go with it", () => {
  demo.allResources("AWS::Logs::LogGroup", { DeletionPolicy: "Delete", Properties: { RetentionInDays: 7 } });
});
