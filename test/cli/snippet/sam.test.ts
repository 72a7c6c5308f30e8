import { parse } from "yaml";
import { gatewayResponses } from "../../../contract/gateway-responses.ts";
import { ARN, CLOUDFORMATION_TAGS, document, fragment } from "../../support/cli/fragment.ts";

const sam = (api: string, ...flags: string[]) => document("--for", "sam", "--api", api, ...flags);

test("a REST API asks about every request and never caches, with preflights open", async () => {
  const { Resources, Transform } = await sam("rest", "--name", "Shop", "--stage", "live");
  expect(Transform).toBe("AWS::Serverless-2016-10-31");
  const { Auth, StageName, Variables } = Resources.Shop.Properties;
  expect(Auth).toEqual({
    DefaultAuthorizer: "Sallyport",
    AddDefaultAuthorizerToCorsPreflight: false,
    Authorizers: {
      Sallyport: {
        FunctionArn: { Ref: "SallyportAuthorizerArn" },
        FunctionPayloadType: "REQUEST",
        Identity: { ReauthorizeEvery: 0 },
      },
    },
  });
  expect([StageName, Variables]).toEqual(["live", { sallyport_enforce: "all" }]);
});

test("a REST API answers denials as the constructs have it", async () => {
  const { Resources } = await sam("rest", "--allow-origin", "https://app.example.com");
  const output = Object.entries(Resources.Api.Properties.GatewayResponses);
  const expected = gatewayResponses("https://app.example.com");
  expect(output.map(([type]) => type)).toEqual(expected.map(({ type }) => type));
  // biome-ignore lint/suspicious/noExplicitAny: a document is as open as that
  for (const [index, [, response]] of output.entries() as Iterable<[number, [string, any]]>) {
    const { statusCode, parameters, templates } = expected[index]!;
    expect(response.StatusCode).toBe(statusCode);
    expect(response.ResponseTemplates).toEqual(templates);
    const headers = Object.entries(response.ResponseParameters.Headers);
    expect(
      Object.fromEntries(headers.map(([name, value]) => [`gatewayresponse.header.${name}`, value])),
    ).toEqual(parameters);
  }
});

test("an HTTP API takes payload 2.0 and simple responses, and its own permission", async () => {
  const { Resources, Parameters } = await sam("http", "--authorizer", ARN);
  expect(Parameters.SallyportAuthorizerArn).toEqual({ Type: "String", Default: ARN });
  expect(Resources.Api.Properties.Auth.Authorizers.Sallyport).toEqual({
    FunctionArn: { Ref: "SallyportAuthorizerArn" },
    EnableFunctionDefaultPermissions: true,
    AuthorizerPayloadFormatVersion: "2.0",
    EnableSimpleResponses: true,
    Identity: { ReauthorizeEvery: 0 },
  });
});

test("where Sallyport's side allows the API, SAM adds no permission", async () => {
  const elsewhere = ["--authorizer", ARN, "--elsewhere"];
  const rest = await sam("rest", ...elsewhere);
  expect(rest.Resources.Api.Properties.Auth.Authorizers.Sallyport.DisableFunctionDefaultPermissions).toBe(
    true,
  );
  const http = await sam("http", ...elsewhere);
  expect(http.Resources.Api.Properties.Auth.Authorizers.Sallyport.EnableFunctionDefaultPermissions).toBe(
    false,
  );
  const { Resources } = await sam("websocket", ...elsewhere);
  expect(Resources.SallyportPermission).toBeUndefined();
  expect(Resources.SallyportAuthorizer.Properties.AuthorizerUri.Sub).toContain(":apigateway:eu-central-1:");
});

test("a WebSocket API asks on $connect, by an authorizer that alone may invoke", async () => {
  const { Resources } = await sam("websocket");
  expect(Resources.ConnectRoute.Properties).toMatchObject({
    RouteKey: "$connect",
    AuthorizationType: "CUSTOM",
    AuthorizerId: { Ref: "SallyportAuthorizer" },
  });
  expect(Resources.SallyportAuthorizer.Properties.IdentitySource).toEqual([]);
  expect(Resources.SallyportPermission.Properties.SourceArn.Sub).toMatch(
    /\$\{Api\}\/authorizers\/\$\{SallyportAuthorizer\}$/,
  );
});

test("a fragment is read alike by parsers of YAML 1.1 and 1.2, and comments stand before what they are about", async () => {
  const text = await fragment("--for", "sam", "--api", "rest", "--name", "No", "--stage", "on");
  const [old, current] = (["1.1", "1.2"] as const).map((version) =>
    parse(text, { version, customTags: CLOUDFORMATION_TAGS }),
  );
  expect(old).toEqual(current);
  expect(current.Resources.No.Properties.StageName).toBe("on");
  expect(text).not.toMatch(/[&*]a\d/);
  expect(text).toMatch(
    /\n {8}# Browsers send preflights without a token\.\n {8}AddDefaultAuthorizerToCorsPreflight: false\n/,
  );
});
