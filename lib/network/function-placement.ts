import { CfnResource } from "aws-cdk-lib";
import type { ISecurityGroup, IVpc } from "aws-cdk-lib/aws-ec2";
import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnFunction, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { IConstruct } from "constructs";
import { acknowledge } from "../acknowledge.ts";
import { SynthesisError } from "../synthesis-error.ts";

// As in AWS's own policy AWSLambdaVPCAccessExecutionRole, without the logs.
const INTERFACE_ACTIONS = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

/**
 * Puts a function into subnets and a security group. Its role gets the actions that Lambda needs to
 * make network interfaces; the function's own code is denied them, by
 * lambda:SourceFunctionArn.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html (network
 *   interfaces are made without it)
 */
export function joinNetwork(fn: IFunction, vpc: IVpc, group: ISecurityGroup): CfnFunction {
  const resource = fn.node.defaultChild;
  const { role } = fn;
  if (!(resource instanceof CfnFunction) || role === undefined) {
    throw new SynthesisError(
      `${fn.node.path}: an imported function cannot be placed in a network. Place it in the app that makes it.`,
    );
  }
  if (resource.vpcConfig !== undefined) return resource;
  resource.vpcConfig = {
    subnetIds: vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
    securityGroupIds: [group.securityGroupId],
  };
  role.addToPrincipalPolicy(new PolicyStatement({ actions: INTERFACE_ACTIONS, resources: ["*"] }));
  role.addToPrincipalPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: INTERFACE_ACTIONS,
      resources: ["*"],
      conditions: { Null: { "lambda:SourceFunctionArn": "false" } },
    }),
  );
  acknowledge(role, {
    id: "AwsSolutions-IAM5[Resource::*]",
    reason:
      "Lambda checks for these actions on * when it makes network interfaces; the function's own code is denied them.",
  });
  return resource;
}

/** Lets API Gateway invoke a function on behalf of one API. */
export function invokeFromGateway(fn: IFunction, apiArn: string): void {
  const ids = fn.node.children.filter(({ node }) => node.id.startsWith("OnlyFromGateway"));
  fn.addPermission(`OnlyFromGateway${ids.length === 0 ? "" : ids.length}`, {
    principal: new ServicePrincipal("apigateway.amazonaws.com"),
    sourceArn: apiArn,
  });
}

/** Every function that the app makes below a construct, raw resources and CDK's own included. */
export const functionsBelow = (scope: IConstruct): CfnResource[] =>
  scope.node
    .findAll()
    .filter(CfnResource.isCfnResource)
    .filter(({ cfnResourceType }) => cfnResourceType === "AWS::Lambda::Function");
