import { gatewayResponses } from "../../contract/gateway-responses.ts";
import { AUTHORIZER_NAME } from "../../domain/attach/attachment.ts";
import { grantsHere, type SnippetRequest } from "./request.ts";
import { ref, sub, type Yaml } from "./yaml.ts";

type Resources = { readonly [logicalId: string]: Yaml };

/** Logical id of the authorizer in every fragment of CloudFormation resources. */
export const AUTHORIZER_ID = "SallyportAuthorizer";

/**
 * The authorizer of an API and, where it can stand here, the permission to invoke the function.
 * @param apiId logical id of the API
 * @param functionArn the function's ARN as it stands inside `Fn::Sub`
 */
export function authorizerResources(request: SnippetRequest, apiId: string, functionArn: string): Resources {
  const { api, authorizer, credentialsRole } = request;
  const region = "region" in authorizer ? authorizer.region : `\${AWS::Region}`;
  const uri = sub(
    `arn:\${AWS::Partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
  );
  const rest: Yaml = {
    Type: "AWS::ApiGateway::Authorizer",
    Properties: {
      RestApiId: ref(apiId),
      Name: AUTHORIZER_NAME,
      Type: "REQUEST",
      AuthorizerUri: uri,
      AuthorizerCredentials: credentialsRole,
      AuthorizerResultTtlInSeconds: 0,
    },
  };
  const v2: Yaml = {
    Type: "AWS::ApiGatewayV2::Authorizer",
    Properties: {
      ApiId: ref(apiId),
      Name: AUTHORIZER_NAME,
      AuthorizerType: "REQUEST",
      AuthorizerUri: uri,
      AuthorizerCredentialsArn: credentialsRole,
      IdentitySource: [],
      ...(api === "http" && {
        AuthorizerPayloadFormatVersion: "2.0",
        EnableSimpleResponses: true,
        AuthorizerResultTtlInSeconds: 0,
      }),
    },
  };
  return {
    [AUTHORIZER_ID]: api === "rest" ? rest : v2,
    ...permissionResource(request, apiId, functionArn),
  };
}

/**
 * The permission for one authorizer to invoke the function; nothing where it cannot stand here.
 * @param authorizerId logical id of the authorizer
 */
export function permissionResource(
  request: SnippetRequest,
  apiId: string,
  functionArn: string,
  authorizerId: string = AUTHORIZER_ID,
): Resources {
  if (!grantsHere(request)) return {};
  return {
    SallyportPermission: {
      Type: "AWS::Lambda::Permission",
      Properties: {
        Action: "lambda:InvokeFunction",
        // A dynamic reference resolves in a plain text too.
        FunctionName: functionArn.startsWith("${") ? ref(functionArn.slice(2, -1)) : functionArn,
        Principal: "apigateway.amazonaws.com",
        SourceArn: sub(
          `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${apiId}}/authorizers/\${${authorizerId}}`,
        ),
      },
    },
  };
}

/** The gateway responses of a REST API, as resources. */
export function gatewayResponseResources({ allowOrigin }: SnippetRequest, apiId: string): Resources {
  return Object.fromEntries(
    gatewayResponses(allowOrigin).map(({ type, statusCode, parameters, templates }) => [
      `SallyportResponse${type.replaceAll("_", "")}`,
      {
        Type: "AWS::ApiGateway::GatewayResponse",
        Properties: {
          RestApiId: ref(apiId),
          ResponseType: type,
          StatusCode: statusCode,
          ResponseParameters: parameters,
          ResponseTemplates: templates,
        },
      },
    ]),
  );
}
