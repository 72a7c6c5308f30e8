import { Duration, Stack, type StackProps } from "aws-cdk-lib";
import { LambdaIntegration, RestApi } from "aws-cdk-lib/aws-apigateway";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
} from "aws-cdk-lib/aws-rds";
import type { Construct } from "constructs";
import { SegmentedNetwork } from "../../../lib/index.ts";

export class OrdersBackEnd extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const network = new SegmentedNetwork(this, "Network", {
      databasePort: 5432,
      services: [{ service: "secretsmanager", actions: ["secretsmanager:GetSecretValue"] }],
      domains: [`*.${this.region}.rds.amazonaws.com`],
    });
    const database = new DatabaseCluster(this, "Database", {
      ...network.tierProps("database"),
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_6 }),
      writer: ClusterInstance.serverlessV2("Writer"),
      storageEncrypted: true,
    });
    const orders = new LambdaFunction(this, "Orders", {
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: Code.fromInline("exports.handler = async () => ({ statusCode: 200 });"),
      timeout: Duration.seconds(10),
    });
    network.place(orders);
    network.requirePlacement(orders);
    database.secret?.grantRead(orders);
    const api = new RestApi(this, "Api");
    api.root.addMethod("GET", new LambdaIntegration(orders));
  }
}
