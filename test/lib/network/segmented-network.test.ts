import { CfnOutput, CfnResource, Fn, NestedStack, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { HttpApi, VpcLink } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpAlbIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import {
  CfnInternetGateway,
  type CfnSecurityGroup,
  CfnVPCGatewayAttachment,
  Port,
  SecurityGroup,
} from "aws-cdk-lib/aws-ec2";
import { ApplicationLoadBalancer, ApplicationProtocol } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { IpTarget } from "aws-cdk-lib/aws-elasticloadbalancingv2-targets";
import { Key } from "aws-cdk-lib/aws-kms";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
} from "aws-cdk-lib/aws-rds";
import { SegmentedNetwork } from "../../../lib/network/segmented-network.ts";
import { complaint } from "../../support/lib/orders-site.ts";
import { bareApp, resourcesOf } from "../../support/lib/synthesize.ts";
import { anyFunction, emptyNetwork, shop } from "../../support/network/shop.ts";

describe("the template of a shop", () => {
  let template: Template;
  beforeAll(() => {
    template = Template.fromStack(shop().stack);
  });

  test("has two isolated subnets in different zones, and nothing that leads out", () => {
    template.resourceCountIs("AWS::EC2::Subnet", 2);
    const zones = Object.values(resourcesOf(template, "AWS::EC2::Subnet")).map(({ Properties }) =>
      JSON.stringify(Properties.AvailabilityZone),
    );
    expect(new Set(zones).size).toBe(2);
    for (const type of ["InternetGateway", "NatGateway", "EIP", "Route", "VPCGatewayAttachment"]) {
      template.resourceCountIs(`AWS::EC2::${type}`, 0);
    }
  });

  test("closes the default security group", () => {
    template.resourceCountIs("Custom::VpcRestrictDefaultSG", 1);
  });

  test("logs all traffic and all queries for three months", () => {
    template.hasResourceProperties("AWS::EC2::FlowLog", { TrafficType: "ALL", ResourceType: "VPC" });
    template.resourceCountIs("AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", 1);
    template.resourcePropertiesCountIs("AWS::Logs::LogGroup", { RetentionInDays: 90 }, 2);
  });

  test("lets endpoints through for the account's identities and resources alone", () => {
    const within = {
      StringEquals: {
        "aws:PrincipalAccount": { Ref: "AWS::AccountId" },
        "aws:ResourceAccount": { Ref: "AWS::AccountId" },
      },
    };
    template.hasResourceProperties("AWS::EC2::VPCEndpoint", {
      VpcEndpointType: "Interface",
      PrivateDnsEnabled: true,
      PolicyDocument: Match.objectLike({
        Statement: [Match.objectLike({ Action: "sqs:SendMessage", Effect: "Allow", Condition: within })],
      }),
    });
    template.hasResourceProperties("AWS::EC2::VPCEndpoint", {
      VpcEndpointType: "Gateway",
      PolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Action: "dynamodb:*",
            Resource: [
              { "Fn::GetAtt": [Match.stringLikeRegexp("^Table"), "Arn"] },
              Match.objectLike({ "Fn::Join": ["", [Match.anyValue(), "/index/*"]] }),
            ],
            Condition: within,
          }),
        ],
      }),
    });
  });

  test("resolves the names of its services, tables and buckets, and blocks all others", () => {
    const region = { Ref: "AWS::Region" };
    const suffix = { Ref: "AWS::URLSuffix" };
    template.hasResourceProperties("AWS::Route53Resolver::FirewallDomainList", {
      Domains: [
        "*.eu-west-1.rds.amazonaws.com",
        { "Fn::Join": ["", ["secretsmanager.", region, ".", suffix]] },
        { "Fn::Join": ["", ["sqs.", region, ".", suffix]] },
        { "Fn::Join": ["", ["dynamodb.", region, ".", suffix]] },
        { "Fn::Join": ["", [{ Ref: "AWS::AccountId" }, ".ddb.", region, ".", suffix]] },
        { "Fn::Join": ["", [{ Ref: Match.stringLikeRegexp("^Bucket") }, ".s3.", region, ".", suffix]] },
      ],
    });
    template.hasResourceProperties("AWS::Route53Resolver::FirewallRuleGroup", {
      FirewallRules: [
        Match.objectLike({ Action: "ALLOW", Priority: 100 }),
        Match.objectLike({ Action: "BLOCK", BlockResponse: "NXDOMAIN", Priority: 200 }),
      ],
    });
    template.hasResourceProperties("AWS::Route53Resolver::FirewallConfig", { FirewallFailOpen: "DISABLED" });
  });

  test("gives a placed function's role what Lambda needs, and denies it to the function's code", () => {
    const interfaces = Match.arrayWith(["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"]);
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: "Allow", Action: interfaces }),
          Match.objectLike({
            Effect: "Deny",
            Action: interfaces,
            Condition: { Null: { "lambda:SourceFunctionArn": "false" } },
          }),
        ],
      },
    });
  });
});

test("nothing but the choices asked for", () => {
  const { stack } = emptyNetwork({
    closeDefaultSecurityGroup: false,
    organisationId: "o-a1",
    logRetention: RetentionDays.ONE_YEAR,
  });
  const template = Template.fromStack(stack);
  template.resourceCountIs("Custom::VpcRestrictDefaultSG", 0);
  template.resourceCountIs("AWS::Lambda::Function", 0);
  template.resourceCountIs("AWS::EC2::VPCEndpoint", 0);
  template.resourceCountIs("AWS::EC2::SecurityGroup", 1);
  template.resourcePropertiesCountIs("AWS::Logs::LogGroup", { RetentionInDays: 365 }, 2);
});

test("an organisation in place of the account", () => {
  const app = shop({ organisationId: "o-a1b2c3" });
  const template = Template.fromStack(app.stack);
  const conditions = Object.values(resourcesOf(template, "AWS::EC2::VPCEndpoint")).map(
    ({ Properties }) => Properties.PolicyDocument.Statement[0].Condition.StringEquals,
  );
  expect(conditions).toHaveLength(4);
  for (const found of conditions) {
    expect(found).toEqual({ "aws:PrincipalOrgID": "o-a1b2c3", "aws:ResourceOrgID": "o-a1b2c3" });
  }
});

describe("synthesis refuses", () => {
  test("an override that opens a tier", () => {
    const { app, network } = emptyNetwork();
    const group = network.securityGroup("api").node.defaultChild as CfnSecurityGroup;
    group.addPropertyOverride("SecurityGroupEgress", [{ CidrIp: "0.0.0.0/0", IpProtocol: "-1" }]);
    expect(complaint(app)).toContain("Shop/Network/Tier-api/Resource: opens api → 0.0.0.0/0 all traffic");
  });

  test("a gateway that another stack attaches", () => {
    const { app, network } = emptyNetwork();
    const other = new Stack(app, "Other");
    const gateway = new CfnInternetGateway(other, "Gateway");
    new CfnVPCGatewayAttachment(other, "Attach", {
      vpcId: network.vpc.vpcId,
      internetGatewayId: gateway.ref,
    });
    expect(complaint(app)).toContain("Other/Attach: AWS::EC2::VPCGatewayAttachment adds a gateway");
  });

  test("a rule in a nested stack", () => {
    const { app, stack, network } = emptyNetwork({ databasePort: 5432 });
    const nested = new NestedStack(stack, "Nested");
    const group = new SecurityGroup(nested, "Group", { vpc: network.vpc, allowAllOutbound: false });
    network.securityGroup("database").connections.allowFrom(group, Port.tcp(5432));
    const said = complaint(app);
    expect(said).toContain("Shop/Nested/Group/Resource: a security group in the network that is of no tier");
    expect(said).toContain("→ database tcp 5432 (inbound)");
    expect(said).not.toContain("AWS::CloudFormation::Stack");
  });

  test("a peering that finds the VPC by the name of an export", () => {
    const { app, stack, network } = emptyNetwork();
    new CfnOutput(stack, "VpcId", { value: network.vpc.vpcId, exportName: "shop-vpc" });
    new CfnResource(new Stack(app, "Other"), "Peering", {
      type: "AWS::EC2::VPCPeeringConnection",
      properties: { VpcId: "vpc-1", PeerVpcId: Fn.importValue("shop-vpc") },
    });
    expect(complaint(app)).toContain("Other/Peering: AWS::EC2::VPCPeeringConnection adds a peering");
  });

  test("a route whose table is named by hand", () => {
    const { app, stack, network } = emptyNetwork();
    const [subnet] = network.vpc.isolatedSubnets;
    const table = subnet!.node.findChild("RouteTable") as CfnResource;
    new CfnResource(stack, "Route", {
      type: "AWS::EC2::Route",
      properties: { RouteTableId: { Ref: stack.resolve(table.logicalId) }, GatewayId: "igw-1" },
    });
    expect(complaint(app)).toContain("Shop/Route: AWS::EC2::Route adds a route; isolated subnets have none");
  });

  test("a function that was not placed, where placement is required", () => {
    const { app, stack, network } = emptyNetwork({ closeDefaultSecurityGroup: false });
    network.place(anyFunction(stack, "Placed"));
    anyFunction(stack, "Forgotten");
    new CfnResource(stack, "Raw", { type: "AWS::Lambda::Function", properties: {} });
    network.requirePlacement(stack);
    const said = complaint(app);
    expect(said).toContain(
      "Shop/Forgotten/Resource: a function of the tier api that stands outside the network",
    );
    expect(said).toContain("Shop/Raw: a function");
    expect(said).not.toContain("Shop/Placed");
  });

  test("another invoker of a placed function, by CDK's own grant", () => {
    const { app, stack, network } = emptyNetwork();
    const [orders, other] = [anyFunction(stack, "Orders"), anyFunction(stack, "Other")];
    network.place(orders);
    orders.grantInvoke(other);
    expect(complaint(app)).toContain(
      "an IAM policy allows to invoke a function that accepts only the gateway",
    );
  });

  test("a database whose own group is open, as CDK makes it", () => {
    const { app, stack, network } = emptyNetwork({ databasePort: 5432 });
    network.allowDatabase(aurora(stack, network.tierProps("database").vpc));
    expect(complaint(app)).toContain("opens database → 0.0.0.0/0 all traffic");
  });
});

const aurora = (stack: Stack, vpc: DatabaseCluster["vpc"], group?: SecurityGroup): DatabaseCluster =>
  new DatabaseCluster(stack, "Database", {
    vpc: vpc!,
    vpcSubnets: { subnets: vpc!.isolatedSubnets },
    engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_6 }),
    writer: ClusterInstance.serverlessV2("Writer"),
    ...(group !== undefined && { securityGroups: [group] }),
  });

test("a database with its own closed group joins the tier", () => {
  const { app, stack, network } = emptyNetwork({ databasePort: 5432 });
  const group = new SecurityGroup(stack, "Group", { vpc: network.vpc, allowAllOutbound: false });
  network.allowDatabase(aurora(stack, network.vpc, group));
  expect(complaint(app)).toBe("");
});

test("a function of another stack behind one API, with a key of one's own for the logs", () => {
  const { app, stack } = emptyNetwork({ closeDefaultSecurityGroup: false });
  const far = new Stack(app, "Far");
  const network = new SegmentedNetwork(stack, "Second", { logEncryptionKey: new Key(stack, "Key") });
  const orders = anyFunction(far, "Orders");
  network.place(orders);
  for (const route of ["GET/orders", "POST/orders"]) {
    network.onlyFromGateway(orders, `arn:aws:execute-api:eu-west-1:123456789012:abc/prod/${route}`);
  }
  expect(complaint(app)).toBe("");
  const template = Template.fromStack(far);
  template.resourceCountIs("AWS::Lambda::Permission", 2);
  template.hasResourceProperties("AWS::Lambda::Function", { VpcConfig: Match.anyValue() });
  Template.fromStack(stack).resourcePropertiesCountIs(
    "AWS::Logs::LogGroup",
    { KmsKeyId: { "Fn::GetAtt": [Match.stringLikeRegexp("^Key"), "Arn"] } },
    2,
  );
});

test.each([
  ["keep to the declaration", false, /^$/],
  ["do not, if the listener is open as CDK makes it", true, /opens 0\.0\.0\.0\/0 → balancer tcp 443/],
])("a VPC link, an internal load balancer and its targets %s", (_, open, said) => {
  const { app, stack, network } = emptyNetwork({ gatewayLink: { targetPort: 8080 } });
  const { vpc, vpcSubnets } = network.tierProps("balancer");
  const balancer = new ApplicationLoadBalancer(stack, "Balancer", {
    vpc,
    vpcSubnets,
    securityGroup: network.securityGroup("balancer"),
  });
  const protocol = ApplicationProtocol.HTTP;
  const listener = balancer.addListener("Listener", { port: 443, protocol, open });
  listener.addTargets("Containers", { port: 8080, protocol, targets: [new IpTarget("10.0.0.9")] });
  const { vpcSubnets: subnets, securityGroups } = network.tierProps("link");
  const vpcLink = new VpcLink(stack, "Link", { vpc, subnets, securityGroups });
  const api = new HttpApi(stack, "Api");
  api.addRoutes({ path: "/orders", integration: new HttpAlbIntegration("Alb", listener, { vpcLink }) });
  expect(complaint(app)).toMatch(said);
});

describe("a mistake is reported at once, with what to do", () => {
  test.each([
    ["one zone", { availabilityZones: 1 }, "availabilityZones is 1, and the stack has 1. Use at least 2"],
    ["more zones than CDK knows of", { availabilityZones: 3 }, "availabilityZones is 3, and the stack has 2"],
    ["every name", { domains: ["*"] }, 'domains has "*", which lets data out'],
    ["every name of a top level", { domains: ["*.com"] }, 'domains has "*.com"'],
    [
      "a prefix list that cannot be looked up",
      { tables: [{ tableArn: "arn:x" }] },
      "prefixListIds.dynamodb is not given",
    ],
  ])("%s", (_, props, said) => {
    expect(() => emptyNetwork(props)).toThrow(said);
  });

  test("a tier that is not there", () => {
    expect(() => emptyNetwork().network.tierProps("cache")).toThrow("has no tier cache. Its tiers are api");
  });

  test("a database without a port", () => {
    const { stack, network } = emptyNetwork();
    const group = new SecurityGroup(stack, "Group", { vpc: network.vpc });
    expect(() => network.allowDatabase(group)).toThrow("databasePort is not given");
  });

  test("an imported function", () => {
    const { stack, network } = emptyNetwork();
    const imported = LambdaFunction.fromFunctionArn(
      stack,
      "Far",
      "arn:aws:lambda:eu-west-1:123456789012:function:far",
    );
    expect(() => network.place(imported)).toThrow("an imported function cannot be placed");
  });
});

test("prefix lists are looked up where the stack names its account and Region", () => {
  const app = bareApp();
  const stack = new Stack(app, "Shop", { env: { account: "123456789012", region: "eu-west-1" } });
  new SegmentedNetwork(stack, "Network", {
    buckets: [{ bucketArn: "arn:aws:s3:::carts", bucketName: "carts" }],
  });
  const asked = JSON.stringify(app.synth().manifest.missing);
  expect(asked).toContain("com.amazonaws.eu-west-1.s3");
});
