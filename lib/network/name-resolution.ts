import type { DeclaredNetwork } from "./declared-network.ts";
import { listOf, propertiesOf, type Resources, recordOf, referenceOf, textOf } from "./template-resources.ts";

const ASSOCIATION = "AWS::Route53Resolver::FirewallRuleGroupAssociation";
const CONFIG = "AWS::Route53Resolver::FirewallConfig";

/** What lets names be resolved in the VPC beyond the declared ones: each a sentence. */
export function otherNames(resources: Resources, declared: DeclaredNetwork): string[] {
  const { vpc, firewall } = declared;
  const ofType = (type: string, property: string) =>
    Object.entries(resources).filter(
      ([, resource]) => resource.Type === type && isReference(propertiesOf(resource)[property], vpc),
    );
  const associations = ofType(ASSOCIATION, "VpcId");
  const ours = associations.filter(([, resource]) =>
    isReference(propertiesOf(resource).FirewallRuleGroupId, firewall.ruleGroup),
  );
  const configs = ofType(CONFIG, "ResourceId");
  const isClosed = configs.some(([, resource]) => propertiesOf(resource).FirewallFailOpen === "DISABLED");
  return [
    ...(ours.length > 0
      ? []
      : [`${vpc}: its DNS firewall rules are not associated, so every name is resolved`]),
    ...associations
      .filter((association) => !ours.includes(association))
      .map(([id]) => `${id}: adds DNS firewall rules that may allow other names`),
    ...(isClosed && configs.length === 1
      ? []
      : [`${vpc}: its DNS firewall must fail closed (FirewallFailOpen: DISABLED)`]),
    ...rulesThatDiffer(resources, declared),
    ...listThatDiffers(resources, firewall.allowedList, firewall.domains),
    ...listThatDiffers(resources, firewall.blockedList, ["*"]),
  ];
}

function rulesThatDiffer(resources: Resources, { firewall }: DeclaredNetwork): string[] {
  const { ruleGroup, allowedList, blockedList } = firewall;
  const rules = listOf(recordOf(resources[ruleGroup]?.Properties).FirewallRules)
    .map(recordOf)
    .sort((one, other) => Number(one.Priority) - Number(other.Priority));
  const [allow = {}, block = {}] = rules;
  const asDeclared =
    rules.length === 2 &&
    allow.Action === "ALLOW" &&
    isReference(allow.FirewallDomainListId, allowedList) &&
    block.Action === "BLOCK" &&
    isReference(block.FirewallDomainListId, blockedList) &&
    block.Qtype === undefined;
  return asDeclared
    ? []
    : [`${ruleGroup}: must have two rules: allow the declared names, then block all others`];
}

function listThatDiffers(resources: Resources, list: string, expected: readonly string[]): string[] {
  const properties = recordOf(resources[list]?.Properties);
  const found = listOf(properties.Domains).map(textOf);
  const other = found.filter((name) => !expected.includes(name));
  if (properties.DomainFileUrl !== undefined) other.push("those of a file");
  if (other.length > 0) return [`${list}: holds names that were not declared: ${other.join(", ")}`];
  return found.length === expected.length ? [] : [`${list}: lacks names that were declared`];
}

const isReference = (value: unknown, id: string): boolean => referenceOf(value)?.id === id;
