import { authorizerUri } from "../../aws/api-gateway/authorizer-uri.ts";
import { ALLOWED_HEADERS, EXPOSED_HEADERS } from "../../contract/cors.ts";
import { ENFORCE_VARIABLE } from "../../contract/gateway.ts";
import { gatewayResponses } from "../../contract/gateway-responses.ts";
import { sourceArn, statementId } from "../../domain/attach/recognise.ts";
import { grantsHere, leftToDo, routeName, type SnippetRequest, type WriteSnippet } from "./request.ts";
import { comment, writeYaml, type Yaml } from "./yaml.ts";

const SCHEME = "sallyport";
const ARN_TO_PUT_IN = "arn:aws:lambda:REPLACE-WITH-REGION:REPLACE-WITH-ACCOUNT:function:REPLACE-WITH-NAME";

/**
 * An OpenAPI 3.0 document with API Gateway's extensions, to be merged with the owner's. It can name
 * the function only by ARN: without one, its placeholders start with REPLACE-WITH.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export const writeOpenapi: WriteSnippet = (request) => {
  const { api, routes } = request;
  const paths: Record<string, Record<string, Yaml>> = {};
  for (const route of routes) {
    const operations = paths[route.path] ?? {};
    paths[route.path] = operations;
    operations[route.method === "ANY" ? "x-amazon-apigateway-any-method" : route.method.toLowerCase()] = {
      operationId: routeName(route),
      parameters: parametersOf(route.path),
      "#": "Add this to your operation; keep its x-amazon-apigateway-integration.",
      security: [{ [SCHEME]: [] }],
      responses: { "200": { description: "As your operation says" } },
    };
    if (api === "rest") operations.options = preflight(request);
  }
  return (
    comment([
      `OpenAPI for API Gateway: ${api} API behind Sallyport. Merge it with your document.`,
      ...leftToDo(request),
      ...byCommand(request),
    ]) +
    writeYaml({
      openapi: "3.0.3",
      info: { title: request.name, version: "1.0.0" },
      paths,
      components: { securitySchemes: { [SCHEME]: securityScheme(request) } },
      ...(api === "rest"
        ? { "x-amazon-apigateway-gateway-responses": responses(request) }
        : {
            "x-amazon-apigateway-cors": {
              allowOrigins: [request.allowOrigin],
              allowHeaders: ALLOWED_HEADERS,
              allowMethods: ["*"],
              exposeHeaders: EXPOSED_HEADERS,
            },
          }),
    })
  );
};

function securityScheme({ api, authorizer, credentialsRole }: SnippetRequest): Yaml {
  const arn = "arn" in authorizer ? authorizer.arn : ARN_TO_PUT_IN;
  return {
    type: "apiKey",
    name: "Authorization",
    in: "header",
    ...(api === "rest" && { "x-amazon-apigateway-authtype": "custom" }),
    "x-amazon-apigateway-authorizer": {
      type: "request",
      authorizerUri: authorizerUri(arn),
      authorizerCredentials: credentialsRole,
      authorizerResultTtlInSeconds: 0,
      ...(api === "http" && { authorizerPayloadFormatVersion: "2.0", enableSimpleResponses: true }),
    },
  };
}

const parametersOf = (path: string): Yaml | undefined => {
  const names = [...path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name = ""]) => name);
  return names.length === 0
    ? undefined
    : names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
};

/** Open, since browsers send preflights without a token. */
function preflight({ allowOrigin }: SnippetRequest): Yaml {
  const headers = {
    "Access-Control-Allow-Origin": allowOrigin,
    "Access-Control-Allow-Headers": ALLOWED_HEADERS.join(","),
    "Access-Control-Allow-Methods": "GET,POST,PUT,PATCH,DELETE,OPTIONS",
  };
  const each = <T extends Yaml>(write: (name: string, value: string) => readonly [string, T]) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => write(name, value)));
  return {
    responses: {
      "200": {
        description: "Preflight",
        headers: each((name) => [name, { schema: { type: "string" } }]),
      },
    },
    "x-amazon-apigateway-integration": {
      type: "mock",
      requestTemplates: { "application/json": '{"statusCode": 200}' },
      responses: {
        default: {
          statusCode: "200",
          responseParameters: each((name, value) => [`method.response.header.${name}`, `'${value}'`]),
        },
      },
    },
  };
}

const responses = ({ allowOrigin }: SnippetRequest): Yaml =>
  Object.fromEntries(
    gatewayResponses(allowOrigin).map(({ type, statusCode, parameters, templates }) => [
      type,
      {
        statusCode,
        responseParameters: parameters,
        responseTemplates: templates,
      },
    ]),
  );

/** OpenAPI says nothing of permissions and stages. */
function byCommand(request: SnippetRequest): readonly string[] {
  const { api, authorizer, stage, enforce } = request;
  const arn = "arn" in authorizer ? authorizer.arn : ARN_TO_PUT_IN;
  const [, partition = "", , region = ""] = arn.split(":");
  const id = "<API id>";
  const quoted = enforce.includes(",") ? `'"${enforce}"'` : enforce;
  return [
    ...("arn" in authorizer
      ? []
      : [
          `Replace ${ARN_TO_PUT_IN} by the function's ARN, or print this with --authorizer <ARN>:`,
          `  aws ssm get-parameter --name ${authorizer.parameter} --query Parameter.Value --output text`,
        ]),
    ...(grantsHere(request)
      ? [
          "After the API is imported:",
          `  aws lambda add-permission --function-name ${arn} --statement-id ${statementId(id)} --action lambda:InvokeFunction \\`,
          `    --principal apigateway.amazonaws.com --source-arn '${sourceArn({ partition, region, accountId: "<account>", id })}'`,
        ]
      : []),
    api === "rest"
      ? `On the stage: aws apigateway update-stage --rest-api-id <API id> --stage-name ${stage} --patch-operations op=replace,path=/variables/${ENFORCE_VARIABLE},value=${quoted}`
      : `On the stage: aws apigatewayv2 update-stage --api-id <API id> --stage-name '${stage}' --stage-variables ${ENFORCE_VARIABLE}=${quoted}`,
  ];
}
