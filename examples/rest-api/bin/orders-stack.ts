import { Stack, type StackProps } from "aws-cdk-lib";
import { MockIntegration, RestApi } from "aws-cdk-lib/aws-apigateway";
import type { Construct } from "constructs";
import { monitor, SallyportAuthorizer } from "sallyport";

/** A REST API whose routes lie in several of the default policies' segments. */
export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const restApi = new RestApi(this, "Api", {
      defaultMethodOptions: { authorizer: SallyportAuthorizer.fromParameter().rest(this, "Sallyport") },
    });
    const api = restApi.root.addResource("api");
    for (const name of ["orders", "billing", "admin"]) {
      api.addResource(name).addMethod("ANY", new MockIntegration());
    }
    // Decisions are recorded, and every request goes through. Delete the line to enforce them.
    monitor(restApi.deploymentStage);
  }
}
