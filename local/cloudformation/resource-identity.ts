import { createHash } from "node:crypto";

/** The identifiers that a deployed resource would have. */
export interface Identity {
  /** The value of `Ref` */
  readonly ref: string;
  readonly arn: string;
  /** The values of `Fn::GetAtt`, including `Arn` if the type has one */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The parts that a resource's identifiers may use. */
export interface Naming {
  readonly stack: string;
  readonly logicalId: string;
  readonly region: string;
  readonly accountId: string;
  readonly queueUrl: (name: string) => string;
  /** A property as text, intrinsics resolved; undefined if it is not set */
  readonly property: (name: string) => string | undefined;
}

export type Identify = (naming: Naming) => Identity;

export const fallbackName = (naming: Naming): string => `${naming.stack}-${naming.logicalId}`;
export const arnOf = ({ region, accountId }: Naming, service: string, rest: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${rest}`;

/** Ids that AWS would generate; the same stack and logical id give the same id. */
export function drawnId(naming: Pick<Naming, "stack" | "logicalId">, length: number): string {
  const digest = createHash("sha256").update(`${naming.stack}/${naming.logicalId}`).digest("hex");
  return BigInt(`0x${digest}`).toString(36).slice(-length);
}

/** The id of a REST or HTTP API. */
export const apiIdOf = (stack: string, logicalId: string): string => drawnId({ stack, logicalId }, 10);

/** A resource with a name, whose ARN ends in `<prefix><name>`. */
export function named(
  nameProperty: string,
  service: string,
  prefix: string,
  more?: MoreAttributes,
): Identify {
  return (naming) => {
    const name = naming.property(nameProperty) ?? fallbackName(naming);
    const arn = arnOf(naming, service, `${prefix}${name}`);
    return { ref: name, arn, attributes: { Arn: arn, ...more?.(name, naming, arn) } };
  };
}

type MoreAttributes = (name: string, naming: Naming, arn: string) => Readonly<Record<string, string>>;

/** A resource whose id AWS generates. */
export function drawn(
  length: number,
  service: string,
  path: (id: string, naming: Naming) => string,
  idName: string,
) {
  return (naming: Naming): Identity => {
    const id = drawnId(naming, length);
    const arn = arnOf(naming, service, path(id, naming));
    return { ref: id, arn, attributes: { Arn: arn, [idName]: id } };
  };
}

export const byArn =
  (identify: Identify): Identify =>
  (naming) => {
    const identity = identify(naming);
    return { ...identity, ref: identity.arn };
  };

/** IAM is global: its ARNs have no region. */
export const iam = (nameProperty: string, prefix: string): Identify => {
  return (naming) => {
    const name = naming.property(nameProperty) ?? fallbackName(naming);
    const arn = `arn:aws:iam::${naming.accountId}:${prefix}${name}`;
    return { ref: name, arn, attributes: { Arn: arn, RoleId: `AROA${drawnId(naming, 17).toUpperCase()}` } };
  };
};

/** A resource that other resources only depend on. */
export const nameless: Identify = (naming) => {
  const name = fallbackName(naming);
  return { ref: name, arn: arnOf(naming, "cloudformation", `resource/${name}`), attributes: { Id: name } };
};

const functionArn = (naming: Naming, nameOrArn: string): string =>
  nameOrArn.startsWith("arn:") ? nameOrArn : arnOf(naming, "lambda", `function:${nameOrArn}`);

/** A version or alias: the function's ARN with one more part. */
export const qualified =
  (qualifier: (naming: Naming) => string, attribute: string): Identify =>
  (naming) => {
    const part = qualifier(naming);
    const arn = `${functionArn(naming, naming.property("FunctionName") ?? "")}:${part}`;
    return { ref: arn, arn, attributes: { [attribute]: part, FunctionArn: arn } };
  };
