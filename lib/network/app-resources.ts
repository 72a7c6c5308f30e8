import {
  CfnOutput,
  CfnResource,
  DefaultTokenResolver,
  type IResolvable,
  type IResolveContext,
  Reference,
  Stack,
  Tokenization,
} from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { type Resources, referenceOf, type TemplateResource } from "./template-resources.ts";

/**
 * The resources of an app as its templates will have them, by the paths of their constructs, which
 * references use too.
 */
export function appResources(root: IConstruct): Resources {
  const constructs = root.node.findAll();
  const exported = new Map<string, unknown>();
  for (const construct of constructs) {
    if (!(construct instanceof CfnOutput) || construct.exportName === undefined) continue;
    const name: unknown = construct.stack.resolve(construct.exportName);
    if (typeof name === "string") exported.set(name, resolveByPath(construct.value, construct));
  }
  const found: [string, TemplateResource][] = [];
  const known = new Map<Stack, Map<string, string>>();
  const pathsIn = (stack: Stack): Map<string, string> => {
    const paths = known.get(stack) ?? pathsByLogicalId(stack);
    known.set(stack, paths);
    return paths;
  };
  for (const construct of constructs) {
    // The resources of a nested stack are in the tree themselves.
    if (!CfnResource.isCfnResource(construct) || isNestedStack(construct)) continue;
    const paths = pathsIn(construct.stack);
    const [resource] = Object.values(
      (
        resolveByPath(construct._toCloudFormation(), construct) as {
          Resources?: Record<string, TemplateResource>;
        }
      ).Resources ?? {},
    );
    if (resource === undefined) continue;
    const Properties = renamed(resource.Properties ?? {}, paths, exported) as Record<string, unknown>;
    found.push([construct.node.path, { Type: resource.Type, Properties }]);
  }
  return Object.fromEntries(found);
}

const isNestedStack = (resource: CfnResource): boolean =>
  resource.cfnResourceType === "AWS::CloudFormation::Stack" &&
  resource.node.root.node
    .findAll()
    .some((construct) => Stack.isStack(construct) && construct.nestedStackResource === resource);

/** A value as its template will have it, except that references go by paths. */
export const resolveByPath = (value: unknown, scope: IConstruct): unknown =>
  Tokenization.resolve(value, { scope, resolver: new PathResolver(), preparing: false });

/** For references that someone wrote out by hand. */
function pathsByLogicalId(stack: Stack): Map<string, string> {
  const paths = new Map<string, string>();
  for (const child of stack.node.findAll()) {
    if (!CfnResource.isCfnResource(child) || child.stack !== stack) continue;
    paths.set(String(stack.resolve(child.logicalId)), child.node.path);
  }
  return paths;
}

function renamed(value: unknown, paths: Map<string, string>, exported: Map<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((part) => renamed(part, paths, exported));
  if (typeof value !== "object" || value === null) return value;
  const reference = referenceOf(value);
  const path = reference === undefined ? undefined : paths.get(reference.id);
  if (reference !== undefined && path !== undefined) {
    return reference.attribute === undefined ? { Ref: path } : { "Fn::GetAtt": [path, reference.attribute] };
  }
  const imported = (value as Record<string, unknown>)["Fn::ImportValue"];
  if (typeof imported === "string" && exported.has(imported)) return exported.get(imported);
  return Object.fromEntries(
    Object.entries(value)
      // As in the template's JSON.
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [
        key,
        key === "Fn::Sub" ? withPaths(part, paths) : renamed(part, paths, exported),
      ]),
  );
}

const withPaths = (part: unknown, paths: Map<string, string>): unknown =>
  Array.isArray(part)
    ? part.map((inner) => withPaths(inner, paths))
    : typeof part === "string"
      ? part.replace(/\$\{([^!.}][^.}]*)/g, (all, id: string) =>
          paths.has(id) ? `\${${paths.get(id)}` : all,
        )
      : part;

const joined = (left: unknown, right: unknown): unknown =>
  left === undefined ? right : right === undefined ? left : { "Fn::Join": ["", [left, right]] };

/** Leaves each reference to a resource as one, by its path, across stacks and stages too. */
class PathResolver extends DefaultTokenResolver {
  constructor() {
    super({ join: joined });
  }

  override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: Parameters<DefaultTokenResolver["resolveToken"]>[2],
  ): unknown {
    if (Reference.isReference(token) && CfnResource.isCfnResource(token.target)) {
      const path = token.target.node.path;
      const attribute = token.displayName;
      return attribute === "Ref" ? { Ref: path } : { "Fn::GetAtt": [path, attribute] };
    }
    return super.resolveToken(token, context, postProcessor);
  }
}
