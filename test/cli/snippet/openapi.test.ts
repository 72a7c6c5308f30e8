import { Validator } from "@seriousme/openapi-schema-validator";
import { gatewayResponses } from "../../../contract/gateway-responses.ts";
import { ARN, document, ROLE } from "../../support/cli/fragment.ts";

const openapi = (api: string, ...flags: string[]) => document("--for", "openapi", "--api", api, ...flags);
const ROUTES = ["--route", "GET /orders/{id}", "--route", "POST /orders", "--route", "ANY /files/{path+}"];

test.each(["rest", "http"])("the document for %s is valid OpenAPI", async (api) => {
  const written = await openapi(api, ...ROUTES);
  expect(await new Validator().validate(written)).toEqual({ valid: true });
  // The validator does see what is wrong.
  expect(await new Validator().validate({ ...written, paths: { orders: 1 } })).toMatchObject({
    valid: false,
  });
});

test("a REST API's authorizer", async () => {
  const written = await openapi("rest", "--authorizer", ARN, ...ROUTES);
  expect(written.components.securitySchemes.sallyport).toEqual({
    type: "apiKey",
    name: "Authorization",
    in: "header",
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": {
      type: "request",
      authorizerUri: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${ARN}/invocations`,
      authorizerResultTtlInSeconds: 0,
    },
  });
});

test("an HTTP API's authorizer", async () => {
  const written = await openapi("http", "--authorizer", ARN, "--credentials-role", ROLE);
  expect(written.components.securitySchemes.sallyport["x-amazon-apigateway-authorizer"]).toMatchObject({
    type: "request",
    authorizerCredentials: ROLE,
    authorizerResultTtlInSeconds: 0,
    authorizerPayloadFormatVersion: "2.0",
    enableSimpleResponses: true,
  });
  expect(written["x-amazon-apigateway-cors"].allowHeaders).toContain("DPoP");
});

test("every operation but preflights asks", async () => {
  const { paths } = await openapi("rest", ...ROUTES);
  for (const operations of Object.values<Record<string, { security?: unknown }>>(paths)) {
    for (const [method, { security }] of Object.entries(operations)) {
      expect(security).toEqual(method === "options" ? undefined : [{ sallyport: [] }]);
    }
    expect(operations).toHaveProperty("options");
  }
  expect(paths["/files/{path+}"]).toHaveProperty("x-amazon-apigateway-any-method");
});

test("a REST API answers denials as the constructs have it", async () => {
  const written = await openapi("rest");
  expect(written["x-amazon-apigateway-gateway-responses"]).toEqual(
    Object.fromEntries(
      gatewayResponses().map(({ type, statusCode, parameters, templates }) => [
        type,
        {
          ...(statusCode !== undefined && { statusCode }),
          responseParameters: parameters,
          responseTemplates: templates,
        },
      ]),
    ),
  );
});
