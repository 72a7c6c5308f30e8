import { type DeclaredNetwork, describeFlow, prefixList, TIERS } from "./declared-network.ts";
import {
  listOf,
  type Properties,
  propertiesOf,
  type Resources,
  recordOf,
  referenceOf,
  referencesIn,
  textOf,
} from "./template-resources.ts";

/** One peer of one rule of a security group, as seen from the group. */
interface SecurityRule {
  /** The resource that states it */
  readonly stated: string;
  readonly group: string;
  readonly direction: "in" | "out";
  readonly peer: string;
  /** Such as `tcp 5432`, `tcp 0-65535` or `all traffic` */
  readonly ports: string;
}

export const DEFAULT_GROUP = "the default security group";

/** The tier of a security group's id; else what to call it. */
export function nameOfGroup(value: unknown, declared: DeclaredNetwork): string {
  const reference = referenceOf(value);
  if (reference === undefined) return `security group ${textOf(value)}`;
  if (reference.id === declared.vpc && reference.attribute === "DefaultSecurityGroup") return DEFAULT_GROUP;
  const tier = TIERS.find((name) => declared.groups[name]?.includes(reference.id));
  return tier ?? `security group ${textOf(value)}`;
}

/**
 * The edges that security groups open, as `describeFlow` writes them: those that both ends agree
 * on. An end that is no security group has no say.
 */
export function openEdges(resources: Resources, declared: DeclaredNetwork): string[] {
  const rules = rulesOf(resources, declared);
  const accepted = new Set(rules.filter(({ direction }) => direction === "in").map(edge));
  const isTier = (name: string) => TIERS.some((tier) => tier === name);
  const open = rules.filter(
    (rule) => rule.direction === "out" && (!isTier(rule.peer) || accepted.has(edge(rule))),
  );
  const fromOutside = rules.filter(({ direction, peer }) => direction === "in" && !isTier(peer));
  return [...new Set([...open, ...fromOutside].map(edge))].sort();
}

/**
 * What rules allow beyond the declared flows, on either end, and which declared flow lacks a rule.
 */
export function findUndeclaredRules(resources: Resources, declared: DeclaredNetwork): string[] {
  const rules = rulesOf(resources, declared);
  const flows = new Set(declared.flows.map(describeFlow));
  const undeclared = rules
    .filter((rule) => !flows.has(edge(rule)))
    .map(
      (rule) => `${rule.stated}: opens ${edge(rule)} (${rule.direction === "in" ? "inbound" : "outbound"})`,
    );
  const open = new Set(openEdges(resources, declared));
  const missing = [...flows]
    .filter((flow) => !open.has(flow))
    .map((flow) => `${flow}: declared, but no rules open it`);
  return [...undeclared, ...missing];
}

const edge = ({ group, direction, peer, ports }: SecurityRule): string =>
  direction === "out" ? `${group} → ${peer} ${ports}` : `${peer} → ${group} ${ports}`;

/**
 * Every rule of a group of the network, inline or a separate resource, and rules of other groups
 * that name a tier.
 */
function rulesOf(resources: Resources, declared: DeclaredNetwork): SecurityRule[] {
  const groups = new Set(Object.values(declared.groups).flat());
  return Object.entries(resources).flatMap(([stated, resource]): SecurityRule[] => {
    const properties = propertiesOf(resource);
    const read = (group: string, direction: "in" | "out", rule: unknown) =>
      peersOf(recordOf(rule), direction, declared).map((peer) => ({
        stated,
        group,
        direction,
        peer,
        ports: portsOf(recordOf(rule)),
      }));
    if (resource.Type === "AWS::EC2::SecurityGroup" && groups.has(stated)) {
      const group = nameOfGroup({ Ref: stated }, declared);
      const inbound = listOf(properties.SecurityGroupIngress).flatMap((rule) => read(group, "in", rule));
      const outbound = listOf(properties.SecurityGroupEgress);
      // Without a rule, EC2 gives a new group one that allows everything out.
      const out = outbound.length > 0 ? outbound : [{ CidrIp: "0.0.0.0/0", IpProtocol: "-1" }];
      return [...inbound, ...out.flatMap((rule) => read(group, "out", rule))];
    }
    const direction = STANDALONE[resource.Type];
    if (direction === undefined) return [];
    // Whatever it says, and however it says it: a rule that mentions a group of the network is a
    // rule of the network.
    const mentioned = referencesIn(properties);
    if (!mentioned.has(declared.vpc) && ![...groups].some((id) => mentioned.has(id))) return [];
    return read(nameOfGroup(properties.GroupId, declared), direction, properties);
  });
}

const STANDALONE: Readonly<Record<string, "in" | "out">> = {
  "AWS::EC2::SecurityGroupIngress": "in",
  "AWS::EC2::SecurityGroupEgress": "out",
};

/**
 * How CloudFormation's documentation and CDK write a rule that keeps EC2 from adding one for
 * everything.
 */
const isNowhere = (range: string, protocol: string): boolean =>
  (range === "127.0.0.1/32" && protocol === "-1") || (range === "255.255.255.255/32" && protocol === "icmp");

function peersOf(rule: Properties, direction: "in" | "out", declared: DeclaredNetwork): string[] {
  const side = direction === "in" ? "Source" : "Destination";
  const group = rule[`${side}SecurityGroupId`];
  const list = rule[`${side}PrefixListId`];
  const name = rule[`${side}SecurityGroupName`];
  const peers = [
    ...[rule.CidrIp, rule.CidrIpv6].filter((range) => range !== undefined).map(textOf),
    ...(group === undefined ? [] : [nameOfGroup(group, declared)]),
    ...(list === undefined ? [] : [prefixList(textOf(list))]),
    ...(name === undefined ? [] : [`security group ${textOf(name)}`]),
  ];
  if (direction === "out" && isNowhere(peers.join(), textOf(rule.IpProtocol))) return [];
  return peers.length > 0 ? peers : ["an unknown peer"];
}

function portsOf(rule: Properties): string {
  const protocol = textOf(rule.IpProtocol);
  if (protocol === "-1") return "all traffic";
  const [from, to] = [textOf(rule.FromPort), textOf(rule.ToPort)];
  return `${protocol === "6" ? "tcp" : protocol} ${from === to ? from : `${from}-${to}`}`;
}
