import { ALLOWED_HEADERS, EXPOSED_HEADERS } from "../../contract/cors.ts";
import { ENFORCE_VARIABLE } from "../../contract/gateway.ts";
import type { ApiKind } from "../../domain/attach/api-state.ts";
import { AUTHORIZER_NAME } from "../../domain/attach/attachment.ts";
import {
  AUTHORIZER_ID,
  authorizerResources,
  gatewayResponseResources,
  permissionResource,
} from "./cloudformation.ts";
import { leftToDo, type SnippetRequest, type SnippetRoute, type WriteSnippet } from "./request.ts";
import { comment, ref, writeYaml, type Yaml } from "./yaml.ts";

/** Logical ids that Serverless gives its APIs. */
const API_ID: Readonly<Record<ApiKind, string>> = {
  rest: "ApiGatewayRestApi",
  http: "HttpApi",
  websocket: "WebsocketsApi",
};

const HTTP_AUTHORIZER_ID = "HttpApiAuthorizerSallyport";

/**
 * Parts of a serverless.yml for the Serverless Framework 3 and its fork osls. The authorizer is a
 * separate resource where the framework allows it, because the authorizer that the framework makes
 * from an ARN has no role and lets every route of the API invoke the function.
 */
export const writeServerless: WriteSnippet = (request) =>
  comment([
    `Serverless Framework: ${request.api} API behind Sallyport. Merge it with your serverless.yml; replace yourFunction by your functions.`,
    ...leftToDo(request),
    ...(request.api === "rest" ? restStage(request) : []),
  ]) +
  writeYaml({
    ...(request.api === "http" && {
      provider: { httpApi: { cors: httpCors(request), authorizers: httpAuthorizers(request) } },
    }),
    functions: {
      yourFunction: {
        handler: "handler.main",
        events:
          request.api === "websocket"
            ? [{ websocket: { route: "$connect" } }]
            : request.routes.map((route) => event(request, route)),
      },
    },
    resources: {
      Resources: resources(request),
      extensions: extensions(request),
    },
  });

function resources(request: SnippetRequest): Yaml | undefined {
  const arn = functionArn(request);
  const all =
    request.api === "http"
      ? permissionResource(request, API_ID.http, arn, HTTP_AUTHORIZER_ID)
      : authorizerResources(request, API_ID[request.api], arn);
  const responses = request.api === "rest" ? gatewayResponseResources(request, API_ID.rest) : {};
  return Object.keys(all).length === 0 ? undefined : { ...all, ...responses };
}

/** CloudFormation looks the parameter up, so that packaging needs no account. */
const functionArn = ({ authorizer }: SnippetRequest): string =>
  "arn" in authorizer ? authorizer.arn : `{{resolve:ssm:${authorizer.parameter}}}`;

const httpCors = ({ allowOrigin }: SnippetRequest): Yaml => ({
  allowedOrigins: [allowOrigin],
  allowedHeaders: ALLOWED_HEADERS,
  allowedMethods: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  exposedResponseHeaders: EXPOSED_HEADERS,
});

const httpAuthorizers = (request: SnippetRequest): Yaml => ({
  [AUTHORIZER_NAME]: {
    type: "request",
    functionArn: functionArn(request),
    payloadVersion: "2.0",
    enableSimpleResponses: true,
    resultTtlInSeconds: 0,
    "#": "The framework's default permission would cover every authorizer of the API.",
    managedExternally: true,
  },
});

function event({ api, allowOrigin }: SnippetRequest, { method, path }: SnippetRoute): Yaml {
  if (api === "http") {
    return {
      httpApi: {
        method: method === "ANY" ? "*" : method,
        path,
        authorizer: { name: AUTHORIZER_NAME },
      },
    };
  }
  return {
    http: {
      method: method.toLowerCase(),
      path,
      "#": "Preflights stay open.",
      cors: { origin: allowOrigin, headers: ALLOWED_HEADERS },
      authorizer: { type: "CUSTOM", authorizerId: ref(AUTHORIZER_ID) },
    },
  };
}

function extensions({ api, enforce, credentialsRole }: SnippetRequest): Yaml | undefined {
  const variables: Yaml = { Properties: { StageVariables: { [ENFORCE_VARIABLE]: enforce } } };
  if (api === "http") {
    return {
      HttpApiStage: variables,
      ...(credentialsRole !== undefined && {
        [HTTP_AUTHORIZER_ID]: { Properties: { AuthorizerCredentialsArn: credentialsRole } },
      }),
    };
  }
  if (api === "rest") return undefined;
  return {
    SconnectWebsocketsRoute: {
      Properties: { AuthorizationType: "CUSTOM", AuthorizerId: ref(AUTHORIZER_ID) },
    },
    WebsocketsDeploymentStage: variables,
  };
}

/**
 * The framework makes a REST API's stage by its deployment, which has no place for variables that
 * stay.
 */
const restStage = ({ stage, enforce }: SnippetRequest): readonly string[] => [
  "Gateway responses take effect with the deployment after the one that creates them: deploy twice the first time.",
  "The framework cannot set a stage variable of a REST API. Once the stage exists (for monitor mode, before the routes use the authorizer), run:",
  `  aws apigateway update-stage --rest-api-id <API id> --stage-name ${stage} \\`,
  `    --patch-operations op=replace,path=/variables/${ENFORCE_VARIABLE},value=${enforce.includes(",") ? `'"${enforce}"'` : enforce}`,
];
