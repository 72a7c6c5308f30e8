import { Duration, Lazy } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { HttpApi, HttpMethod, WebSocketApi } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration, WebSocketMockIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import {
  httpAuthorizer,
  restAuthorizer,
  webSocketAuthorizer,
} from "../../../lib/attach/gateway-authorizers.ts";
import { SynthesisError } from "../../../lib/synthesis-error.ts";
import { complaint, ordersSite, restApi, withoutBoundTokens } from "../../support/lib/orders-site.ts";

describe("a REST API", () => {
  test("asks about every request, with or without a token", () => {
    const { stack, authorizer } = ordersSite();
    restApi(stack, restAuthorizer(stack, "Authorizer", { authorizer }));
    Template.fromStack(stack).hasResourceProperties("AWS::ApiGateway::Authorizer", {
      Type: "REQUEST",
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: Match.absent(),
    });
  });

  test("caches under the complete key if configured to", () => {
    const { app, stack, authorizer } = ordersSite(withoutBoundTokens());
    restApi(
      stack,
      restAuthorizer(stack, "Authorizer", {
        authorizer,
        resultCacheTtl: Duration.seconds(5),
        geo: "database",
        boundTokens: "refused",
      }),
    );
    Template.fromStack(stack).hasResourceProperties("AWS::ApiGateway::Authorizer", {
      AuthorizerResultTtlInSeconds: 5,
      IdentitySource:
        "method.request.header.Authorization,context.httpMethod,context.path,context.identity.sourceIp",
    });
    expect(complaint(app)).not.toContain("cache");
  });

  test("gets the permission to invoke in its own stack", () => {
    const { stack, authorizer } = ordersSite();
    restApi(stack, restAuthorizer(stack, "Authorizer", { authorizer }));
    Template.fromStack(stack).hasResourceProperties("AWS::Lambda::Permission", {
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: Match.objectLike({}),
    });
  });
});

test("an HTTP API asks about every request with simple responses", () => {
  const { stack, authorizer } = ordersSite();
  const api = new HttpApi(stack, "Api", { defaultAuthorizer: httpAuthorizer("Authorizer", { authorizer }) });
  api.addRoutes({
    path: "/x",
    methods: [HttpMethod.GET],
    integration: new HttpLambdaIntegration("To", authorizer),
  });
  Template.fromStack(stack).hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
    AuthorizerType: "REQUEST",
    AuthorizerPayloadFormatVersion: "2.0",
    EnableSimpleResponses: true,
    AuthorizerResultTtlInSeconds: 0,
    IdentitySource: [],
  });
});

test.each([
  ["with cloudfront", Duration.seconds(1), { geo: "cloudfront" as const, boundTokens: "refused" as const }],
  ["without a word on geo", Duration.seconds(1), { boundTokens: "refused" as const }],
  ["without a word on bound tokens", Duration.seconds(1), { geo: "none" as const }],
  ["known only at deployment", Duration.seconds(Lazy.number({ produce: () => 0 })), {}],
])("a TTL %s is refused at once, also where Sallyport is in another app", (_, resultCacheTtl, geo) => {
  const { stack, authorizer } = ordersSite();
  const props = { authorizer, resultCacheTtl, ...geo };
  expect(() => restAuthorizer(stack, "Authorizer", props)).toThrow(SynthesisError);
  expect(() => httpAuthorizer("Authorizer", props)).toThrow(/Authorizer: verdicts can be cached only where/);
});

test("a WebSocket API asks about every connection, with or without a header", () => {
  const { app, stack, authorizer } = ordersSite();
  new WebSocketApi(stack, "Api", {
    connectRouteOptions: {
      integration: new WebSocketMockIntegration("Connect"),
      authorizer: webSocketAuthorizer("Authorizer", { authorizer }),
    },
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
    AuthorizerType: "REQUEST",
    IdentitySource: [],
    AuthorizerResultTtlInSeconds: Match.absent(),
  });
  template.hasResourceProperties("AWS::ApiGatewayV2::Route", {
    RouteKey: "$connect",
    AuthorizationType: "CUSTOM",
  });
  template.hasResourceProperties("AWS::Lambda::Permission", { Principal: "apigateway.amazonaws.com" });
  expect(complaint(app)).not.toContain("cache");
});
