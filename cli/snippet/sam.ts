import { ALLOWED_HEADERS, EXPOSED_HEADERS } from "../../contract/cors.ts";
import { ENFORCE_VARIABLE } from "../../contract/gateway.ts";
import { gatewayResponses } from "../../contract/gateway-responses.ts";
import { AUTHORIZER_ID, authorizerResources } from "./cloudformation.ts";
import { grantsHere, leftToDo, routeName, type SnippetRequest, type WriteSnippet } from "./request.ts";
import { comment, ref, sub, writeYaml, type Yaml } from "./yaml.ts";

const PARAMETER = "SallyportAuthorizerArn";
const AUTHORIZER = "Sallyport";

/** A template for the AWS Serverless Application Model (SAM), to be merged with the owner's. */
export const writeSam: WriteSnippet = (request) =>
  comment([
    `AWS SAM: ${request.api} API behind Sallyport. Merge it with your template; ${request.name} is your API.`,
    ...leftToDo(request),
    ...(request.elsewhere && request.api === "rest"
      ? ["SAM writes the API's own Region into the authorizer's URI: the function must be in that Region."]
      : []),
  ]) +
  writeYaml({
    AWSTemplateFormatVersion: "2010-09-09",
    Transform: "AWS::Serverless-2016-10-31",
    Parameters: { [PARAMETER]: parameter(request) },
    Resources: request.api === "websocket" ? webSocketResources(request) : serverlessApi(request),
  });

const parameter = ({ authorizer }: SnippetRequest): Yaml =>
  "arn" in authorizer
    ? { Type: "String", Default: authorizer.arn }
    : { Type: "AWS::SSM::Parameter::Value<String>", Default: authorizer.parameter };

function serverlessApi(request: SnippetRequest): { [id: string]: Yaml } {
  const { api, name, routes } = request;
  const events = routes.map(({ method, path }) => [
    // SAM wants letters and digits.
    `Route${routeName({ method, path })
      .split("_")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join("")}`,
    {
      Type: api === "rest" ? "Api" : "HttpApi",
      Properties: {
        Path: path,
        Method: method.toLowerCase(),
        [api === "rest" ? "RestApiId" : "ApiId"]: ref(name),
        Auth: { Authorizer: AUTHORIZER },
      },
    },
  ]);
  return {
    [name]: api === "rest" ? restApi(request) : httpApi(request),
    YourFunction: {
      "#": "Replace by your functions; their events need no more than this, because the authorizer is the default.",
      Type: "AWS::Serverless::Function",
      Properties: {
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        InlineCode: "exports.handler = async () => ({ statusCode: 200 });",
        Events: Object.fromEntries(events),
      },
    },
  };
}

function restApi(request: SnippetRequest): Yaml {
  const { stage, enforce, allowOrigin, credentialsRole } = request;
  return {
    Type: "AWS::Serverless::Api",
    Properties: {
      StageName: stage,
      Variables: { [ENFORCE_VARIABLE]: enforce },
      Cors: {
        AllowOrigin: `'${allowOrigin}'`,
        AllowHeaders: `'${ALLOWED_HEADERS.join(",")}'`,
      },
      Auth: {
        DefaultAuthorizer: AUTHORIZER,
        "#": "Browsers send preflights without a token.",
        AddDefaultAuthorizerToCorsPreflight: false,
        Authorizers: {
          [AUTHORIZER]: {
            FunctionArn: ref(PARAMETER),
            FunctionPayloadType: "REQUEST",
            FunctionInvokeRole: credentialsRole,
            ...(grantsHere(request) ? {} : { DisableFunctionDefaultPermissions: true }),
            "#": "Never cached; without identity sources, requests without a token are decided and recorded too.",
            Identity: { ReauthorizeEvery: 0 },
          },
        },
      },
      GatewayResponses: Object.fromEntries(
        gatewayResponses(allowOrigin).map(({ type, statusCode, parameters, templates }) => [
          type,
          {
            StatusCode: statusCode,
            ResponseParameters: {
              Headers: Object.fromEntries(
                Object.entries(parameters).map(([header, value]) => [
                  header.replace("gatewayresponse.header.", ""),
                  value,
                ]),
              ),
            },
            ResponseTemplates: templates,
          },
        ]),
      ),
    },
  };
}

function httpApi(request: SnippetRequest): Yaml {
  const { stage, enforce, allowOrigin, credentialsRole } = request;
  return {
    Type: "AWS::Serverless::HttpApi",
    Properties: {
      StageName: stage,
      StageVariables: { [ENFORCE_VARIABLE]: enforce },
      CorsConfiguration: {
        AllowOrigins: [allowOrigin],
        AllowHeaders: ALLOWED_HEADERS,
        AllowMethods: ["*"],
        ExposeHeaders: EXPOSED_HEADERS,
      },
      Auth: {
        DefaultAuthorizer: AUTHORIZER,
        Authorizers: {
          [AUTHORIZER]: {
            FunctionArn: ref(PARAMETER),
            FunctionInvokeRole: credentialsRole,
            EnableFunctionDefaultPermissions: grantsHere(request),
            AuthorizerPayloadFormatVersion: "2.0",
            EnableSimpleResponses: true,
            Identity: { ReauthorizeEvery: 0 },
          },
        },
      },
    },
  };
}

function webSocketResources(request: SnippetRequest): { [id: string]: Yaml } {
  const { name, stage, enforce } = request;
  return {
    [name]: {
      Type: "AWS::ApiGatewayV2::Api",
      Properties: {
        Name: name,
        ProtocolType: "WEBSOCKET",
        RouteSelectionExpression: "$request.body.action",
      },
    },
    ...authorizerResources(request, name, `\${${PARAMETER}}`),
    ConnectRoute: {
      "#": "Your $connect route; keep its Target.",
      Type: "AWS::ApiGatewayV2::Route",
      Properties: {
        ApiId: ref(name),
        RouteKey: "$connect",
        AuthorizationType: "CUSTOM",
        AuthorizerId: ref(AUTHORIZER_ID),
        Target: sub(`integrations/\${ConnectIntegration}`),
      },
    },
    ConnectIntegration: {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: {
        ApiId: ref(name),
        IntegrationType: "MOCK",
        TemplateSelectionExpression: "200",
        RequestTemplates: { "200": '{"statusCode":200}' },
      },
    },
    [`${name}Stage`]: {
      Type: "AWS::ApiGatewayV2::Stage",
      Properties: {
        ApiId: ref(name),
        StageName: stage,
        AutoDeploy: true,
        StageVariables: { [ENFORCE_VARIABLE]: enforce },
      },
    },
  };
}
