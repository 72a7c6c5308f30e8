import type { RemovalPolicy } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ReachableService, ServiceName } from "./reachable-services.ts";

/** What the functions of a network may reach. */
export interface SegmentedNetworkProps {
  /**
   * The VPC's IPv4 range.
   * @default "10.0.0.0/16"
   */
  readonly cidr?: string;
  /**
   * Availability Zones, 2 at least. CDK knows of 2 only where the stack names no Region.
   * @default 2
   */
  readonly availabilityZones?: number;
  /**
   * TCP port of the database that functions may reach.
   * @default - no database
   */
  readonly databasePort?: number;
  /**
   * TCP port of the cache that functions may reach, such as 6379.
   * @default - no cache
   */
  readonly cachePort?: number;
  /**
   * AWS services that functions may call, each by an interface endpoint, which costs by the hour
   * and Availability Zone.
   * @default - none. Functions' logs need none: Lambda takes them past the VPC
   */
  readonly services?: readonly (ServiceName | ReachableService)[];
  /**
   * DynamoDB tables that functions may reach, by a gateway endpoint.
   * @default - none
   */
  readonly tables?: readonly { readonly tableArn: string }[];
  /**
   * S3 buckets that functions may reach, by a gateway endpoint.
   * @default - none
   */
  readonly buckets?: readonly { readonly bucketArn: string; readonly bucketName: string }[];
  /**
   * Ids of AWS's prefix lists in the stack's Region.
   * @default - looked up by name when the app is synthesized; the stack must name its account and
   *   Region then
   */
  readonly prefixListIds?: { readonly dynamodb?: string; readonly s3?: string };
  /**
   * Further names that may be resolved, such as the database's host or
   * `*.eu-west-1.rds.amazonaws.com`.
   * @default - those of the services, tables and buckets alone
   */
  readonly domains?: readonly string[];
  /**
   * An AWS organisation (`o-…`) whose identities may use the endpoints, for resources of the same.
   * @default - this account alone
   */
  readonly organisationId?: string;
  /**
   * A way for VPC links of HTTP APIs: link → internal load balancer (443) → containers of the API
   * tier (`targetPort`). Functions need none; API Gateway invokes them past the network.
   * @default - none
   */
  readonly gatewayLink?: { readonly targetPort: number };
  /**
   * Whether the VPC's default security group loses its rules, by a small custom resource of CDK's.
   * Nothing uses that group either way; Security Hub's EC2.2 asks for it.
   * @default true
   */
  readonly closeDefaultSecurityGroup?: boolean;
  /**
   * How long flow logs and DNS queries are kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * The key that encrypts them; its policy must let CloudWatch Logs use it.
   * @default - a key that CloudWatch Logs owns
   */
  readonly logEncryptionKey?: IKey;
  /**
   * What becomes of the logs when the stack is deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly logRemovalPolicy?: RemovalPolicy;
  /**
   * CloudFormation types, beyond those known, that are in a tier of this network, such as
   * AWS::DocDB::DBCluster.
   * @default - none
   */
  readonly alsoPlaced?: readonly string[];
}
