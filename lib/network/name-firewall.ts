import { CfnResource, Lazy } from "aws-cdk-lib";
import type { IVpc } from "aws-cdk-lib/aws-ec2";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import {
  CfnFirewallDomainList,
  CfnFirewallRuleGroup,
  CfnFirewallRuleGroupAssociation,
  CfnResolverQueryLoggingConfig,
  CfnResolverQueryLoggingConfigAssociation,
} from "aws-cdk-lib/aws-route53resolver";
import { Construct } from "constructs";

export interface NameFirewallProps {
  readonly vpc: IVpc;
  /** Where every query is written. */
  readonly logGroup: ILogGroup;
}

/**
 * Lets a VPC resolve the names of one list and answers NXDOMAIN to all others, also while the
 * firewall itself is in trouble (SERVFAIL then). Security groups cannot do this: they do not filter
 * what goes to the VPC's own resolver, and a name that is asked for can carry data out.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html
 */
export class NameFirewall extends Construct {
  readonly ruleGroup: CfnFirewallRuleGroup;
  readonly allowedList: CfnFirewallDomainList;
  readonly blockedList: CfnFirewallDomainList;
  readonly #names = new Set<string>();

  constructor(scope: Construct, id: string, { vpc, logGroup }: NameFirewallProps) {
    super(scope, id);
    this.allowedList = new CfnFirewallDomainList(this, "Allowed", {
      domains: Lazy.list({ produce: () => this.names }),
    });
    this.blockedList = new CfnFirewallDomainList(this, "All", { domains: ["*"] });
    this.ruleGroup = new CfnFirewallRuleGroup(this, "Rules", {
      firewallRules: [
        {
          priority: 100,
          action: "ALLOW",
          firewallDomainListId: this.allowedList.attrId,
          // Who owns an allowed name decides where it leads: an Aurora cluster's name leads to that
          // of its writer.
          firewallDomainRedirectionAction: "TRUST_REDIRECTION_DOMAIN",
        },
        {
          priority: 200,
          action: "BLOCK",
          blockResponse: "NXDOMAIN",
          firewallDomainListId: this.blockedList.attrId,
        },
      ],
    });
    new CfnFirewallRuleGroupAssociation(this, "Association", {
      vpcId: vpc.vpcId,
      firewallRuleGroupId: this.ruleGroup.attrId,
      priority: 101,
    });
    // By its type, because older versions of aws-cdk-lib have no class for it.
    new CfnResource(this, "FailClosed", {
      type: "AWS::Route53Resolver::FirewallConfig",
      properties: { ResourceId: vpc.vpcId, FirewallFailOpen: "DISABLED" },
    });
    const logging = new CfnResolverQueryLoggingConfig(this, "Queries", {
      destinationArn: logGroup.logGroupArn,
    });
    new CfnResolverQueryLoggingConfigAssociation(this, "QueriesOfVpc", {
      resolverQueryLogConfigId: logging.attrId,
      resourceId: vpc.vpcId,
    });
  }

  /** The names that may be resolved, in the order in which they were first allowed. */
  get names(): string[] {
    return [...this.#names];
  }

  /** Adds names; `*.example.com` stands for all below, not for example.com itself. */
  allow(...names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }
}
