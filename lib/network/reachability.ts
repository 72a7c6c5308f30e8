import type { DeclaredNetwork } from "./declared-network.ts";
import { otherInvokers } from "./invokers.ts";
import { namesOnly, OPENS, PLACED, PUBLIC, STRUCTURE, SUBNETS, valueAt } from "./known-types.ts";
import { otherNames } from "./name-resolution.ts";
import { DEFAULT_GROUP, findUndeclaredRules, nameOfGroup } from "./security-rules.ts";
import {
  listOf,
  propertiesOf,
  type Resources,
  recordOf,
  referenceOf,
  referencesIn,
  type TemplateResource,
  textOf,
} from "./template-resources.ts";

/**
 * Every way in these resources by which something reaches into or out of the network, or moves in
 * it, beyond the declared flows: each a sentence that begins with the resource; empty if the
 * declared flows are exactly the paths there are. A closed world: a resource that touches the
 * network and is of a type unknown here is one of them. Pure. Does not see what other apps and the
 * console add, ids written out as literals, nor what a database or a service behind an endpoint
 * passes on.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
export function findUndeclaredPaths(resources: Resources, declared: DeclaredNetwork): string[] {
  const members = membersOf(resources, declared);
  const placed = placedResources(resources, members);
  const functions = new Set(declared.functions);
  for (const id of placed) if (resources[id]?.Type === "AWS::Lambda::Function") functions.add(id);
  const attached = Object.entries(resources).flatMap(([id, resource]) => {
    const touches = members.has(id) || mentions(resource, members) || functions.has(id);
    return touches || belongsTo(resource, placed) ? findResourceFlaws(id, resource, declared, members) : [];
  });
  const undeclared = [
    ...findUndeclaredRules(resources, declared),
    ...attached,
    ...otherNames(resources, declared),
    ...otherInvokers(resources, functions),
  ];
  return [...new Set(undeclared)];
}

/** The VPC and everything that is part of it. */
function membersOf(resources: Resources, declared: DeclaredNetwork): Set<string> {
  const { ruleGroup, allowedList, blockedList } = declared.firewall;
  const members = new Set([declared.vpc, ruleGroup, allowedList, blockedList]);
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const [id, resource] of Object.entries(resources)) {
      if (STRUCTURE.has(resource.Type) && mentions(resource, members)) members.add(id);
    }
  }
  return members;
}

const mentions = (resource: TemplateResource, ids: ReadonlySet<string>): boolean =>
  [...referencesIn(propertiesOf(resource))].some((id) => ids.has(id));

const placedResources = (resources: Resources, members: ReadonlySet<string>): Set<string> =>
  new Set(
    Object.entries(resources).flatMap(([id, resource]) =>
      resource.Type in PLACED && mentions(resource, members) && !isNameOnly(resource) ? [id] : [],
    ),
  );

/** A function that has no VpcConfig but, say, an environment variable with the VPC's id. */
const isNameOnly = ({ Type, Properties = {} }: TemplateResource): boolean =>
  namesOnly(Type) || (Type === "AWS::Lambda::Function" && Properties.VpcConfig === undefined);

/**
 * An instance of a cluster, or a way to something in a tier, refers to that and not to the network.
 */
const belongsTo = (resource: TemplateResource, placed: ReadonlySet<string>): boolean =>
  (resource.Type === "AWS::RDS::DBInstance" || resource.Type in OPENS) && mentions(resource, placed);

function findResourceFlaws(
  id: string,
  resource: TemplateResource,
  declared: DeclaredNetwork,
  members: ReadonlySet<string>,
): string[] {
  const { Type } = resource;
  if (declared.functions.includes(id) && isNameOnly(resource)) {
    return [`${id}: a function of the tier api that stands outside the network`];
  }
  if (isNameOnly(resource)) return [];
  const opened = OPENS[Type];
  if (opened !== undefined) return [`${id}: ${Type} adds ${opened}`];
  const flaws = publicProperties(id, resource);
  if (Type in PLACED) return [...flaws, ...placementFlaws(id, resource, declared, members)];
  if (declared.alsoPlaced.includes(Type))
    return [...flaws, ...groupsOutsideTiers(id, resource, declared, members)];
  if (Type === "AWS::EC2::SecurityGroup") return [...flaws, ...groupWithoutTier(id, declared)];
  if (Type === "AWS::EC2::VPCEndpoint") return [...flaws, ...endpointFlaws(id, resource, declared)];
  if (STRUCTURE.has(Type) || Type === "AWS::EC2::VPC") return flaws;
  return [
    `${id}: touches the network, and what ${Type} opens is unknown here; take it out, or name its type in alsoPlaced if it is only placed in a tier`,
  ];
}

function publicProperties(id: string, resource: TemplateResource): string[] {
  const properties = propertiesOf(resource);
  const open = PUBLIC.flatMap(({ property, closed }) =>
    valuesNamed(property, properties)
      .filter((value) => !closed.includes(value))
      .map((value) => `${id}: ${property} is ${textOf(value)}, which gives addresses from outside`),
  );
  const isOutward =
    resource.Type === "AWS::ElasticLoadBalancingV2::LoadBalancer" && properties.Scheme !== "internal";
  return isOutward
    ? [...open, `${id}: a load balancer must say Scheme "internal"; the default is the internet`]
    : open;
}

/** The values of a property, however deep. */
function valuesNamed(property: string, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(key === property ? [part] : []),
    ...valuesNamed(property, part),
  ]);
}

function placementFlaws(
  id: string,
  resource: TemplateResource,
  declared: DeclaredNetwork,
  members: ReadonlySet<string>,
): string[] {
  const { tiers = [], groups = "" } = PLACED[resource.Type] ?? {};
  const properties = propertiesOf(resource);
  // An instance of a cluster has the cluster's groups.
  if (properties.DBClusterIdentifier !== undefined && valueAt(properties, groups) === undefined) return [];
  const named = listOf(valueAt(properties, groups)).map((group) => nameOfGroup(group, declared));
  if (named.length === 0) return [`${id}: names no security group at ${groups}, so it uses ${DEFAULT_GROUP}`];
  const outsideTiers = named.filter((name) => !tiers.some((tier) => tier === name));
  return [
    ...outsideTiers.map((name) => `${id}: is in ${name}, and may only be in the tier ${tiers.join(" or ")}`),
    ...subnetFlaws(id, properties, members),
  ];
}

function subnetFlaws(
  id: string,
  properties: Readonly<Record<string, unknown>>,
  members: ReadonlySet<string>,
): string[] {
  const subnets = SUBNETS.map((path) => valueAt(properties, path));
  return subnets
    .flatMap(listOf)
    .filter((subnet) => !members.has(referenceOf(subnet)?.id ?? ""))
    .map((subnet) => `${id}: is in a subnet outside the network: ${textOf(subnet)}`);
}

/** A type that only its owner knows: it must name a group, and only groups of tiers. */
function groupsOutsideTiers(
  id: string,
  resource: TemplateResource,
  declared: DeclaredNetwork,
  members: ReadonlySet<string>,
): string[] {
  const tierGroups = new Set(Object.values(declared.groups).flat());
  const properties = propertiesOf(resource);
  const usesDefault = JSON.stringify(properties).includes("DefaultSecurityGroup");
  const named = [...referencesIn(properties)].some((group) => tierGroups.has(group));
  return [
    ...(named && !usesDefault
      ? []
      : [`${id}: names no security group of a tier, so it may use ${DEFAULT_GROUP}`]),
    ...subnetFlaws(id, properties, members),
  ];
}

const groupWithoutTier = (id: string, declared: DeclaredNetwork): string[] =>
  Object.values(declared.groups).some((groups) => groups.includes(id))
    ? []
    : [`${id}: a security group in the network that is of no tier`];

function endpointFlaws(id: string, resource: TemplateResource, declared: DeclaredNetwork): string[] {
  if (!declared.endpoints.includes(id)) return [`${id}: an endpoint that the network did not declare`];
  const properties = propertiesOf(resource);
  const groups = listOf(properties.SecurityGroupIds).map((group) => nameOfGroup(group, declared));
  const isGateway = properties.VpcEndpointType === "Gateway";
  const otherGroups = groups.filter((name) => name !== "endpoints");
  const statements = listOf(recordOf(properties.PolicyDocument).Statement).map(recordOf);
  const isOpen = statements.some((it) => it.Effect === "Allow" && !isInside(it));
  return [
    ...otherGroups.map((name) => `${id}: an endpoint is in ${name}, and may only be in the tier endpoints`),
    ...(isGateway || groups.length > 0
      ? []
      : [`${id}: names no security group, so it uses ${DEFAULT_GROUP}`]),
    ...(statements.length > 0 && !isOpen
      ? []
      : [`${id}: its endpoint policy allows any account's identities and resources`]),
  ];
}

/**
 * Whether a statement lets through identities and resources of one account or organisation alone.
 */
function isInside({ Condition }: Readonly<Record<string, unknown>>): boolean {
  const equal = recordOf(recordOf(Condition).StringEquals);
  const says = (...keys: string[]) => keys.some((key) => equal[key] !== undefined && equal[key] !== "*");
  return (
    says("aws:PrincipalAccount", "aws:PrincipalOrgID") && says("aws:ResourceAccount", "aws:ResourceOrgID")
  );
}
