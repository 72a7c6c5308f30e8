import { ENFORCE_VARIABLE } from "../../contract/gateway.ts";
import { gatewayResponses } from "../../contract/gateway-responses.ts";
import { AUTHORIZER_NAME } from "../../domain/attach/attachment.ts";
import { block, type HclEntry, note, set, text, writeHcl } from "./hcl.ts";
import { grantsHere, leftToDo, routeName, type SnippetRequest, type WriteSnippet } from "./request.ts";

const ARN = "local.sallyport_authorizer_arn";
// Partition and Region of the function, which in the URI have to be those of the function and not
// of the API.
const URI = text("arn:@1:apigateway:@3:lambda:path/2015-03-31/functions/@arn/invocations")
  .replace(/@(\d)/g, (_, part) => `\${split(":", ${ARN})[${part}]}`)
  .replace("@arn", `\${${ARN}}`);

/**
 * Resources for Terraform's AWS provider, from version 5 on. Refers to the owner's API by `name`.
 */
export const writeTerraform: WriteSnippet = (request) =>
  writeHcl([
    ...(["rest", "http", "websocket"] as const)
      .filter((api) => api === request.api)
      .map((api) => note(`Terraform: ${api} API behind Sallyport. ${apiOf(request)} is your API.`)),
    ...leftToDo(request).map(note),
    ...howToFinish(request).map(note),
  ]).replaceAll("\n\n#", "\n#") +
  "\n" +
  writeHcl([
    ...functionArn(request),
    ...(request.api === "rest" ? restAuthorizer(request) : v2Authorizer(request)),
    ...permission(request),
    ...(request.api === "rest" ? responses(request) : []),
    ...routes(request),
  ]);

const apiOf = ({ api, name }: SnippetRequest): string =>
  `${api === "rest" ? "aws_api_gateway_rest_api" : "aws_apigatewayv2_api"}.${name}`;

function functionArn({ authorizer }: SnippetRequest): HclEntry[] {
  const locals = (value: string) => block("locals", [set("sallyport_authorizer_arn", value)]);
  if ("arn" in authorizer) return [locals(text(authorizer.arn))];
  return [
    block('data "aws_ssm_parameter" "sallyport"', [set("name", text(authorizer.parameter))]),
    locals("data.aws_ssm_parameter.sallyport.insecure_value"),
  ];
}

const restAuthorizer = (request: SnippetRequest): HclEntry[] => [
  block('resource "aws_api_gateway_authorizer" "sallyport"', [
    set("rest_api_id", `${apiOf(request)}.id`),
    set("name", text(AUTHORIZER_NAME)),
    set("type", text("REQUEST")),
    set("authorizer_uri", URI),
    ...credentials("authorizer_credentials", request),
    set("authorizer_result_ttl_in_seconds", "0"),
    note(
      "Terraform's default rejects requests without a token before a decision; every request has this source.",
    ),
    set("identity_source", text("context.httpMethod")),
  ]),
];

const v2Authorizer = (request: SnippetRequest): HclEntry[] => [
  block('resource "aws_apigatewayv2_authorizer" "sallyport"', [
    set("api_id", `${apiOf(request)}.id`),
    set("name", text(AUTHORIZER_NAME)),
    set("authorizer_type", text("REQUEST")),
    set("authorizer_uri", URI),
    ...credentials("authorizer_credentials_arn", request),
    ...(request.api === "http"
      ? [
          set("authorizer_payload_format_version", text("2.0")),
          set("enable_simple_responses", "true"),
          set("authorizer_result_ttl_in_seconds", "0"),
        ]
      : []),
    set("identity_sources", "[]"),
  ]),
];

const credentials = (attribute: string, { credentialsRole }: SnippetRequest): HclEntry[] =>
  credentialsRole === undefined ? [] : [set(attribute, text(credentialsRole))];

function permission(request: SnippetRequest): HclEntry[] {
  if (!grantsHere(request)) return [];
  const authorizer = `${request.api === "rest" ? "aws_api_gateway_authorizer" : "aws_apigatewayv2_authorizer"}.sallyport`;
  return [
    block('resource "aws_lambda_permission" "sallyport"', [
      set("statement_id", `"sallyport-\${${apiOf(request)}.id}"`),
      set("action", text("lambda:InvokeFunction")),
      set("function_name", ARN),
      set("principal", text("apigateway.amazonaws.com")),
      set("source_arn", `"\${${apiOf(request)}.execution_arn}/authorizers/\${${authorizer}.id}"`),
    ]),
  ];
}

const responses = (request: SnippetRequest): HclEntry[] =>
  gatewayResponses(request.allowOrigin).map(({ type, statusCode, parameters, templates }) =>
    block(`resource "aws_api_gateway_gateway_response" "sallyport_${type.toLowerCase()}"`, [
      set("rest_api_id", `${apiOf(request)}.id`),
      set("response_type", text(type)),
      ...(statusCode === undefined ? [] : [set("status_code", text(statusCode))]),
      set("response_parameters", mapOf(parameters)),
      set("response_templates", mapOf(templates)),
    ]),
  );

const mapOf = (values: Readonly<Record<string, string>>): HclEntry[] =>
  Object.entries(values).map(([name, value]) => set(text(name), text(value)));

function routes(request: SnippetRequest): HclEntry[] {
  const { api, name } = request;
  if (api === "rest") {
    return request.routes.map((route) =>
      block(`resource "aws_api_gateway_method" "${routeName(route)}"`, [
        note(`${route.method} ${route.path}, as in your code, except for the last two lines.`),
        set("rest_api_id", `${apiOf(request)}.id`),
        set("resource_id", `aws_api_gateway_resource.${routeName({ ...route, method: "" }) || name}.id`),
        set("http_method", text(route.method)),
        set("authorization", text("CUSTOM")),
        set("authorizer_id", "aws_api_gateway_authorizer.sallyport.id"),
      ]),
    );
  }
  const keys =
    api === "websocket"
      ? [["connect", "$connect"]]
      : request.routes.map((route) => [routeName(route), `${route.method} ${route.path}`]);
  return keys.map(([id = "", key = ""]) =>
    block(`resource "aws_apigatewayv2_route" "${id}"`, [
      note("As in your code, except for the last two lines."),
      set("api_id", `${apiOf(request)}.id`),
      set("route_key", text(key)),
      set("target", `"integrations/\${aws_apigatewayv2_integration.${name}.id}"`),
      set("authorization_type", text("CUSTOM")),
      set("authorizer_id", "aws_apigatewayv2_authorizer.sallyport.id"),
    ]),
  );
}

/**
 * Settings for resources that the owner already declares, because Terraform rejects a second
 * declaration.
 */
function howToFinish({ api, enforce }: SnippetRequest): readonly string[] {
  const variables = (attribute: string) => `${attribute} = { ${ENFORCE_VARIABLE} = ${text(enforce)} }`;
  if (api === "rest") {
    return [
      `In your aws_api_gateway_stage:      ${variables("variables")}`,
      "In your aws_api_gateway_deployment: add the authorizer's id to triggers, and the gateway responses to depends_on,",
      "  or the stage is deployed without them: triggers = { sallyport = aws_api_gateway_authorizer.sallyport.id }.",
      "Methods for OPTIONS stay open, because browsers send preflights without a token.",
    ];
  }
  const stage = `In your aws_apigatewayv2_stage: ${variables("stage_variables")}`;
  return api === "websocket"
    ? [stage]
    : [
        stage,
        "Without cors_configuration in your aws_apigatewayv2_api, keep routes for OPTIONS open: preflights carry no token.",
      ];
}
