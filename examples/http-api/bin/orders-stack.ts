import { Stack, type StackProps } from "aws-cdk-lib";
import { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpUrlIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Construct } from "constructs";
import {
  authorizerSettings,
  compilePolicies,
  loadConfiguration,
  SallyportAuthorizer,
  SallyportCore,
  scorerSettings,
} from "sallyport";

/** An HTTP API and the Sallyport that guards it, in one stack. */
export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const configuration = loadConfiguration("sallyport.json");
    const core = new SallyportCore(this, "Sallyport", {
      authorizer: authorizerSettings(configuration),
      scorer: scorerSettings(configuration),
      policies: compilePolicies(configuration.policies),
    });
    const api = new HttpApi(this, "Api", {
      defaultAuthorizer: SallyportAuthorizer.of(core.authorizer.function).http("Authorizer"),
    });
    api.addRoutes({
      path: "/api/orders",
      integration: new HttpUrlIntegration("Orders", "https://orders.example.com"),
    });
  }
}
