import { type App, Stack } from "aws-cdk-lib";
import { type IAuthorizer, MockIntegration, RestApi } from "aws-cdk-lib/aws-apigateway";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { ConfigurationInput } from "../../../configuration/schema.ts";
import { SallyportStack } from "../../../lib/sallyport-stack.ts";
import { bareApp, configure, NO_POLICIES } from "./synthesize.ts";

/** An app with Sallyport and a stack of someone else's. */
export function ordersSite(parts: Partial<ConfigurationInput> = {}, app = bareApp()) {
  const sallyport = new SallyportStack(app, "Sallyport", {
    configuration: configure(parts),
    policies: NO_POLICIES,
  });
  const stack = new Stack(app, "Orders");
  const authorizer = LambdaFunction.fromFunctionAttributes(stack, "Sallyport", {
    functionArn: sallyport.core.authorizer.function.functionArn,
    sameEnvironment: true,
  });
  return { app, sallyport, stack, authorizer };
}

/**
 * A configuration whose only issuer's bound tokens are refused, with which verdicts may be cached.
 */
export const withoutBoundTokens = (): Partial<ConfigurationInput> => ({
  issuers: configure().issuers.map((issuer) => ({ ...issuer, boundTokens: "refused" })),
});

export function restApi(stack: Stack, authorizer: IAuthorizer): RestApi {
  const api = new RestApi(stack, "Api");
  api.root.addMethod("GET", new MockIntegration(), { authorizer });
  return api;
}

/** What synthesis says against the app; the empty text if nothing. */
export function complaint(app: App): string {
  try {
    app.synth();
  } catch (error) {
    return String(error);
  }
  return "";
}
