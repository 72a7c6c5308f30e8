import {
  CfnParameter,
  CfnResource,
  DefaultTokenResolver,
  type IResolvable,
  type IResolveContext,
  Reference,
  StringConcat,
  Tokenization,
} from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { IConstruct } from "constructs";

/** A resource's properties as its template will have them, overrides and all. */
export type RenderedProperties = Readonly<Record<string, unknown>>;

export interface FunctionReferences {
  /** Renders a resource; call it once the app is prepared, as in a validation. */
  readonly render: (resource: CfnResource) => RenderedProperties;
  /** Whether a rendered value refers to the function, however deep in joins and substitutions. */
  readonly areIn: (rendered: unknown) => boolean;
}

// No name or ARN holds control characters.
const MARK = "\u0001the function\u0001";

/** What stands for the function wherever the named property refers to it. */
const STAND_INS: Readonly<Record<string, string>> = {
  "AWS::Lambda::Alias": "FunctionName",
  "AWS::Lambda::Version": "FunctionName",
  "AWS::SSM::Parameter": "Value",
};

/**
 * Finds the function by its construct, its aliases and versions wherever they stand, and the SSM
 * parameters of the app that hold its ARN, by construct, by name as a template's parameter or by
 * `{{resolve:ssm:…}}`. Does not know it by a literal ARN.
 */
export function referencesTo(target: IFunction): FunctionReferences {
  const parameterNames = new Set<string>();
  const pointsAtFunction = (found: IConstruct): boolean => {
    if (`${found.node.path}/`.startsWith(`${target.node.path}/`)) return true;
    if (found instanceof CfnParameter) return isSsmValue(found) && parameterNames.has(String(found.default));
    if (!CfnResource.isCfnResource(found)) return false;
    const property = STAND_INS[found.cfnResourceType];
    return property !== undefined && areIn(render(found)[property]);
  };
  const resolver = new MarkingResolver(pointsAtFunction);
  const render = (resource: CfnResource): RenderedProperties => {
    const { Resources = {} } = Tokenization.resolve(resource._toCloudFormation(), {
      scope: resource,
      resolver,
      preparing: false,
    });
    const [rendered] = Object.values(Resources as Record<string, { Properties?: RenderedProperties }>);
    return rendered?.Properties ?? {};
  };
  const areIn = (rendered: unknown): boolean => {
    const texts = textsIn(rendered);
    return texts.some(
      (text) =>
        text.includes(MARK) ||
        [...text.matchAll(/\{\{resolve:ssm:([^:}]+)/g)].some(([, name = ""]) => parameterNames.has(name)),
    );
  };
  for (const construct of target.node.root.node.findAll()) {
    if (!CfnResource.isCfnResource(construct) || construct.cfnResourceType !== "AWS::SSM::Parameter")
      continue;
    const { Name, Value } = render(construct);
    if (typeof Name === "string" && areIn(Value)) parameterNames.add(Name);
  }
  return { render, areIn };
}

const isSsmValue = ({ type }: CfnParameter): boolean => type.startsWith("AWS::SSM::Parameter::Value<");

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

class MarkingResolver extends DefaultTokenResolver {
  readonly #marks: (target: IConstruct) => boolean;

  constructor(marks: (target: IConstruct) => boolean) {
    super(new StringConcat());
    this.#marks = marks;
  }

  override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: Parameters<DefaultTokenResolver["resolveToken"]>[2],
  ): unknown {
    if (Reference.isReference(token) && this.#marks(token.target)) return MARK;
    return super.resolveToken(token, context, postProcessor);
  }
}
