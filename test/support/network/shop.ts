import { type App, Stack } from "aws-cdk-lib";
import { LambdaIntegration, RestApi } from "aws-cdk-lib/aws-apigateway";
import { AttributeType, Table } from "aws-cdk-lib/aws-dynamodb";
import { InstanceClass, InstanceSize, InstanceType } from "aws-cdk-lib/aws-ec2";
import { CfnReplicationGroup, CfnSubnetGroup } from "aws-cdk-lib/aws-elasticache";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
} from "aws-cdk-lib/aws-rds";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { SegmentedNetwork } from "../../../lib/network/segmented-network.ts";
import type { SegmentedNetworkProps } from "../../../lib/network/segmented-network-props.ts";
import { bareApp } from "../lib/synthesize.ts";

export const LISTS = { dynamodb: "pl-0dynamo", s3: "pl-0s3" };

/** An app of someone's with everything that a segmented network may hold. */
export interface Shop {
  readonly app: App;
  readonly stack: Stack;
  readonly network: SegmentedNetwork;
  readonly fn: LambdaFunction;
  readonly api: RestApi;
}

/** A new network in a new stack. */
export function emptyNetwork(props: SegmentedNetworkProps = {}) {
  const app = bareApp();
  const stack = new Stack(app, "Shop");
  return { app, stack, network: new SegmentedNetwork(stack, "Network", props) };
}

export const anyFunction = (stack: Stack, id: string): LambdaFunction =>
  new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: "index.handler",
    code: Code.fromInline("exports.handler = async () => ({ statusCode: 200 });"),
  });

/**
 * With a database, a cache, a table, a bucket, two services, a VPC link, and one function behind a
 * REST API.
 */
export function shop(props: SegmentedNetworkProps = {}): Shop {
  const app = bareApp();
  const stack = new Stack(app, "Shop");
  const table = new Table(stack, "Table", { partitionKey: { name: "pk", type: AttributeType.STRING } });
  const bucket = new Bucket(stack, "Bucket");
  const network = new SegmentedNetwork(stack, "Network", {
    databasePort: 5432,
    cachePort: 6379,
    services: ["secretsmanager", { service: "sqs", actions: ["sqs:SendMessage"] }],
    tables: [table],
    buckets: [bucket],
    prefixListIds: LISTS,
    domains: ["*.eu-west-1.rds.amazonaws.com"],
    gatewayLink: { targetPort: 8080 },
    ...props,
  });
  new DatabaseCluster(stack, "Database", {
    ...network.tierProps("database"),
    engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_6 }),
    writer: ClusterInstance.provisioned("Writer", {
      instanceType: InstanceType.of(InstanceClass.R7G, InstanceSize.LARGE),
    }),
  });
  const { vpcSubnets } = network.tierProps("cache");
  const subnets = new CfnSubnetGroup(stack, "CacheSubnets", {
    description: "Isolated",
    subnetIds: vpcSubnets.subnets.map(({ subnetId }) => subnetId),
  });
  new CfnReplicationGroup(stack, "Cache", {
    replicationGroupDescription: "Carts",
    cacheSubnetGroupName: subnets.ref,
    securityGroupIds: [network.securityGroup("cache").securityGroupId],
  });
  const fn = anyFunction(stack, "Orders");
  network.place(fn);
  const api = new RestApi(stack, "Api");
  api.root.addMethod("GET", new LambdaIntegration(fn));
  return { app, stack, network, fn, api };
}
