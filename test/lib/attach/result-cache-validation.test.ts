import {
  CfnDynamicReference,
  CfnDynamicReferenceService,
  CfnParameter,
  CfnResource,
  Duration,
  type Stack,
} from "aws-cdk-lib";
import {
  ApiDefinition,
  CfnAuthorizer,
  RestApi,
  SpecRestApi,
  TokenAuthorizer,
} from "aws-cdk-lib/aws-apigateway";
import { CfnApi, CfnAuthorizer as CfnAuthorizerV2, HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { Alias, CfnAlias, type IVersion, Function as LambdaFunction, Version } from "aws-cdk-lib/aws-lambda";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { restAuthorizer } from "../../../lib/attach/gateway-authorizers.ts";
import { complaint, ordersSite, restApi, withoutBoundTokens } from "../../support/lib/orders-site.ts";

const OTHER = "arn:aws:lambda:eu-west-1:123456789012:function:other";
const TOKEN_FLAW = "a TOKEN authorizer's cache key is the token alone";

const invocationUri = (arn: string) =>
  `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${arn}/invocations`;

/** A raw TOKEN authorizer that caches, so that whatever refers to the function is refused. */
function tokenAuthorizer(stack: Stack, functionArn: string, ttl?: number): CfnAuthorizer {
  const api = new RestApi(stack, "Api");
  api.root.addMethod("GET");
  return new CfnAuthorizer(stack, "Raw", {
    name: "raw",
    type: "TOKEN",
    restApiId: api.restApiId,
    authorizerUri: invocationUri(functionArn),
    ...(ttl !== undefined && { authorizerResultTtlInSeconds: ttl }),
  });
}

describe("unsafe caches are refused", () => {
  test("of a raw REST authorizer that sets no TTL, in another stack", () => {
    const { app, stack, authorizer } = ordersSite();
    const raw = tokenAuthorizer(stack, authorizer.functionArn);
    raw.type = "REQUEST";
    raw.identitySource = "method.request.header.Authorization";
    const said = complaint(app);
    expect(said).toContain("Orders/Raw: the TTL is not set");
    expect(said.match(/Orders\/Raw/g)).toHaveLength(4);
  });

  test("of a raw HTTP authorizer beside the function, keyed by route", () => {
    const { app, sallyport } = ordersSite();
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

  test("of a TOKEN authorizer with CDK's default of five minutes", () => {
    const { app, stack, authorizer } = ordersSite();
    restApi(stack, new TokenAuthorizer(stack, "Token", { handler: authorizer }));
    expect(complaint(app)).toContain(
      "Orders/Token/Resource: verdicts are cached for 300 s, but a TOKEN authorizer",
    );
  });

  test("with a complete key too, where CloudFront tells address and country", () => {
    const { app, stack, authorizer } = ordersSite({ geo: { source: "cloudfront" } });
    const safe = restAuthorizer(stack, "Authorizer", { authorizer });
    restApi(stack, safe);
    (safe.node.defaultChild as CfnAuthorizer).addPropertyOverride("AuthorizerResultTtlInSeconds", 5);
    expect(complaint(app)).toContain("CloudFront-Viewer-* headers");
  });
});

describe("a complete key", () => {
  const cached = { resultCacheTtl: Duration.seconds(5), geo: "database", boundTokens: "refused" } as const;

  test("is refused where a token may be bound to a key, with any settings of the authorizer", () => {
    const { app, stack, authorizer } = ordersSite();
    restApi(stack, restAuthorizer(stack, "Authorizer", { authorizer, ...cached }));
    expect(complaint(app)).toContain(
      "Orders/Authorizer/Resource: verdicts are cached for 5 s, but the proof of possession is not in the cache key",
    );
  });

  test("passes where the function denies bound tokens", () => {
    const { app, stack, authorizer } = ordersSite(withoutBoundTokens());
    restApi(stack, restAuthorizer(stack, "Authorizer", { authorizer, ...cached }));
    expect(complaint(app)).toBe("");
  });
});

describe("what the template will say counts", () => {
  test("an override that turns caching on", () => {
    const { app, stack, authorizer } = ordersSite();
    const safe = restAuthorizer(stack, "Authorizer", { authorizer });
    restApi(stack, safe);
    (safe.node.defaultChild as CfnAuthorizer).addPropertyOverride("AuthorizerResultTtlInSeconds", 300);
    expect(complaint(app)).toContain("Orders/Authorizer/Resource: verdicts are cached for 300 s");
  });

  test("an override that turns it off", () => {
    const { app, stack, authorizer } = ordersSite();
    const raw = tokenAuthorizer(stack, authorizer.functionArn);
    raw.addPropertyOverride("AuthorizerResultTtlInSeconds", 0);
    expect(complaint(app)).toBe("");
  });

  test("an override that names another function", () => {
    const { app, stack, authorizer } = ordersSite();
    tokenAuthorizer(stack, authorizer.functionArn).addPropertyOverride("AuthorizerUri", invocationUri(OTHER));
    expect(complaint(app)).toBe("");
  });

  test("a TTL that is known only at deployment", () => {
    const { app, stack, authorizer } = ordersSite();
    const ttl = new CfnParameter(stack, "Ttl", { type: "Number", default: 0 });
    tokenAuthorizer(stack, authorizer.functionArn, ttl.valueAsNumber);
    expect(complaint(app)).toContain("Orders/Raw: the TTL is known only at deployment");
  });

  test("a resource without its own construct", () => {
    const { app, stack, authorizer } = ordersSite();
    new CfnResource(stack, "Raw", {
      type: "AWS::ApiGateway::Authorizer",
      properties: {
        Name: "raw",
        Type: "TOKEN",
        RestApiId: "api",
        AuthorizerUri: invocationUri(authorizer.functionArn),
      },
    });
    expect(complaint(app)).toContain(TOKEN_FLAW);
  });
});

describe("the function is known", () => {
  const NAME = "/sallyport/authorizer-arn";

  test.each<[string, (site: ReturnType<typeof ordersSite>) => string]>([
    ["by the SSM parameter's name", ({ stack }) => StringParameter.valueForStringParameter(stack, NAME)],
    [
      "by the SSM parameter, imported",
      ({ stack }) => StringParameter.fromStringParameterName(stack, "Arn", NAME).stringValue,
    ],
    [
      "by a version of the SSM parameter",
      ({ stack }) => StringParameter.valueForStringParameter(stack, NAME, 3),
    ],
    [
      "by a dynamic reference",
      () => new CfnDynamicReference(CfnDynamicReferenceService.SSM, NAME).toString(),
    ],
    [
      "by the SSM parameter's construct",
      ({ sallyport }) => (sallyport.node.findChild("AuthorizerArnParameter") as StringParameter).stringValue,
    ],
    [
      "by an alias in another scope",
      ({ sallyport }) => {
        const { currentVersion } = sallyport.core.authorizer.function as LambdaFunction;
        return new Alias(sallyport, "Live", { aliasName: "live", version: currentVersion as IVersion })
          .functionArn;
      },
    ],
    [
      "by a version in another scope",
      ({ sallyport }) =>
        new Version(sallyport, "V", { lambda: sallyport.core.authorizer.function }).functionArn,
    ],
    [
      "by a raw alias of what the SSM parameter names, in another stack",
      ({ stack }) =>
        new CfnAlias(stack, "Raw alias", {
          name: "live",
          functionName: StringParameter.valueForStringParameter(stack, NAME),
          functionVersion: "1",
        }).ref,
    ],
  ])("%s", (_, arnOf) => {
    const site = ordersSite();
    tokenAuthorizer(site.stack, arnOf(site));
    expect(complaint(site.app)).toContain(TOKEN_FLAW);
  });

  test.each<[string, (stack: Stack) => string]>([
    ["a literal ARN", () => OTHER],
    ["another SSM parameter", (stack) => StringParameter.valueForStringParameter(stack, "/other/arn")],
    [
      "Sallyport's other parameters",
      (stack) => StringParameter.valueForStringParameter(stack, "/sallyport/table-name"),
    ],
    [
      "an alias of it",
      (stack) => {
        const lambda = LambdaFunction.fromFunctionArn(stack, "Other", OTHER);
        return new CfnAlias(stack, "A", {
          name: "live",
          functionName: lambda.functionArn,
          functionVersion: "1",
        }).ref;
      },
    ],
  ])("does not apply to another function, by %s", (_, arnOf) => {
    const { app, stack } = ordersSite();
    tokenAuthorizer(stack, arnOf(stack));
    expect(complaint(app)).toBe("");
  });
});

describe("OpenAPI bodies in the template are read", () => {
  const securityScheme = (extension: object) => ({
    type: "apiKey",
    name: "Authorization",
    in: "header",
    "x-amazon-apigateway-authtype": "custom",
    ...extension,
  });
  const paths = { "/orders": { get: { responses: {} } } };
  const authorizerOf = (arn: string, more: object) => ({
    "x-amazon-apigateway-authorizer": { authorizerUri: invocationUri(arn), ...more },
  });

  test("of a REST API, OpenAPI and Swagger", () => {
    const { app, stack, authorizer } = ordersSite(withoutBoundTokens());
    const arn = authorizer.functionArn;
    const spec = (id: string, definition: object) =>
      new SpecRestApi(stack, id, { apiDefinition: ApiDefinition.fromInline({ paths, ...definition }) });
    spec("Three", {
      openapi: "3.0.1",
      components: { securitySchemes: { gate: securityScheme(authorizerOf(arn, { type: "token" })) } },
    });
    spec("Two", {
      swagger: "2.0",
      securityDefinitions: {
        gate: securityScheme(
          authorizerOf(arn, {
            type: "request",
            authorizerResultTtlInSeconds: 60,
            identitySource: "method.request.header.Authorization, context.path, context.httpMethod",
          }),
        ),
        off: securityScheme(authorizerOf(arn, { type: "token", authorizerResultTtlInSeconds: 0 })),
        foreign: securityScheme(authorizerOf(OTHER, { type: "token" })),
      },
    });
    const said = complaint(app);
    expect(said).toContain(`Orders/Three/Resource (gate): the TTL is not set`);
    expect(said).toContain(
      "Orders/Two/Resource (gate): verdicts are cached for 60 s, but the source address",
    );
    expect(said.match(/Orders\/\w+\/Resource \(/g)).toHaveLength(2);
  });

  test.each(["x-amazon-apigateway-authorizers", "securitySchemes"])("of an HTTP API, in %s", (place) => {
    const { app, stack, authorizer } = ordersSite(withoutBoundTokens());
    const declared = authorizerOf(authorizer.functionArn, {
      type: "request",
      authorizerPayloadFormatVersion: "2.0",
      authorizerResultTtlInSeconds: 60,
      identitySource: ["$request.header.Authorization", "$context.httpMethod", "$context.path"],
    });
    const gate = place === "securitySchemes" ? securityScheme(declared) : Object.values(declared)[0];
    new CfnApi(stack, "Http", { body: { openapi: "3.0.1", paths, components: { [place]: { gate } } } });
    const said = complaint(app);
    expect(said).toContain("Orders/Http (gate): verdicts are cached for 60 s, but the source address");
    expect(said.match(/Orders\/Http/g)).toHaveLength(1);
  });
});
