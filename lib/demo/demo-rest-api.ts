import {
  AuthorizationType,
  Cors,
  EndpointType,
  LambdaIntegration,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { ALLOWED_HEADERS } from "../../contract/cors.ts";
import { acknowledge } from "../acknowledge.ts";
import { restAuthorizer } from "../attach/gateway-authorizers.ts";
import { addRestGatewayResponses } from "../attach/rest-gateway-responses.ts";
import { DEMO_METHODS, DEMO_RESOURCES } from "./demo-routes.ts";

export interface DemoApiProps {
  /** The authorizer function. */
  readonly authorizer: IFunction;
  /** The function behind every route. */
  readonly backend: IFunction;
  /** The origin that browsers may call from, or `*`. */
  readonly allowOrigin: string;
}

/** A REST API whose every method asks Sallyport; preflights alone are open. */
export class DemoRestApi extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, props: DemoApiProps) {
    super(scope, id);
    const authorizer = restAuthorizer(this, "Authorizer", { authorizer: props.authorizer });
    this.api = new RestApi(this, "Api", {
      restApiName: "sallyport-demo-rest",
      description: "Sallyport demo: REST API",
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      deployOptions: { stageName: "demo" },
      defaultIntegration: new LambdaIntegration(props.backend, {
        scopePermissionToMethod: false,
      }),
      defaultMethodOptions: { authorizationType: AuthorizationType.CUSTOM, authorizer },
      defaultCorsPreflightOptions: {
        allowOrigins: props.allowOrigin === "*" ? Cors.ALL_ORIGINS : [props.allowOrigin],
        allowHeaders: ALLOWED_HEADERS,
        allowMethods: [...DEMO_METHODS],
      },
    });
    const root = this.api.root.addResource("api");
    for (const name of DEMO_RESOURCES) {
      const resource = root.addResource(name);
      const below = resource.addResource("{proxy+}");
      for (const method of DEMO_METHODS) {
        resource.addMethod(method);
        below.addMethod(method);
      }
    }
    addRestGatewayResponses(this, this.api, { allowOrigin: props.allowOrigin });
    acknowledgeDemo(this.api);
  }
}

function acknowledgeDemo(api: RestApi): void {
  const logging =
    "Logs of a REST API need a role that is set for the whole account, which a demo must not change; each request that reaches the authorizer is reported as an access event instead.";
  acknowledge(
    api,
    { id: "AwsSolutions-APIG1", reason: logging },
    { id: "AwsSolutions-APIG6", reason: logging },
    {
      id: "AwsSolutions-APIG2",
      reason: "The backend reads no body and no parameter; it only echoes who calls.",
    },
    {
      id: "AwsSolutions-APIG3",
      reason: "A web ACL costs money by the month; a demo holds nothing worth it.",
    },
    { id: "AwsSolutions-APIG4", reason: "Every method but the CORS preflights asks Sallyport's authorizer." },
    {
      id: "AwsSolutions-COG4",
      reason: "Sallyport's authorizer verifies tokens of any configured issuer, Cognito's too.",
    },
  );
}
