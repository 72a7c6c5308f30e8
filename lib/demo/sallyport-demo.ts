import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { NodeFunction } from "../functions/node-function.ts";
import { ownFunction } from "../functions/own-function.ts";
import { DemoHttpApi } from "./demo-http-api.ts";
import { DemoRestApi } from "./demo-rest-api.ts";

/** What the demo APIs are made with. */
export interface SallyportDemoProps extends StackProps {
  /** ARN of the authorizer function. */
  readonly authorizerArn: string;
  /**
   * The origin that browsers may call from, or `*`.
   * @default "*"
   */
  readonly allowOrigin?: string;
}

/**
 * A small REST API and a small HTTP API behind Sallyport, to try a deployment with. It keeps
 * nothing of value.
 */
export class SallyportDemo extends Stack {
  constructor(scope: Construct, id: string, props: SallyportDemoProps) {
    const { authorizerArn, allowOrigin = "*", ...stackProps } = props;
    super(scope, id, { description: "Sallyport: demo APIs", ...stackProps });
    // By ARN, so that this stack holds API Gateway's permission to invoke it and no circle arises.
    const authorizer = LambdaFunction.fromFunctionAttributes(this, "Authorizer", {
      functionArn: authorizerArn,
      sameEnvironment: true,
    });
    const backend = new NodeFunction(this, "Backend", {
      entry: ownFunction("demo"),
      description: "Sallyport demo: says who it believes calls",
      timeout: Duration.seconds(5),
      memorySize: 128,
      logRetention: RetentionDays.ONE_WEEK,
      logRemovalPolicy: RemovalPolicy.DESTROY,
      environment: { ALLOW_ORIGIN: allowOrigin },
    }).function;
    const rest = new DemoRestApi(this, "Rest", { authorizer, backend, allowOrigin });
    const http = new DemoHttpApi(this, "Http", { authorizer, backend, allowOrigin });
    new CfnOutput(this, "RestUrl", { value: rest.api.url, description: "Base URL of the REST API" });
    new CfnOutput(this, "HttpUrl", {
      value: `${http.api.apiEndpoint}/`,
      description: "Base URL of the HTTP API",
    });
  }
}
