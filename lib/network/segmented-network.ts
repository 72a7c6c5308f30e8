import { Aws, RemovalPolicy, Stack } from "aws-cdk-lib";
import {
  FlowLog,
  FlowLogDestination,
  FlowLogResourceType,
  type IConnectable,
  IpAddresses,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct, type IConstruct } from "constructs";
import { SynthesisError } from "../synthesis-error.ts";
import { declarationOf } from "./declaration.ts";
import type { DeclaredNetwork, Tier } from "./declared-network.ts";
import { functionsBelow, invokeFromGateway, joinNetwork } from "./function-placement.ts";
import { NameFirewall } from "./name-firewall.ts";
import { addPathValidation } from "./path-validation.ts";
import { addGatewayEndpoint, addServiceEndpoint } from "./reachable-services.ts";
import type { SegmentedNetworkProps } from "./segmented-network-props.ts";

/**
 * A network for functions behind API Gateway: the API tier accepts only the gateway; it reaches the
 * declared names, database, cache and service endpoints; the database and the cache accept only the
 * API tier. Nothing leads to the internet or to other networks. Synthesis fails on whatever else
 * the app adds that opens a path (docs/network.md tells what that cannot see).
 */
export class SegmentedNetwork extends Construct {
  /** The VPC that the network is made in. */
  readonly vpc: IVpc;
  readonly #props: SegmentedNetworkProps;
  readonly #firewall: NameFirewall;
  readonly #groups = new Map<Tier, ISecurityGroup[]>();
  readonly #flows: { from: Tier; to: Tier | { prefixListId: string }; port: number }[] = [];
  readonly #endpoints: IConstruct[] = [];
  readonly #functions = new Set<IConstruct>();
  readonly #covered: IConstruct[] = [];

  constructor(scope: Construct, id: string, props: SegmentedNetworkProps = {}) {
    super(scope, id);
    this.#props = props;
    this.vpc = this.#createVpc(props);
    this.#firewall = new NameFirewall(this, "Names", { vpc: this.vpc, logGroup: this.#logs("QueryLog") });
    this.#addTier("api", "Functions behind API Gateway");
    this.#allowDomains(props.domains ?? []);
    if (props.databasePort !== undefined) this.#addReachable("database", props.databasePort, "The database");
    if (props.cachePort !== undefined) this.#addReachable("cache", props.cachePort, "The cache");
    this.#addServices(props);
    this.#addGateways(props);
    if (props.gatewayLink !== undefined) this.#addLink(props.gatewayLink.targetPort);
    addPathValidation(this, () => this.declaration());
  }

  /** A tier's security group, for resources that take ids. */
  securityGroup(tier: Tier): ISecurityGroup {
    const [group] = this.#groups.get(tier) ?? [];
    if (group !== undefined) return group;
    throw new SynthesisError(
      `${this.node.path}: has no tier ${tier}. Its tiers are ${[...this.#groups.keys()].join(", ")}; see the props of SegmentedNetwork for what adds one.`,
    );
  }

  /**
   * The `vpc`, `vpcSubnets` and `securityGroups` that CDK's databases, load balancers and the like
   * take.
   */
  tierProps(tier: Tier) {
    return {
      vpc: this.vpc,
      vpcSubnets: { subnets: this.vpc.isolatedSubnets },
      securityGroups: [this.securityGroup(tier)],
    };
  }

  /**
   * Puts a function into the API tier, with the permissions that Lambda needs for it and the
   * function's own code does not get. Synthesis fails if anything but API Gateway may invoke it.
   */
  place(fn: IFunction): void {
    this.#functions.add(joinNetwork(fn, this.vpc, this.securityGroup("api")));
  }

  /**
   * Lets one API invoke a function of the API tier; `apiArn` is its execute-api ARN, such as
   * `api.arnForExecuteApi()`.
   */
  onlyFromGateway(fn: IFunction, apiArn: string): void {
    invokeFromGateway(fn, apiArn);
  }

  /** Makes synthesis fail on functions below `scope` that were not placed. */
  requirePlacement(scope: IConstruct): void {
    this.#covered.push(scope);
  }

  /**
   * Takes a database with its own security group into the tier `database`. The group must have
   * no open egress, which CDK gives by default: prefer `tierProps("database")` where the database
   * takes it.
   */
  allowDatabase(database: IConnectable): void {
    const port = this.#props.databasePort;
    if (port === undefined) {
      throw new SynthesisError(
        `${this.node.path}: databasePort is not given, so there is no tier for a database.`,
      );
    }
    const known = this.#groups.get("database") ?? [];
    for (const group of database.connections.securityGroups) {
      if (known.includes(group)) continue;
      known.push(group);
      group.connections.allowFrom(this.securityGroup("api"), Port.tcp(port), "The API tier");
    }
  }

  /**
   * Lets further names be resolved, such as the host of a database that was made after the network.
   */
  allowDomains(...names: readonly string[]): void {
    this.#allowDomains(names);
  }

  /** What may be reached, by the paths of constructs; synthesis compares the app with it. */
  declaration(): DeclaredNetwork {
    return declarationOf({
      scope: this,
      vpc: this.vpc,
      groups: this.#groups,
      flows: this.#flows,
      endpoints: this.#endpoints,
      functions: [...this.#functions, ...this.#covered.flatMap(functionsBelow)],
      firewall: this.#firewall,
      alsoPlaced: this.#props.alsoPlaced ?? [],
    });
  }

  #createVpc(props: SegmentedNetworkProps): IVpc {
    const zones = props.availabilityZones ?? 2;
    // A Vpc is an IVpc; with exactOptionalPropertyTypes the compiler needs the cast.
    const vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr(props.cidr ?? "10.0.0.0/16"),
      maxAzs: zones,
      natGateways: 0,
      createInternetGateway: false,
      restrictDefaultSecurityGroup: props.closeDefaultSecurityGroup ?? true,
      subnetConfiguration: [{ name: "Isolated", subnetType: SubnetType.PRIVATE_ISOLATED }],
    }) as IVpc;
    if (vpc.isolatedSubnets.length < 2 || vpc.isolatedSubnets.length < zones) {
      throw new SynthesisError(
        `${this.node.path}: availabilityZones is ${zones}, and the stack has ${vpc.isolatedSubnets.length}. Use at least 2 and at most as many as the Region has; more than 2 need a stack with a Region.`,
      );
    }
    new FlowLog(this, "FlowLog", {
      resourceType: FlowLogResourceType.fromVpc(vpc),
      destination: FlowLogDestination.toCloudWatchLogs(this.#logs("FlowLogs")),
    });
    return vpc;
  }

  #logs(id: string): LogGroup {
    const { logRetention, logRemovalPolicy, logEncryptionKey } = this.#props;
    return new LogGroup(this, id, {
      retention: logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: logRemovalPolicy ?? RemovalPolicy.RETAIN,
      ...(logEncryptionKey !== undefined && { encryptionKey: logEncryptionKey }),
    });
  }

  #addTier(tier: Tier, description: string): SecurityGroup {
    const group = new SecurityGroup(this, `Tier-${tier}`, {
      vpc: this.vpc,
      description,
      allowAllOutbound: false,
    });
    // EC2 lets a group without outbound rules send anywhere. CDK drops its own filler as soon as
    // rules are separate resources.
    group.addEgressRule(Peer.ipv4("127.0.0.1/32"), Port.allTraffic(), "Nowhere");
    this.#groups.set(tier, [group]);
    return group;
  }

  /** A tier that another one reaches. */
  #addReachable(to: Tier, port: number, description: string, from: Tier = "api"): void {
    this.#addTier(to, description);
    this.#addFlow(from, to, port);
  }

  #addFlow(from: Tier, to: Tier, port: number): void {
    const sender = this.securityGroup(from);
    this.securityGroup(to).connections.allowFrom(sender, Port.tcp(port), `${from} to ${to}`);
    this.#flows.push({ from, to, port });
  }

  #addServices({ services = [], organisationId }: SegmentedNetworkProps): void {
    if (services.length === 0) return;
    this.#addReachable("endpoints", 443, "Interface endpoints of AWS services");
    for (const service of services) {
      const reachable = typeof service === "string" ? { service } : service;
      const group = this.securityGroup("endpoints");
      const { endpoint, host } = addServiceEndpoint(this, this.vpc, group, reachable, organisationId);
      this.#endpoints.push(endpoint);
      this.#allowDomains([host]);
    }
  }

  #addGateways({ tables = [], buckets = [] }: SegmentedNetworkProps): void {
    const { region, urlSuffix } = Stack.of(this);
    if (tables.length > 0) {
      const arns = tables.flatMap(({ tableArn }) => [tableArn, `${tableArn}/index/*`]);
      this.#addGateway("dynamodb", arns);
      // SDKs may prefer the endpoint that is named by account.
      this.#allowDomains([`dynamodb.${region}.${urlSuffix}`, `${Aws.ACCOUNT_ID}.ddb.${region}.${urlSuffix}`]);
    }
    if (buckets.length > 0) {
      const arns = buckets.flatMap(({ bucketArn }) => [bucketArn, `${bucketArn}/*`]);
      this.#addGateway("s3", arns);
      this.#allowDomains(buckets.map(({ bucketName }) => `${bucketName}.s3.${region}.${urlSuffix}`));
    }
  }

  #addGateway(service: "dynamodb" | "s3", resources: readonly string[]): void {
    const { organisationId, prefixListIds } = this.#props;
    const made = addGatewayEndpoint(
      this,
      this.vpc,
      service,
      resources,
      organisationId,
      prefixListIds?.[service],
    );
    this.#endpoints.push(made.endpoint);
    const { prefixListId } = made;
    this.securityGroup("api").addEgressRule(
      Peer.prefixList(prefixListId),
      Port.tcp(443),
      `api to ${service}`,
    );
    this.#flows.push({ from: "api", to: { prefixListId }, port: 443 });
  }

  #addLink(targetPort: number): void {
    this.#addTier("link", "VPC links of API Gateway");
    this.#addReachable("balancer", 443, "The internal load balancer", "link");
    this.#addFlow("balancer", "api", targetPort);
  }

  #allowDomains(names: readonly string[]): void {
    for (const name of names) {
      if (!/^\*(\.[^.]*)?$/.test(name)) continue;
      throw new SynthesisError(
        `${this.node.path}: domains has "${name}", which lets data out in names of anyone's. Name a host, or a wildcard below a name of your own or AWS's.`,
      );
    }
    this.#firewall.allow(...names);
  }
}
