import { Aws, Stack, Token } from "aws-cdk-lib";
import {
  GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointService,
  type ISecurityGroup,
  type IVpc,
  PrefixList,
} from "aws-cdk-lib/aws-ec2";
import { AnyPrincipal, type IPrincipal, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { SynthesisError } from "../synthesis-error.ts";

/**
 * AWS services whose interface endpoint and host are both called so:
 * `<name>.<region>.amazonaws.com`.
 */
export const SERVICE_NAMES = [
  "events",
  "kms",
  "lambda",
  "logs",
  "monitoring",
  "rds-data",
  "secretsmanager",
  "sns",
  "sqs",
  "ssm",
  "states",
  "sts",
] as const;

/** An AWS service that a segmented network can reach by an interface endpoint. */
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** A service that functions may call, and what they may do by its endpoint. */
export interface ReachableService {
  /** The service, by the name of its endpoint */
  readonly service: ServiceName;
  /**
   * Actions that the endpoint lets through, such as `secretsmanager:GetSecretValue`.
   * @default - all; the functions' roles decide
   */
  readonly actions?: readonly string[];
  /**
   * ARNs of the resources that the endpoint lets through.
   * @default - all of the account or organisation
   */
  readonly resources?: readonly string[];
}

/**
 * Statement that lets through identities of the account (or organisation) alone, to resources of
 * the same alone.
 */
function inside(
  organisationId: string | undefined,
  actions: readonly string[],
  resources: readonly string[],
): PolicyStatement {
  const within =
    organisationId === undefined
      ? { "aws:PrincipalAccount": Aws.ACCOUNT_ID, "aws:ResourceAccount": Aws.ACCOUNT_ID }
      : { "aws:PrincipalOrgID": organisationId, "aws:ResourceOrgID": organisationId };
  const principals: IPrincipal[] = [new AnyPrincipal()];
  return new PolicyStatement({
    principals,
    actions: [...actions],
    resources: [...resources],
    conditions: { StringEquals: within },
  });
}

/** An interface endpoint in every subnet of the network, and the name that leads to it. */
export function addServiceEndpoint(
  scope: Construct,
  vpc: IVpc,
  group: ISecurityGroup,
  reachable: ReachableService,
  organisationId: string | undefined,
): { endpoint: InterfaceVpcEndpoint; host: string } {
  const { service, actions = ["*"], resources = ["*"] } = reachable;
  const { region, urlSuffix } = Stack.of(scope);
  const prefix = !Token.isUnresolved(region) && region.startsWith("cn-") ? "cn.com" : "com";
  const endpoint = new InterfaceVpcEndpoint(scope, `Endpoint-${service}`, {
    vpc,
    service: new InterfaceVpcEndpointService(`${prefix}.amazonaws.${region}.${service}`, 443),
    privateDnsEnabled: true,
    // CDK's default lets the whole VPC in.
    open: false,
    securityGroups: [group],
    subnets: { subnets: vpc.isolatedSubnets },
  });
  endpoint.addToPolicy(inside(organisationId, actions, resources));
  return { endpoint, host: `${service}.${region}.${urlSuffix}` };
}

/**
 * A gateway endpoint in every route table of the network, and the id of the prefix list that it
 * routes.
 */
export function addGatewayEndpoint(
  scope: Construct,
  vpc: IVpc,
  service: "dynamodb" | "s3",
  resources: readonly string[],
  organisationId: string | undefined,
  prefixListId: string | undefined,
): { endpoint: GatewayVpcEndpoint; prefixListId: string } {
  const endpoint = new GatewayVpcEndpoint(scope, `Gateway-${service}`, {
    vpc,
    service: service === "s3" ? GatewayVpcEndpointAwsService.S3 : GatewayVpcEndpointAwsService.DYNAMODB,
    subnets: [{ subnets: vpc.isolatedSubnets }],
  });
  endpoint.addToPolicy(inside(organisationId, [`${service}:*`], resources));
  return { endpoint, prefixListId: prefixListId ?? lookUpPrefixList(scope, service) };
}

function lookUpPrefixList(scope: Construct, service: "dynamodb" | "s3"): string {
  const { account, region } = Stack.of(scope);
  if (Token.isUnresolved(account) || Token.isUnresolved(region)) {
    throw new SynthesisError(
      `${scope.node.path}: prefixListIds.${service} is not given, and cannot be looked up because the stack names no account and Region. Give the stack an env, or the id that \`aws ec2 describe-managed-prefix-lists\` shows for com.amazonaws.<region>.${service}.`,
    );
  }
  const prefixListName = `com.amazonaws.${region}.${service}`;
  return PrefixList.fromLookup(scope, `PrefixList-${service}`, { prefixListName }).prefixListId;
}
