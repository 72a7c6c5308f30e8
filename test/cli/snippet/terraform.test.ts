import { gatewayResponses } from "../../../contract/gateway-responses.ts";
import { ARN, fragment, ROLE } from "../../support/cli/fragment.ts";

const terraform = (api: string, ...flags: string[]) => fragment("--for", "terraform", "--api", api, ...flags);

/**
 * The attributes of one line of the block with this head, by name; a parser for the whole language
 * is in .ci/check-snippets.
 */
function attributesOf(text: string, head: string): Record<string, string> {
  const from = text.indexOf(`${head} {\n`);
  expect([head, from >= 0]).toEqual([head, true]);
  const body = text.slice(from, text.indexOf("\n}\n", from));
  return Object.fromEntries(
    [...body.matchAll(/^ {2}(\w+) += (.+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
}

test("a REST API's authorizer asks about every request, although the provider insists on an identity source", async () => {
  const text = await terraform("rest", "--name", "shop");
  const authorizer = attributesOf(text, 'resource "aws_api_gateway_authorizer" "sallyport"');
  expect(authorizer).toMatchObject({
    rest_api_id: "aws_api_gateway_rest_api.shop.id",
    type: '"REQUEST"',
    authorizer_result_ttl_in_seconds: "0",
    identity_source: '"context.httpMethod"',
  });
  expect(authorizer.authorizer_uri).toContain(`\${local.sallyport_authorizer_arn}/invocations`);
});

test("an HTTP API's authorizer takes payload 2.0 and simple responses; a WebSocket API's knows neither", async () => {
  const head = 'resource "aws_apigatewayv2_authorizer" "sallyport"';
  const http = attributesOf(await terraform("http", "--credentials-role", ROLE), head);
  expect(http).toMatchObject({
    authorizer_payload_format_version: '"2.0"',
    enable_simple_responses: "true",
    authorizer_result_ttl_in_seconds: "0",
    identity_sources: "[]",
    authorizer_credentials_arn: `"${ROLE}"`,
  });
  const webSocket = attributesOf(await terraform("websocket"), head);
  expect(webSocket).not.toHaveProperty("authorizer_payload_format_version");
  expect(webSocket).not.toHaveProperty("authorizer_result_ttl_in_seconds");
});

test.each([
  ["rest", "aws_api_gateway_authorizer"],
  ["http", "aws_apigatewayv2_authorizer"],
  ["websocket", "aws_apigatewayv2_authorizer"],
])("the permission of a %s API is for its authorizer alone", async (api, type) => {
  const permission = attributesOf(
    await terraform(api, "--authorizer", ARN),
    'resource "aws_lambda_permission" "sallyport"',
  );
  expect(permission.source_arn).toMatch(
    new RegExp(`execution_arn\\}/authorizers/\\$\\{${type}\\.sallyport\\.id\\}"$`),
  );
  expect(permission.principal).toBe('"apigateway.amazonaws.com"');
});

test("a REST API answers denials as the constructs have it", async () => {
  const text = await terraform("rest");
  for (const { type, parameters, templates } of gatewayResponses()) {
    const head = `resource "aws_api_gateway_gateway_response" "sallyport_${type.toLowerCase()}"`;
    expect(attributesOf(text, head).response_type).toBe(`"${type}"`);
    const from = text.indexOf(head);
    const body = text.slice(from, text.indexOf("\n}\n", from));
    for (const value of [...Object.values(parameters), ...Object.values(templates)]) {
      expect(body).toContain(JSON.stringify(value));
    }
  }
});

test("routes are attached under distinct names", async () => {
  const text = await terraform("http", "--route", "GET /orders/{id}", "--route", "ANY /bills");
  expect(attributesOf(text, 'resource "aws_apigatewayv2_route" "get_orders_id"')).toMatchObject({
    route_key: '"GET /orders/{id}"',
    authorization_type: '"CUSTOM"',
    authorizer_id: "aws_apigatewayv2_authorizer.sallyport.id",
  });
  expect(text).toContain('"any_bills"');
});
