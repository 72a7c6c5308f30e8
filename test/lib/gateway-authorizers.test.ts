import { type App, Duration, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import {
  CfnAuthorizer,
  type IAuthorizer,
  MockIntegration,
  RestApi,
  TokenAuthorizer,
} from "aws-cdk-lib/aws-apigateway";
import { CfnAuthorizer as CfnAuthorizerV2, HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { httpAuthorizer, restAuthorizer } from "../../lib/gateway-authorizers.ts";
import { SallyportStack } from "../../lib/sallyport-stack.ts";
import { bareApp, configure, NO_POLICIES } from "./synthesize.ts";

/** An app with Sallyport and a stack of someone else's. */
function site() {
  const app = bareApp();
  const sallyport = new SallyportStack(app, "Sallyport", {
    configuration: configure(),
    policies: NO_POLICIES,
  });
  const stack = new Stack(app, "Orders");
  const authorizer = LambdaFunction.fromFunctionAttributes(stack, "Sallyport", {
    functionArn: sallyport.core.authorizer.function.functionArn,
    sameEnvironment: true,
  });
  return { app, sallyport, stack, authorizer };
}

function restApi(stack: Stack, authorizer: IAuthorizer): RestApi {
  const api = new RestApi(stack, "Api");
  api.root.addMethod("GET", new MockIntegration(), { authorizer });
  return api;
}

/** What synthesis says against the app's authorizers; the empty text if nothing. */
function complaint(app: App): string {
  try {
    app.synth();
  } catch (error) {
    return String(error);
  }
  return "";
}

const invocationUri = (arn: string) =>
  `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${arn}/invocations`;

describe("a REST API", () => {
  test("asks about every request, with or without a token", () => {
    const { stack, authorizer } = site();
    restApi(stack, restAuthorizer(stack, "Authorizer", { authorizer }));
    Template.fromStack(stack).hasResourceProperties("AWS::ApiGateway::Authorizer", {
      Type: "REQUEST",
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: Match.absent(),
    });
  });

  test("caches under the complete key if told to", () => {
    const { app, stack, authorizer } = site();
    restApi(stack, restAuthorizer(stack, "Authorizer", { authorizer, resultCacheTtl: Duration.seconds(5) }));
    Template.fromStack(stack).hasResourceProperties("AWS::ApiGateway::Authorizer", {
      AuthorizerResultTtlInSeconds: 5,
      IdentitySource:
        "method.request.header.Authorization,context.httpMethod,context.path,context.identity.sourceIp",
    });
    expect(complaint(app)).not.toContain("cache");
  });

  test("gets the permission to invoke in its own stack", () => {
    const { stack, authorizer } = site();
    restApi(stack, restAuthorizer(stack, "Authorizer", { authorizer }));
    Template.fromStack(stack).hasResourceProperties("AWS::Lambda::Permission", {
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: Match.objectLike({}),
    });
  });
});

test("an HTTP API asks about every request with simple responses", () => {
  const { stack, authorizer } = site();
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

describe("synthesis refuses to reuse verdicts for other requests", () => {
  test("a raw REST authorizer that sets no TTL, in another stack", () => {
    const { app, stack, authorizer } = site();
    const api = new RestApi(stack, "Api");
    api.root.addMethod("GET");
    new CfnAuthorizer(stack, "Raw", {
      name: "raw",
      type: "REQUEST",
      restApiId: api.restApiId,
      authorizerUri: invocationUri(authorizer.functionArn),
      identitySource: "method.request.header.Authorization",
    });
    const said = complaint(app);
    expect(said).toContain("Orders/Raw: the TTL is not set");
    expect(said.match(/Orders\/Raw/g)).toHaveLength(3);
  });

  test("a raw HTTP authorizer beside the function, keyed by route", () => {
    const { app, sallyport } = site();
    const api = new HttpApi(sallyport, "Api");
    new CfnAuthorizerV2(sallyport, "Raw", {
      name: "raw",
      apiId: api.apiId,
      authorizerType: "REQUEST",
      authorizerPayloadFormatVersion: "2.0",
      authorizerUri: invocationUri(sallyport.core.authorizer.function.functionArn),
      authorizerResultTtlInSeconds: 60,
      identitySource: ["$request.header.Authorization", "$context.routeKey", "$context.identity.sourceIp"],
    });
    const said = complaint(app);
    expect(said).toContain("the HTTP method is not in the cache key");
    expect(said).toContain("the path is not in the cache key");
    expect(said).not.toContain("the source address is not");
  });

  test("a TOKEN authorizer with CDK's default of five minutes", () => {
    const { app, stack, authorizer } = site();
    restApi(stack, new TokenAuthorizer(stack, "Token", { handler: authorizer }));
    expect(complaint(app)).toContain(
      "Orders/Token/Resource: verdicts are cached for 300 s, but a TOKEN authorizer",
    );
  });

  test("a TTL that no one knows before deployment", () => {
    const { app, stack, authorizer } = site();
    const api = new RestApi(stack, "Api");
    api.root.addMethod("GET");
    const raw = new CfnAuthorizer(stack, "Raw", {
      name: "raw",
      type: "TOKEN",
      restApiId: api.restApiId,
      authorizerUri: invocationUri(authorizer.functionArn),
    });
    raw.addPropertyOverride("AuthorizerResultTtlInSeconds", 0);
    expect(complaint(app)).toContain("Orders/Raw");
  });

  test("authorizers that ask another function are none of its business", () => {
    const { app, stack } = site();
    const other = LambdaFunction.fromFunctionArn(
      stack,
      "Other",
      "arn:aws:lambda:eu-west-1:123456789012:function:other",
    );
    restApi(stack, new TokenAuthorizer(stack, "Token", { handler: other }));
    expect(complaint(app)).not.toContain("cache");
  });
});
