import { readAssembly, type StackTemplate } from "./assembly.ts";
import { createResolver, type Resolver, type Surroundings } from "./intrinsics.ts";
import type { Identity } from "./resource-identity.ts";
import { resourceType } from "./resource-types.ts";

/** One resource of a synthesized stack, ready to be run. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** From the template, with intrinsic functions resolved */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Lambda functions: absolute folder of the code */
  readonly assetPath?: string;
}

/** All stacks of a cloud assembly, resolved against the laptop's account, region and endpoints. */
export interface LocalTemplate {
  readonly resources: readonly Resource[];
  readonly region: string;
  readonly accountId: string;
  readonly ofType: (type: string) => readonly Resource[];
  /** Throws if the template has none */
  readonly byId: (stack: string, logicalId: string) => Resource;
  /** Stack outputs by `<stack>.<output's logical id>` */
  readonly outputs: Readonly<Record<string, string>>;
  /**
   * The value of `Ref` for the resource: a name, for a queue its URL, for a topic its ARN, for an
   * API its id
   */
  readonly physicalId: (resource: Resource) => string;
  readonly arn: (resource: Resource) => string;
}

export interface TemplateOptions {
  readonly region: string;
  readonly accountId: string;
  /**
   * The address of a queue; the SDK prefers a queue's URL to its endpoint variable, so the URL must
   * be local
   */
  readonly queueUrl: (name: string) => string;
}

/**
 * Reads a CDK cloud assembly (`cdk.out`) as the laptop will run it.
 *
 * Stacks may refer to each other by exports and by SSM parameters. A name that the template leaves
 * open becomes `<stack>-<logicalId>`; an id that AWS would generate is derived from the same two,
 * so that every run has the same ids. Throws an error with resource and type for a type outside
 * local/cloudformation/resource-types.ts, and for every unresolved reference. Does not check
 * properties against CloudFormation's schemas: synthesis did.
 */
export function loadAssembly(dir: string, options: TemplateOptions): LocalTemplate {
  const stacks = readAssembly(dir);
  const resolvers = new Map<string, Resolver>();
  const identities = new Map<string, Identity>();
  const find = (stack: string) => stacks.find(({ name }) => name === stack);
  const resolverOf = (stack: string): Resolver => resolvers.get(stack) ?? raise(`No stack ${stack}`);

  const identify = (stack: string, logicalId: string): Identity | undefined => {
    const key = `${stack}/${logicalId}`;
    const known = identities.get(key);
    const raw = find(stack)?.template.Resources?.[logicalId];
    if (known !== undefined || raw === undefined) return known;
    const type = resourceType(raw.Type) ?? raise(unsupported(stack, logicalId, raw.Type));
    const property = (name: string): string | undefined => {
      const value = resolverOf(stack).resolve(raw.Properties?.[name]);
      return value === undefined ? undefined : String(value);
    };
    const identity = type.identify({ stack, logicalId, property, ...options });
    identities.set(key, identity);
    return identity;
  };

  const around: Surroundings = {
    ...options,
    ref: (stack, logicalId) => identify(stack, logicalId)?.ref,
    attribute: (stack, logicalId, attribute) => {
      const identity =
        identify(stack, logicalId) ?? raise(`${stack}: GetAtt names ${logicalId}, which is not a resource`);
      return (
        identity.attributes[attribute] ??
        raise(`${stack}: the laptop has no attribute ${attribute} for ${logicalId}`)
      );
    },
    exported: (name) => findExport(stacks, resolverOf, name),
    parameter: (name) => findParameter(stacks, identify, name),
  };
  for (const stack of stacks) resolvers.set(stack.name, createResolver(stack, around));

  const resources = stacks.flatMap((stack) => readResources(stack, resolverOf(stack.name)));
  const identityOf = ({ stack, logicalId }: Resource): Identity =>
    identify(stack, logicalId) ?? raise(`${stack} has no resource ${logicalId}`);
  return {
    resources,
    region: options.region,
    accountId: options.accountId,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    byId: (stack, logicalId) =>
      resources.find((resource) => resource.stack === stack && resource.logicalId === logicalId) ??
      raise(`${stack} has no resource ${logicalId}`),
    outputs: readOutputs(stacks, resolverOf),
    physicalId: (resource) => identityOf(resource).ref,
    arn: (resource) => identityOf(resource).arn,
  };
}

function readResources({ name, template, assets }: StackTemplate, resolver: Resolver): readonly Resource[] {
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, raw]): readonly Resource[] => {
    if (raw.Condition !== undefined && !resolver.condition(raw.Condition)) return [];
    if (resourceType(raw.Type) === undefined) raise(unsupported(name, logicalId, raw.Type));
    const properties = resolver.resolve(raw.Properties ?? {}) as Record<string, unknown>;
    const resource = { stack: name, logicalId, type: raw.Type, properties };
    if (raw.Type !== "AWS::Lambda::Function") return [resource];
    const code = properties.Code as { readonly S3Key?: string } | undefined;
    const assetPath =
      assets.get(code?.S3Key ?? "") ??
      raise(
        `${name}: function ${logicalId} has no code folder in the assembly; inline code and images are not run`,
      );
    return [{ ...resource, assetPath }];
  });
}

function readOutputs(
  stacks: readonly StackTemplate[],
  resolverOf: (stack: string) => Resolver,
): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const { name, template } of stacks) {
    for (const [id, { Value, Condition }] of Object.entries(template.Outputs ?? {})) {
      if (Condition !== undefined && !resolverOf(name).condition(Condition)) continue;
      outputs[`${name}.${id}`] = String(resolverOf(name).resolve(Value));
    }
  }
  return outputs;
}

function findExport(
  stacks: readonly StackTemplate[],
  resolverOf: (stack: string) => Resolver,
  wanted: string,
): string {
  for (const { name, template } of stacks) {
    for (const { Value, Export } of Object.values(template.Outputs ?? {})) {
      if (Export === undefined || resolverOf(name).resolve(Export.Name) !== wanted) continue;
      return String(resolverOf(name).resolve(Value));
    }
  }
  return raise(`No stack exports ${wanted}`);
}

function findParameter(
  stacks: readonly StackTemplate[],
  identify: (stack: string, logicalId: string) => Identity | undefined,
  wanted: string,
): string {
  for (const { name, template } of stacks) {
    for (const [logicalId, { Type }] of Object.entries(template.Resources ?? {})) {
      if (Type !== "AWS::SSM::Parameter") continue;
      const identity = identify(name, logicalId);
      if (identity?.ref === wanted) return identity.attributes.Value ?? "";
    }
  }
  return raise(`No stack sets the SSM parameter ${wanted}`);
}

const unsupported = (stack: string, logicalId: string, type: string): string =>
  `${stack}: resource ${logicalId} is of type ${type}, which the laptop does not run`;

function raise(message: string): never {
  throw new Error(message);
}
