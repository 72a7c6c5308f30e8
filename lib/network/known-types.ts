import type { Tier } from "./declared-network.ts";
import type { Properties } from "./template-resources.ts";

/** Where a type states its security groups, and the tiers it may be in. */
interface Placement {
  readonly tiers: readonly Tier[];
  /** The property that holds the list of groups; a dot leads into an object */
  readonly groups: string;
}

/** What may be in a tier. */
export const PLACED: Readonly<Record<string, Placement>> = {
  "AWS::Lambda::Function": { tiers: ["api"], groups: "VpcConfig.SecurityGroupIds" },
  "AWS::ECS::Service": { tiers: ["api"], groups: "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups" },
  "AWS::RDS::DBCluster": { tiers: ["database"], groups: "VpcSecurityGroupIds" },
  "AWS::RDS::DBInstance": { tiers: ["database"], groups: "VPCSecurityGroups" },
  "AWS::ElastiCache::ReplicationGroup": { tiers: ["cache"], groups: "SecurityGroupIds" },
  "AWS::ElastiCache::ServerlessCache": { tiers: ["cache"], groups: "SecurityGroupIds" },
  "AWS::ElastiCache::CacheCluster": { tiers: ["cache"], groups: "VpcSecurityGroupIds" },
  "AWS::ElasticLoadBalancingV2::LoadBalancer": { tiers: ["balancer"], groups: "SecurityGroups" },
  "AWS::ApiGatewayV2::VpcLink": { tiers: ["link"], groups: "SecurityGroupIds" },
};

/** Where types state their subnets. */
export const SUBNETS = [
  "SubnetIds",
  "Subnets",
  "VpcConfig.SubnetIds",
  "NetworkConfiguration.AwsvpcConfiguration.Subnets",
];

/** Parts of the network by which more things refer to it. */
export const STRUCTURE: ReadonlySet<string> = new Set([
  "AWS::EC2::Subnet",
  "AWS::EC2::RouteTable",
  "AWS::EC2::SubnetRouteTableAssociation",
  "AWS::EC2::SecurityGroup",
  "AWS::EC2::SecurityGroupIngress",
  "AWS::EC2::SecurityGroupEgress",
  "AWS::EC2::VPCEndpoint",
  "AWS::EC2::FlowLog",
  "AWS::RDS::DBSubnetGroup",
  "AWS::ElastiCache::SubnetGroup",
  "AWS::Route53Resolver::FirewallRuleGroup",
  "AWS::Route53Resolver::FirewallDomainList",
  "AWS::Route53Resolver::FirewallRuleGroupAssociation",
  "AWS::Route53Resolver::FirewallConfig",
  "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
  "Custom::VpcRestrictDefaultSG",
]);

/**
 * Types that only name a part of the network: conditions of policies, published ids, names of
 * hosts.
 */
const NAMES_ONLY =
  /^AWS::(IAM|Logs|CloudWatch|KMS)::|^AWS::(SSM::Parameter|SecretsManager::(Secret|SecretTargetAttachment|ResourcePolicy)|ElasticLoadBalancingV2::TargetGroup|S3::BucketPolicy|SQS::QueuePolicy|SNS::TopicPolicy|DynamoDB::Table|ApiGateway::RestApi|Lambda::Permission|RDS::DBProxyTargetGroup|Route53::HostedZone)$/;

export const namesOnly = (type: string): boolean => NAMES_ONLY.test(type);

/** What each type opens, for a message that says more than "unknown". */
export const OPENS: Readonly<Record<string, string>> = {
  "AWS::EC2::VPCGatewayAttachment": "a gateway to the internet or a VPN",
  "AWS::EC2::EgressOnlyInternetGateway": "a gateway to the internet (IPv6)",
  "AWS::EC2::NatGateway": "a NAT gateway to the internet",
  "AWS::EC2::CarrierGateway": "a gateway to a carrier's network",
  "AWS::EC2::EIPAssociation": "a public address",
  "AWS::EC2::EIP": "a public address",
  "AWS::EC2::Route": "a route; isolated subnets have none",
  "AWS::EC2::GatewayRouteTableAssociation": "routes from a gateway",
  "AWS::EC2::VPNGatewayRoutePropagation": "routes from a VPN",
  "AWS::EC2::VPCPeeringConnection": "a peering with another VPC",
  "AWS::EC2::TransitGatewayAttachment": "a transit gateway",
  "AWS::EC2::TransitGatewayVpcAttachment": "a transit gateway",
  "AWS::NetworkManager::VpcAttachment": "a Cloud WAN",
  "AWS::EC2::ClientVpnEndpoint": "a client VPN",
  "AWS::EC2::ClientVpnTargetNetworkAssociation": "a client VPN",
  "AWS::EC2::InstanceConnectEndpoint": "a way in for SSH and RDP",
  "AWS::EC2::VPCCidrBlock": "further addresses",
  "AWS::EC2::SubnetCidrBlock": "further addresses",
  "AWS::EC2::SecurityGroupVpcAssociation": "a security group of another VPC",
  "AWS::EC2::VPCDHCPOptionsAssociation": "other name servers",
  "AWS::VpcLattice::ServiceNetworkVpcAssociation": "a VPC Lattice service network",
  "AWS::VpcLattice::ResourceGateway": "a way in from a VPC Lattice resource",
  "AWS::Route53Resolver::ResolverEndpoint": "a way for names in or out",
  "AWS::Route53Resolver::ResolverRuleAssociation": "other name servers",
  "AWS::EC2::VPCEndpointService": "a way in for other VPCs",
  "AWS::ApiGateway::VpcLink": "a way in for REST APIs that passes by the tier link",
  "AWS::GlobalAccelerator::EndpointGroup": "a way in from the internet",
  "AWS::CloudFront::VpcOrigin": "a way in from the internet",
  "AWS::RAM::ResourceShare": "a share with other accounts",
  "AWS::EC2::NetworkAclEntry": "a network ACL, which can only take declared flows away",
  "AWS::EC2::NetworkAcl": "a network ACL, which can only take declared flows away",
  "AWS::EC2::SubnetNetworkAclAssociation": "a network ACL, which can only take declared flows away",
};

/**
 * Properties that give a public address or a dual-stack one, whatever the type, and the values that
 * do not.
 */
export const PUBLIC: readonly { readonly property: string; readonly closed: readonly unknown[] }[] = [
  { property: "MapPublicIpOnLaunch", closed: [false] },
  { property: "AssignIpv6AddressOnCreation", closed: [false] },
  { property: "Ipv6CidrBlock", closed: [] },
  { property: "PubliclyAccessible", closed: [false] },
  { property: "AssociatePublicIpAddress", closed: [false] },
  { property: "AssignPublicIp", closed: ["DISABLED"] },
  { property: "Ipv6AllowedForDualStack", closed: [false] },
];

/** The value at a path such as `VpcConfig.SecurityGroupIds`. */
export function valueAt(properties: Properties, path: string): unknown {
  let value: unknown = properties;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Properties)[key];
  }
  return value;
}
