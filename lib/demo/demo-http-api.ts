import { RemovalPolicy } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  MappingValue,
  ParameterMapping,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { ALLOWED_HEADERS, EXPOSED_HEADERS } from "../../contract/cors.ts";
import { httpAuthorizer } from "../attach/gateway-authorizers.ts";
import type { DemoApiProps } from "./demo-rest-api.ts";
import { DEMO_RESOURCES } from "./demo-routes.ts";

/**
 * What the backend learns about the caller, by header; `overwrite` so that a caller cannot send
 * them itself.
 */
const IDENTITY_HEADERS = {
  // A user id is unique within its issuer only.
  "x-user-issuer": "authorizer.issuer",
  "x-user-id": "authorizer.userId",
  "x-user-roles": "authorizer.roles",
  "x-device-trust": "authorizer.deviceTrust",
} as const;

/** One line per request; the decision id leads to the access event and to the authorizer's log. */
const ACCESS_LOG = {
  requestId: "$context.requestId",
  time: "$context.requestTime",
  address: "$context.identity.sourceIp",
  route: "$context.routeKey",
  status: "$context.status",
  decisionId: "$context.authorizer.decisionId",
  authorizerError: "$context.authorizer.error",
};

/** An HTTP API whose every route asks Sallyport and tells the backend the caller in headers. */
export class DemoHttpApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, props: DemoApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, "Api", {
      apiName: "sallyport-demo-http",
      description: "Sallyport demo: HTTP API",
      createDefaultStage: false,
      defaultAuthorizer: httpAuthorizer("SallyportAuthorizer", { authorizer: props.authorizer }),
      corsPreflight: {
        allowOrigins: [props.allowOrigin],
        allowHeaders: ALLOWED_HEADERS,
        exposeHeaders: EXPOSED_HEADERS,
        allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST],
      },
    });
    const parameterMapping = Object.entries(IDENTITY_HEADERS).reduce(
      (mapping, [header, variable]) =>
        mapping.overwriteHeader(header, MappingValue.contextVariable(variable)),
      new ParameterMapping(),
    );
    const integration = new HttpLambdaIntegration("Backend", props.backend, {
      parameterMapping,
      scopePermissionToRoute: false,
    });
    for (const name of DEMO_RESOURCES) {
      for (const path of [`/api/${name}`, `/api/${name}/{proxy+}`]) {
        this.api.addRoutes({ path, methods: [HttpMethod.GET, HttpMethod.POST], integration });
      }
    }
    new HttpStage(this, "Stage", {
      httpApi: this.api,
      stageName: "$default",
      autoDeploy: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, "AccessLog", {
            retention: RetentionDays.ONE_WEEK,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
  }
}
