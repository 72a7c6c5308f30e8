import { Stack } from "aws-cdk-lib";
import { Annotations, Match, Template } from "aws-cdk-lib/assertions";
import { MockIntegration, RestApi } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, HttpMethod, HttpRoute, HttpRouteKey, WebSocketApi } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpUrlIntegration, WebSocketMockIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { SallyportAuthorizer } from "../../../lib/attach/sallyport-authorizer.ts";
import { SallyportStack } from "../../../lib/sallyport-stack.ts";
import { SynthesisError } from "../../../lib/synthesis-error.ts";
import { complaint, ordersSite } from "../../support/lib/orders-site.ts";
import { bareApp, configure, NO_POLICIES, resourcesOf } from "../../support/lib/synthesize.ts";

const HERE = { account: "111122223333", region: "eu-central-1" };
const ARN = `arn:aws:lambda:${HERE.region}:${HERE.account}:function:Sallyport-Authorizer`;
const ELSEWHERE = { account: "444455556666", region: "eu-central-1" };
const OTHER_REGION = { account: HERE.account, region: "eu-west-1" };

const orders = (env = {}) => new Stack(bareApp(), "Orders", { env });

function rest(stack: Stack, authorizer: ReturnType<SallyportAuthorizer["rest"]>): RestApi {
  const api = new RestApi(stack, "Api");
  api.root.addMethod("GET", new MockIntegration(), { authorizer });
  api.root.addMethod("POST", new MockIntegration(), { authorizer });
  return api;
}

function http(stack: Stack, sallyport: SallyportAuthorizer, options = {}): void {
  const api = new HttpApi(stack, "Api", { defaultAuthorizer: sallyport.http("Guard", options) });
  for (const path of ["/orders", "/bills"]) {
    api.addRoutes({
      path,
      methods: [HttpMethod.GET],
      integration: new HttpUrlIntegration("To", "https://example.com"),
    });
  }
}

const webSocket = (stack: Stack, sallyport: SallyportAuthorizer, options = {}) =>
  new WebSocketApi(stack, "Api", {
    connectRouteOptions: {
      integration: new WebSocketMockIntegration("Connect"),
      authorizer: sallyport.webSocket("Guard", options),
    },
  });

const KINDS = [
  [
    "rest",
    (stack: Stack, sallyport: SallyportAuthorizer, options = {}) =>
      void rest(stack, sallyport.rest(stack, "Guard", options)),
  ],
  ["http", http],
  ["websocket", (...args: Parameters<typeof webSocket>) => void webSocket(...args)],
] as const;

const permissionsOf = (stack: Stack) =>
  Object.values(resourcesOf(Template.fromStack(stack), "AWS::Lambda::Permission"))
    .map(({ Properties }) => Properties)
    .filter(({ SourceArn }) => JSON.stringify(SourceArn).includes("/authorizers/"));

const authorizersOf = (stack: Stack) =>
  ["AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer"].flatMap((type) =>
    Object.values(resourcesOf(Template.fromStack(stack), type)).map(({ Properties }) => Properties),
  );

describe.each(KINDS)("a %s API", (_, attach) => {
  test("has the permission beside it, for its own authorizer alone", () => {
    const stack = orders(HERE);
    attach(stack, SallyportAuthorizer.fromArn(ARN));
    const [permission, ...others] = permissionsOf(stack);
    expect(others).toEqual([]);
    expect(permission).toMatchObject({
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      FunctionName: ARN,
    });
    const source = JSON.stringify(permission.SourceArn);
    expect(source).toContain('/authorizers/",{"Ref":"');
    expect(source).not.toContain("*");
  });

  test("has one authorizer, without cache and identity sources", () => {
    const stack = orders(HERE);
    attach(stack, SallyportAuthorizer.fromArn(ARN));
    const [authorizer, ...others] = authorizersOf(stack);
    expect(others).toEqual([]);
    expect(JSON.stringify(authorizer.AuthorizerUri)).toContain(ARN);
    expect(authorizer.IdentitySource ?? []).toEqual([]);
    expect(authorizer.AuthorizerResultTtlInSeconds ?? 0).toBe(0);
  });

  test("of another account gets no permission, and synthesis says who has to give it", () => {
    const stack = orders(ELSEWHERE);
    attach(stack, SallyportAuthorizer.fromArn(ARN));
    expect(permissionsOf(stack)).toEqual([]);
    Annotations.fromStack(stack).hasInfo(
      "*",
      Match.stringLikeRegexp(`arn:aws:execute-api:eu-central-1:${ELSEWHERE.account}:<API id>`),
    );
    Annotations.fromStack(stack).hasNoWarning("*", Match.anyValue());
  });

  test("asks by a role that may invoke this function and nothing else", () => {
    const stack = orders(ELSEWHERE);
    const sallyport = SallyportAuthorizer.fromArn(ARN);
    attach(stack, sallyport, { invokeRole: sallyport.invokeRole(stack, "Invoke") });
    expect(permissionsOf(stack)).toEqual([]);
    const [authorizer] = authorizersOf(stack);
    const credentials = authorizer.AuthorizerCredentials ?? authorizer.AuthorizerCredentialsArn;
    expect(credentials["Fn::GetAtt"][0]).toMatch(/^Invoke/);
    const template = Template.fromStack(stack);
    template.resourceCountIs("AWS::IAM::Policy", 1);
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: [{ Action: "lambda:InvokeFunction", Effect: "Allow", Resource: ARN }],
      },
    });
    template.hasResourceProperties("AWS::IAM::Role", {
      AssumeRolePolicyDocument: {
        Statement: [{ Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" }],
      },
    });
    Annotations.fromStack(stack).hasNoInfo("*", Match.stringLikeRegexp("allow this API"));
  });

  test("finds the function by an SSM parameter, also where nothing is known before deployment", () => {
    const stack = orders();
    attach(stack, SallyportAuthorizer.fromParameter());
    Template.fromStack(stack).hasParameter("*", {
      Type: "AWS::SSM::Parameter::Value<String>",
      Default: "/sallyport/authorizer-arn",
    });
    expect(permissionsOf(stack)).toHaveLength(1);
  });

  test("of a parameter that was copied from another account gets no permission", () => {
    const stack = orders(ELSEWHERE);
    attach(stack, SallyportAuthorizer.fromParameter("/copied", { account: HERE.account }));
    expect(permissionsOf(stack)).toEqual([]);
  });

  test("asks a Sallyport of the same app, with no circle between the stacks", () => {
    const { app, sallyport, stack } = ordersSite();
    attach(stack, SallyportAuthorizer.of(sallyport.core.authorizer.function));
    expect(complaint(app)).toBe("");
    expect(permissionsOf(stack)).toHaveLength(1);
    expect(permissionsOf(sallyport)).toEqual([]);
  });

  test("asks a Sallyport of the very same stack", () => {
    const app = bareApp();
    const sallyport = new SallyportStack(app, "Sallyport", {
      configuration: configure(),
      policies: NO_POLICIES,
    });
    attach(sallyport, SallyportAuthorizer.of(sallyport.core.authorizer.function));
    expect(complaint(app)).toBe("");
    expect(permissionsOf(sallyport)).toHaveLength(1);
  });
});

describe("another Region", () => {
  test("is asked by a REST API under the function's Region, without a permission that no template there can give", () => {
    const stack = orders(OTHER_REGION);
    rest(stack, SallyportAuthorizer.fromArn(ARN).rest(stack, "Sallyport"));
    expect(permissionsOf(stack)).toEqual([]);
    const [{ AuthorizerUri }] = authorizersOf(stack);
    expect(AuthorizerUri).toBe(
      `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${ARN}/invocations`,
    );
  });

  test.each([
    ["an HTTP API", http],
    ["a WebSocket API", webSocket],
  ])("is refused for %s", (_, attach) => {
    const stack = orders(OTHER_REGION);
    expect(() => attach(stack, SallyportAuthorizer.fromArn(ARN))).toThrow(SynthesisError);
    expect(() => attach(orders(OTHER_REGION), SallyportAuthorizer.fromArn(ARN))).toThrow(
      /in eu-west-1 and its authorizer in eu-central-1.*Deploy Sallyport to eu-west-1 too/,
    );
  });
});

test("a Sallyport of the same app but another account has to be named by its ARN", () => {
  const app = bareApp();
  const sallyport = new SallyportStack(app, "Sallyport", {
    configuration: configure(),
    policies: NO_POLICIES,
    env: HERE,
  });
  const stack = new Stack(app, "Orders", { env: ELSEWHERE });
  const authorizer = SallyportAuthorizer.of(sallyport.core.authorizer.function);
  expect(() => authorizer.rest(stack, "Sallyport")).toThrow(
    /Sallyport \(111122223333, eu-central-1\) is in another account .*fromArn/,
  );
});

test.each(["", "sallyport", "arn:aws:lambda:eu-central-1:1:function:x", "arn:aws:iam::111122223333:role/x"])(
  "%j is no function",
  (arn) => {
    expect(() => SallyportAuthorizer.fromArn(arn)).toThrow(SynthesisError);
  },
);

describe("gateway responses", () => {
  const responsesOf = (stack: Stack) =>
    Object.values(resourcesOf(Template.fromStack(stack), "AWS::ApiGateway::GatewayResponse"));

  test("come with the first method, once, and are deployed with it", () => {
    const stack = orders(HERE);
    const api = rest(
      stack,
      SallyportAuthorizer.fromArn(ARN).rest(stack, "Sallyport", {
        gatewayResponses: { allowOrigin: "https://app.example.com" },
      }),
    );
    expect(
      responsesOf(stack)
        .map(({ Properties }) => Properties.ResponseType)
        .toSorted(),
    ).toEqual([
      "ACCESS_DENIED",
      "AUTHORIZER_CONFIGURATION_ERROR",
      "AUTHORIZER_FAILURE",
      "DEFAULT_4XX",
      "DEFAULT_5XX",
      "UNAUTHORIZED",
    ]);
    for (const { Properties } of responsesOf(stack)) {
      expect(Properties.ResponseParameters["gatewayresponse.header.Access-Control-Allow-Origin"]).toBe(
        "'https://app.example.com'",
      );
    }
    const [deployment] = Object.values(resourcesOf(Template.fromStack(stack), "AWS::ApiGateway::Deployment"));
    expect(JSON.stringify(deployment)).toContain("SallyportGatewayResponsesAccessDenied");
    expect(api.latestDeployment).toBeDefined();
  });

  test("are left out where the API has its own", () => {
    const stack = orders(HERE);
    rest(stack, SallyportAuthorizer.fromArn(ARN).rest(stack, "Sallyport", { gatewayResponses: false }));
    expect(responsesOf(stack)).toEqual([]);
  });
});

describe("an imported API", () => {
  test("of REST kind gets authorizer and gateway responses, and synthesis says what is left to do", () => {
    const stack = orders(HERE);
    const restApi = RestApi.fromRestApiId(stack, "Api", "a1b2c3d4e5");
    SallyportAuthorizer.fromArn(ARN).rest(stack, "Sallyport", { restApi });
    const template = Template.fromStack(stack);
    template.hasResourceProperties("AWS::ApiGateway::Authorizer", { RestApiId: "a1b2c3d4e5" });
    template.resourceCountIs("AWS::ApiGateway::GatewayResponse", 6);
    expect(JSON.stringify(permissionsOf(stack))).toContain(":a1b2c3d4e5/authorizers/");
    Annotations.fromStack(stack).hasInfo("*", Match.stringLikeRegexp("sallyport attach"));
  });

  test("of HTTP kind gets the authorizer with its new routes", () => {
    const stack = orders(HERE);
    const httpApi = HttpApi.fromHttpApiAttributes(stack, "Api", { httpApiId: "a1b2c3d4e5" });
    new HttpRoute(stack, "New", {
      httpApi,
      routeKey: HttpRouteKey.with("/new", HttpMethod.GET),
      integration: new HttpUrlIntegration("To", "https://example.com"),
      authorizer: SallyportAuthorizer.fromArn(ARN).http("Sallyport"),
    });
    Template.fromStack(stack).hasResourceProperties("AWS::ApiGatewayV2::Authorizer", { ApiId: "a1b2c3d4e5" });
    expect(permissionsOf(stack)).toHaveLength(1);
  });
});
