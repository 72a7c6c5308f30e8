import { CfnResource } from "aws-cdk-lib";
import type { ISecurityGroup, IVpc } from "aws-cdk-lib/aws-ec2";
import type { IConstruct } from "constructs";
import { resolveByPath } from "./app-resources.ts";
import { type DeclaredNetwork, prefixList, type Tier } from "./declared-network.ts";
import type { NameFirewall } from "./name-firewall.ts";
import { textOf } from "./template-resources.ts";

interface NetworkParts {
  readonly scope: IConstruct;
  readonly vpc: IVpc;
  readonly groups: ReadonlyMap<Tier, readonly ISecurityGroup[]>;
  readonly flows: readonly { from: Tier; to: Tier | { prefixListId: string }; port: number }[];
  readonly endpoints: readonly IConstruct[];
  readonly functions: readonly IConstruct[];
  readonly firewall: NameFirewall;
  readonly alsoPlaced: readonly string[];
}

/** Names the parts of a network by the paths of their resources, as `appResources` does. */
export function declarationOf(parts: NetworkParts): DeclaredNetwork {
  const { scope, vpc, groups, flows, endpoints, functions, firewall, alsoPlaced } = parts;
  const text = (value: unknown) => textOf(resolveByPath(value, scope));
  return {
    vpc: resourcePath(vpc),
    groups: Object.fromEntries([...groups].map(([tier, members]) => [tier, members.map(resourcePath)])),
    flows: flows.map(({ from, to, port }) => ({
      from,
      to: typeof to === "string" ? to : prefixList(text(to.prefixListId)),
      port,
    })),
    endpoints: endpoints.map(resourcePath),
    functions: functions.map(resourcePath),
    firewall: {
      ruleGroup: firewall.ruleGroup.node.path,
      allowedList: firewall.allowedList.node.path,
      blockedList: firewall.blockedList.node.path,
      domains: firewall.names.map(text),
    },
    alsoPlaced,
  };
}

/**
 * The path of a construct's own resource; of the construct itself where it is imported and has
 * none.
 */
function resourcePath(construct: IConstruct): string {
  const own = CfnResource.isCfnResource(construct) ? construct : construct.node.defaultChild;
  return (own ?? construct).node.path;
}
