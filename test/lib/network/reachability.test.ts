import { CfnResource } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { DeclaredNetwork } from "../../../lib/network/declared-network.ts";
import { findUndeclaredPaths } from "../../../lib/network/reachability.ts";
import { openEdges } from "../../../lib/network/security-rules.ts";
import { LISTS, shop } from "../../support/network/shop.ts";

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties are as open as that
type Editable = Record<string, { Type: string; Properties: any }>;

let synthesized: string;
let declared: DeclaredNetwork;
beforeAll(() => {
  const { stack, network } = shop();
  synthesized = JSON.stringify(Template.fromStack(stack).toJSON().Resources);
  const resources = stack.node.findAll().filter((it) => CfnResource.isCfnResource(it));
  // The longest path first, since paths begin alike.
  const paths = resources.sort((one, other) => other.node.path.length - one.node.path.length);
  declared = JSON.parse(
    paths.reduce(
      (text, resource) => text.replaceAll(resource.node.path, String(stack.resolve(resource.logicalId))),
      JSON.stringify(network.declaration()),
    ),
  );
});

const template = (): Editable => JSON.parse(synthesized);

/** The one logical id of a type that begins so. */
function idOf(type: string, beginning = ""): string {
  const found = Object.entries(template()).filter(
    ([id, { Type }]) => Type === type && id.startsWith(beginning),
  );
  expect(found).toHaveLength(1);
  return found[0]![0];
}

const group = (tier: string): string => idOf("AWS::EC2::SecurityGroup", `NetworkTier${tier}`);
const groupId = (tier: string) => ({ "Fn::GetAtt": [group(tier), "GroupId"] });
const vpc = () => ({ Ref: declared.vpc });
const subnet = () => ({ Ref: idOf("AWS::EC2::Subnet", "NetworkVpcIsolatedSubnet1") });
const routes = () => ({ Ref: idOf("AWS::EC2::RouteTable", "NetworkVpcIsolatedSubnet1") });
const fn = () => idOf("AWS::Lambda::Function", "Orders");
const fnArn = () => ({ "Fn::GetAtt": [fn(), "Arn"] });
const database = () => idOf("AWS::RDS::DBCluster", "Database");
const endpoint = () => idOf("AWS::EC2::VPCEndpoint", "NetworkEndpointsqs");
const apiArn = (api: unknown) => ({
  "Fn::Join": ["", ["arn:aws:execute-api:eu-west-1:123456789012:", api, "/prod/GET/"]],
});

const ingress = (
  tier: string,
  peer: object,
  ports: object = { IpProtocol: "tcp", FromPort: 443, ToPort: 443 },
) => ({
  Type: "AWS::EC2::SecurityGroupIngress",
  Properties: { GroupId: groupId(tier), ...ports, ...peer },
});
const egress = (
  tier: string,
  peer: object,
  ports: object = { IpProtocol: "tcp", FromPort: 443, ToPort: 443 },
) => ({
  Type: "AWS::EC2::SecurityGroupEgress",
  Properties: { GroupId: groupId(tier), ...ports, ...peer },
});

test("what synthesis writes opens the declared flows and nothing else", () => {
  expect(findUndeclaredPaths(template(), declared)).toEqual([]);
  expect(openEdges(template(), declared)).toEqual([
    "api → cache tcp 6379",
    "api → database tcp 5432",
    "api → endpoints tcp 443",
    `api → prefix list ${LISTS.dynamodb} tcp 443`,
    `api → prefix list ${LISTS.s3} tcp 443`,
    "balancer → api tcp 8080",
    "link → balancer tcp 443",
  ]);
});

const balancer = () => ({
  Type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
  Properties: { Scheme: "internal", Subnets: [subnet()], SecurityGroups: [groupId("balancer")] },
});

/** Resources that must not be added, and what must be said of them. */
const ADDED: readonly [string, () => Editable[string], string][] = [
  ["open egress, IPv4", () => egress("api", { CidrIp: "0.0.0.0/0" }), "api → 0.0.0.0/0 tcp 443"],
  ["open egress, IPv6", () => egress("api", { CidrIpv6: "::/0" }), "api → ::/0 tcp 443"],
  [
    "the VPC's whole range to the database",
    () => ingress("database", { CidrIp: "10.0.0.0/16" }),
    "10.0.0.0/16 → database",
  ],
  ["the world to the API tier", () => ingress("api", { CidrIp: "0.0.0.0/0" }), "0.0.0.0/0 → api tcp 443"],
  [
    "the database to the API tier",
    () => egress("database", { DestinationSecurityGroupId: groupId("api") }),
    "database → api",
  ],
  [
    "the cache to the database",
    () => ingress("database", { SourceSecurityGroupId: groupId("cache") }),
    "cache → database",
  ],
  [
    "every port of the database",
    () =>
      ingress(
        "database",
        { SourceSecurityGroupId: groupId("api") },
        { IpProtocol: "tcp", FromPort: 0, ToPort: 65535 },
      ),
    "api → database tcp 0-65535",
  ],
  [
    "every protocol to the cache",
    () => egress("api", { DestinationSecurityGroupId: groupId("cache") }, { IpProtocol: "-1" }),
    "api → cache all traffic",
  ],
  [
    "UDP on a declared port",
    () =>
      egress(
        "api",
        { DestinationSecurityGroupId: groupId("cache") },
        { IpProtocol: "udp", FromPort: 6379, ToPort: 6379 },
      ),
    "api → cache udp 6379",
  ],
  [
    "another prefix list",
    () => egress("api", { DestinationPrefixListId: "pl-other" }),
    "api → prefix list pl-other",
  ],
  [
    "the default group as a peer",
    () =>
      ingress("database", {
        SourceSecurityGroupId: { "Fn::GetAtt": [declared.vpc, "DefaultSecurityGroup"] },
      }),
    "the default security group → database",
  ],
  [
    "a group known by its id alone",
    () => ingress("database", { SourceSecurityGroupId: "sg-12345" }),
    "sg-12345 → database",
  ],
  ["a rule that names no peer", () => ingress("database", {}), "an unknown peer → database"],
  [
    "an internet gateway",
    () => ({ Type: "AWS::EC2::VPCGatewayAttachment", Properties: { VpcId: vpc() } }),
    "a gateway to the internet",
  ],
  [
    "an egress-only gateway",
    () => ({ Type: "AWS::EC2::EgressOnlyInternetGateway", Properties: { VpcId: vpc() } }),
    "(IPv6)",
  ],
  [
    "a NAT gateway",
    () => ({ Type: "AWS::EC2::NatGateway", Properties: { SubnetId: subnet() } }),
    "a NAT gateway",
  ],
  [
    "a route",
    () => ({ Type: "AWS::EC2::Route", Properties: { RouteTableId: routes(), GatewayId: "igw-1" } }),
    "isolated subnets have none",
  ],
  [
    "routes of a VPN",
    () => ({ Type: "AWS::EC2::VPNGatewayRoutePropagation", Properties: { RouteTableIds: [routes()] } }),
    "routes from a VPN",
  ],
  [
    "a peering",
    () => ({ Type: "AWS::EC2::VPCPeeringConnection", Properties: { VpcId: "vpc-1", PeerVpcId: vpc() } }),
    "a peering",
  ],
  [
    "a transit gateway",
    () => ({ Type: "AWS::EC2::TransitGatewayAttachment", Properties: { VpcId: vpc() } }),
    "a transit gateway",
  ],
  [
    "a client VPN",
    () => ({ Type: "AWS::EC2::ClientVpnTargetNetworkAssociation", Properties: { SubnetId: subnet() } }),
    "a client VPN",
  ],
  [
    "a VPC Lattice network",
    () => ({ Type: "AWS::VpcLattice::ServiceNetworkVpcAssociation", Properties: { VpcIdentifier: vpc() } }),
    "VPC Lattice",
  ],
  [
    "a way in for SSH",
    () => ({ Type: "AWS::EC2::InstanceConnectEndpoint", Properties: { SubnetId: subnet() } }),
    "SSH",
  ],
  [
    "a share of a subnet",
    () => ({
      Type: "AWS::RAM::ResourceShare",
      Properties: { ResourceArns: [{ "Fn::Sub": `arn:aws:ec2:eu-west-1:1:subnet/\${${subnet().Ref}}` }] },
    }),
    "a share with other accounts",
  ],
  [
    "other name servers",
    () => ({ Type: "AWS::EC2::VPCDHCPOptionsAssociation", Properties: { VpcId: vpc() } }),
    "other name servers",
  ],
  [
    "a resolver endpoint",
    () => ({
      Type: "AWS::Route53Resolver::ResolverEndpoint",
      Properties: { IpAddresses: [{ SubnetId: subnet() }] },
    }),
    "names in or out",
  ],
  [
    "further DNS firewall rules",
    () => ({
      Type: "AWS::Route53Resolver::FirewallRuleGroupAssociation",
      Properties: { VpcId: vpc(), FirewallRuleGroupId: "rslvr-frg-1", Priority: 200 },
    }),
    "may allow other names",
  ],
  [
    "a network ACL",
    () => ({ Type: "AWS::EC2::NetworkAcl", Properties: { VpcId: vpc() } }),
    "can only take declared flows away",
  ],
  [
    "a subnet with public addresses",
    () => ({ Type: "AWS::EC2::Subnet", Properties: { VpcId: vpc(), MapPublicIpOnLaunch: true } }),
    "MapPublicIpOnLaunch is true",
  ],
  [
    "a subnet with IPv6",
    () => ({ Type: "AWS::EC2::Subnet", Properties: { VpcId: vpc(), Ipv6CidrBlock: "2001:db8::/64" } }),
    "Ipv6CidrBlock",
  ],
  [
    "a group of no tier",
    () => ({ Type: "AWS::EC2::SecurityGroup", Properties: { VpcId: vpc() } }),
    "of no tier",
  ],
  [
    "an endpoint of someone's",
    () => ({
      Type: "AWS::EC2::VPCEndpoint",
      Properties: { VpcId: vpc(), ServiceName: "com.amazonaws.vpce.x" },
    }),
    "did not declare",
  ],
  [
    "a function in the default group",
    () => ({ Type: "AWS::Lambda::Function", Properties: { VpcConfig: { SubnetIds: [subnet()] } } }),
    "uses the default security group",
  ],
  [
    "a function in the tier of the database",
    () => ({
      Type: "AWS::Lambda::Function",
      Properties: { VpcConfig: { SubnetIds: [subnet()], SecurityGroupIds: [groupId("database")] } },
    }),
    "is in database, and may only be in the tier api",
  ],
  [
    "a function in subnets of another network",
    () => ({
      Type: "AWS::Lambda::Function",
      Properties: { VpcConfig: { SubnetIds: ["subnet-1"], SecurityGroupIds: [groupId("api")] } },
    }),
    "a subnet outside the network: subnet-1",
  ],
  [
    "a public instance of the cluster",
    () => ({
      Type: "AWS::RDS::DBInstance",
      Properties: { DBClusterIdentifier: { Ref: database() }, PubliclyAccessible: true },
    }),
    "PubliclyAccessible is true",
  ],
  [
    "a load balancer of the internet",
    () => ({
      Type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
      Properties: { Subnets: [subnet()], SecurityGroups: [groupId("balancer")] },
    }),
    'must say Scheme "internal"',
  ],
  [
    "a rule of a tier under a condition",
    () => ({
      Type: "AWS::EC2::SecurityGroupEgress",
      Properties: {
        GroupId: { "Fn::If": ["Live", groupId("api"), "sg-1"] },
        CidrIp: "0.0.0.0/0",
        IpProtocol: "-1",
      },
    }),
    "→ 0.0.0.0/0 all traffic (outbound)",
  ],
  [
    "a way in for other VPCs",
    () => ({
      Type: "AWS::EC2::VPCEndpointService",
      Properties: { NetworkLoadBalancerArns: [{ Ref: "Balancer" }] },
    }),
    "a way in for other VPCs",
  ],
  [
    "a rotating function that a transform makes",
    () => ({
      Type: "AWS::SecretsManager::RotationSchedule",
      Properties: { HostedRotationLambda: { VpcSecurityGroupIds: groupId("database") } },
    }),
    "is unknown here",
  ],
  [
    "something that speaks of the DNS firewall's rules",
    () => ({
      Type: "AWS::Route53Resolver::FirewallRule",
      Properties: { FirewallRuleGroupId: { Ref: declared.firewall.ruleGroup }, Action: "ALLOW" },
    }),
    "is unknown here",
  ],
  [
    "the gateway for any account's API",
    () => ({
      Type: "AWS::Lambda::Permission",
      Properties: {
        FunctionName: fnArn(),
        Principal: "apigateway.amazonaws.com",
        SourceArn: "arn:aws:execute-api:eu-west-1:*:abc/*",
      },
    }),
    "on behalf of any API",
  ],
  [
    "containers with public addresses",
    () => ({
      Type: "AWS::ECS::Service",
      Properties: {
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            AssignPublicIp: "ENABLED",
            Subnets: [subnet()],
            SecurityGroups: [groupId("api")],
          },
        },
      },
    }),
    "AssignPublicIp is ENABLED",
  ],
  [
    "an instance",
    () => ({
      Type: "AWS::EC2::Instance",
      Properties: { SubnetId: subnet(), SecurityGroupIds: [groupId("api")] },
    }),
    "is unknown here",
  ],
  ["a custom resource", () => ({ Type: "Custom::Opener", Properties: { Vpc: vpc() } }), "is unknown here"],
  [
    "a nested template",
    () => ({ Type: "AWS::CloudFormation::Stack", Properties: { Parameters: { Vpc: vpc() } } }),
    "is unknown here",
  ],
  [
    "a function URL",
    () => ({ Type: "AWS::Lambda::Url", Properties: { TargetFunctionArn: fnArn() } }),
    "past the gateway",
  ],
  [
    "an event source",
    () => ({ Type: "AWS::Lambda::EventSourceMapping", Properties: { FunctionName: { Ref: fn() } } }),
    "an event source invokes",
  ],
  [
    "another service that invokes",
    () => ({
      Type: "AWS::Lambda::Permission",
      Properties: { FunctionName: fnArn(), Principal: "events.amazonaws.com" },
    }),
    "lets events.amazonaws.com invoke",
  ],
  [
    "the gateway without a source",
    () => ({
      Type: "AWS::Lambda::Permission",
      Properties: { FunctionName: fnArn(), Principal: "apigateway.amazonaws.com" },
    }),
    "on behalf of any API",
  ],
  [
    "the gateway for any API",
    () => ({
      Type: "AWS::Lambda::Permission",
      Properties: { FunctionName: fnArn(), Principal: "apigateway.amazonaws.com", SourceArn: apiArn("*") },
    }),
    "on behalf of any API",
  ],
  [
    "a role that may invoke",
    () => ({
      Type: "AWS::IAM::Policy",
      Properties: {
        PolicyDocument: { Statement: [{ Effect: "Allow", Action: "lambda:I*", Resource: fnArn() }] },
      },
    }),
    "an IAM policy allows to invoke",
  ],
];

test.each(ADDED)("is named when added: %s", (_, added, said) => {
  const found = findUndeclaredPaths({ ...template(), Balancer: balancer(), Added: added() }, declared);
  expect(found.join("\n")).toContain(said);
  expect(found.join("\n")).toMatch(/^Added: /m);
});

/** Changes of what synthesis wrote, and what must be said of them. */
const CHANGED: readonly [string, (resources: Editable) => void, string][] = [
  [
    "open inline egress",
    (all) =>
      all[group("api")]!.Properties.SecurityGroupEgress.push({ CidrIp: "0.0.0.0/0", IpProtocol: "-1" }),
    "api → 0.0.0.0/0 all traffic",
  ],
  [
    "no inline egress, for which EC2 puts in everything",
    (all) => delete all[group("cache")]!.Properties.SecurityGroupEgress,
    "cache → 0.0.0.0/0 all traffic",
  ],
  [
    "the function moved to the internet",
    (all) => delete all[fn()]!.Properties.VpcConfig,
    "stands outside the network",
  ],
  [
    "the database in the default group",
    (all) => delete all[database()]!.Properties.VpcSecurityGroupIds,
    "uses the default security group",
  ],
  [
    "the cache in the API tier",
    (all) => (all.Cache!.Properties.SecurityGroupIds = [groupId("api")]),
    "is in api, and may only be in the tier cache",
  ],
  [
    "an endpoint without a policy",
    (all) => delete all[endpoint()]!.Properties.PolicyDocument,
    "allows any account's",
  ],
  [
    "an endpoint policy without a condition",
    (all) => delete all[endpoint()]!.Properties.PolicyDocument.Statement[0].Condition,
    "allows any account's",
  ],
  [
    "an endpoint policy for everybody's resources",
    (all) =>
      delete all[endpoint()]!.Properties.PolicyDocument.Statement[0].Condition.StringEquals[
        "aws:ResourceAccount"
      ],
    "allows any account's",
  ],
  [
    "an endpoint in the API tier",
    (all) => (all[endpoint()]!.Properties.SecurityGroupIds = [groupId("api")]),
    "an endpoint is in api",
  ],
  [
    "DNS firewall open in failure",
    (all) => (all[idOf("AWS::Route53Resolver::FirewallConfig")]!.Properties.FirewallFailOpen = "ENABLED"),
    "must fail closed",
  ],
  [
    "DNS firewall not associated",
    (all) => delete all[idOf("AWS::Route53Resolver::FirewallRuleGroupAssociation")],
    "every name is resolved",
  ],
  [
    "every name allowed",
    (all) => all[declared.firewall.allowedList]!.Properties.Domains.push("*"),
    "names that were not declared: *",
  ],
  [
    "no name blocked",
    (all) => all[declared.firewall.ruleGroup]!.Properties.FirewallRules.pop(),
    "must have two rules",
  ],
  [
    "blocking that comes second to an allowing rule",
    (all) => (all[declared.firewall.ruleGroup]!.Properties.FirewallRules[1].Action = "ALERT"),
    "must have two rules",
  ],
  [
    "nothing much blocked",
    (all) => (all[declared.firewall.blockedList]!.Properties.Domains = ["example.com"]),
    "names that were not declared: example.com",
  ],
  [
    "a declared flow without its rule",
    (all) => delete all[idOf("AWS::EC2::SecurityGroupIngress", "NetworkTierdatabase")],
    "api → database tcp 5432: declared, but no rules open it",
  ],
];

test.each(CHANGED)("is named when changed: %s", (_, change, said) => {
  const resources = template();
  change(resources);
  expect(findUndeclaredPaths(resources, declared).join("\n")).toContain(said);
});

test("an alias is the function, for those who invoke it", () => {
  const resources: Editable = {
    ...template(),
    Live: { Type: "AWS::Lambda::Alias", Properties: { FunctionName: { Ref: fn() } } },
    Added: { Type: "AWS::Lambda::Url", Properties: { TargetFunctionArn: { Ref: "Live" } } },
  };
  expect(findUndeclaredPaths(resources, declared)).toEqual(["Added: a function URL leads past the gateway"]);
});

test("what only names the network is let be", () => {
  const resources: Editable = {
    ...template(),
    Published: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: vpc() } },
    Elsewhere: { Type: "AWS::Lambda::Function", Properties: { Environment: { Variables: { VPC: vpc() } } } },
    OwnNetwork: { Type: "AWS::EC2::InternetGateway", Properties: {} },
  };
  expect(findUndeclaredPaths(resources, declared)).toEqual([]);
});

test("a type that its owner vouches for must name a tier's group still", () => {
  const trusting = { ...declared, alsoPlaced: ["AWS::DocDB::DBCluster"] };
  const cluster = (groups: unknown) => ({
    Type: "AWS::DocDB::DBCluster",
    Properties: { SubnetIds: [subnet()], VpcSecurityGroupIds: groups },
  });
  expect(findUndeclaredPaths({ ...template(), Added: cluster([groupId("database")]) }, trusting)).toEqual([]);
  expect(findUndeclaredPaths({ ...template(), Added: cluster(undefined) }, trusting)).toEqual([
    "Added: names no security group of a tier, so it may use the default security group",
  ]);
});
