import type { RawTemplate, StackTemplate } from "./assembly.ts";

/** Values from outside the template. */
export interface Surroundings {
  readonly region: string;
  readonly accountId: string;
  /** The value of `Ref` for a resource of the stack; undefined if the stack has no such resource */
  readonly ref: (stack: string, logicalId: string) => string | undefined;
  readonly attribute: (stack: string, logicalId: string, attribute: string) => string;
  readonly exported: (name: string) => string;
  readonly parameter: (ssmName: string) => string;
}

/** Resolves the values of one stack. */
export interface Resolver {
  /** `undefined` means AWS::NoValue */
  readonly resolve: (value: unknown) => unknown;
  readonly condition: (name: string) => boolean;
}

type Intrinsic = (argument: unknown) => unknown;

/**
 * Makes a resolver for the intrinsic functions that CDK emits: Ref, GetAtt, Join, Sub, Select,
 * Split, FindInMap, ImportValue, If, Base64, conditions, and dynamic references to SSM parameters.
 * Any other function throws with its name.
 * @see
 *   https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function createResolver({ name: stack, template }: StackTemplate, around: Surroundings): Resolver {
  const ref = (id: string): unknown => {
    if (id === "AWS::NoValue") return undefined;
    return (
      pseudo(id, stack, around) ??
      parameterValue(template, id, around) ??
      around.ref(stack, id) ??
      missing(stack, id)
    );
  };
  const attribute = (argument: unknown): string => {
    const [id, name] =
      typeof argument === "string" ? splitOnce(argument, ".") : texts(list(resolve(argument)));
    return around.attribute(stack, id ?? "", name ?? "");
  };
  const condition = (name: string): boolean => {
    const stated = template.Conditions?.[name];
    if (stated === undefined) throw new Error(`${stack}: condition ${name} is not defined`);
    return truth(stated);
  };
  const truth = (stated: unknown): boolean => {
    const value = resolve(stated);
    if (typeof value !== "boolean") throw new Error(`${stack}: ${JSON.stringify(stated)} is not a condition`);
    return value;
  };
  const functions: Readonly<Record<string, Intrinsic>> = {
    Ref: (argument) => ref(String(argument)),
    Condition: (argument) => condition(String(argument)),
    "Fn::GetAtt": attribute,
    "Fn::Join": (argument) => {
      const [separator, parts] = list(argument);
      return texts(list(resolve(parts))).join(String(separator));
    },
    "Fn::Sub": (argument) => substitute(argument, resolve, ref, attribute),
    "Fn::Select": (argument) => {
      const [index, from] = list(argument);
      return list(resolve(from))[Number(resolve(index))];
    },
    "Fn::Split": (argument) => {
      const [separator, text] = list(argument);
      return String(resolve(text)).split(String(separator));
    },
    "Fn::FindInMap": (argument) => {
      const [map, first, second] = texts(list(resolve(argument)));
      const found = template.Mappings?.[map ?? ""]?.[first ?? ""]?.[second ?? ""];
      if (found === undefined) throw new Error(`${stack}: mapping ${map} has no ${first}.${second}`);
      return found;
    },
    "Fn::ImportValue": (argument) => around.exported(String(resolve(argument))),
    "Fn::Base64": (argument) => Buffer.from(String(resolve(argument))).toString("base64"),
    "Fn::If": (argument) => {
      const [name, whenTrue, whenFalse] = list(argument);
      return resolve(condition(String(name)) ? whenTrue : whenFalse);
    },
    "Fn::Equals": (argument) => {
      const [left, right] = list(argument).map(resolve);
      return JSON.stringify(left) === JSON.stringify(right);
    },
    "Fn::Not": (argument) => !truth(list(argument)[0]),
    "Fn::And": (argument) => list(argument).every(truth),
    "Fn::Or": (argument) => list(argument).some(truth),
  };
  const resolve = (value: unknown): unknown => {
    if (typeof value === "string") return resolveDynamic(value, around);
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value);
    const only = entries.length === 1 ? entries[0] : undefined;
    if (only !== undefined) {
      const [key, argument] = only;
      const intrinsic = Object.hasOwn(functions, key) ? functions[key] : undefined;
      // `Condition` is a function only when it names a condition: policies have a block of that
      // name.
      if (intrinsic !== undefined && (key !== "Condition" || typeof argument === "string")) {
        const found = intrinsic(argument);
        return typeof found === "string" ? resolveDynamic(found, around) : found;
      }
      if (key.startsWith("Fn::")) throw new Error(`${stack}: ${key} is not supported on the laptop`);
    }
    const resolved = entries.map(([key, item]) => [key, resolve(item)] as const);
    return Object.fromEntries(resolved.filter(([, item]) => item !== undefined));
  };
  return { resolve, condition };
}

function pseudo(id: string, stack: string, { region, accountId }: Surroundings): unknown {
  const values: Readonly<Record<string, unknown>> = {
    "AWS::AccountId": accountId,
    "AWS::Region": region,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": stack,
    "AWS::StackId": `arn:aws:cloudformation:${region}:${accountId}:stack/${stack}/local`,
    "AWS::NotificationARNs": [],
  };
  return Object.hasOwn(values, id) ? values[id] : undefined;
}

function parameterValue(template: RawTemplate, id: string, around: Surroundings): unknown {
  const parameter = template.Parameters?.[id];
  if (parameter === undefined) return undefined;
  if (parameter.Default === undefined)
    throw new Error(`Template parameter ${id} has no default; the laptop does not ask for parameter values`);
  if (parameter.Type.startsWith("AWS::SSM::Parameter::Value<"))
    return around.parameter(String(parameter.Default));
  if (parameter.Type === "CommaDelimitedList") return String(parameter.Default).split(",");
  return parameter.Default;
}

function substitute(
  argument: unknown,
  resolve: Resolver["resolve"],
  ref: (id: string) => unknown,
  attribute: (dotted: string) => string,
): string {
  const [template, given] = Array.isArray(argument) ? argument : [argument, {}];
  const values = resolve(given) as Record<string, unknown>;
  return String(template).replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (name.startsWith("!")) return whole.replace("!", "");
    if (Object.hasOwn(values, name)) return String(values[name]);
    return String(name.includes(".") ? attribute(name) : ref(name));
  });
}

function resolveDynamic(text: string, around: Surroundings): string {
  return text.replace(/\{\{resolve:([^:}]+):([^:}]+)[^}]*\}\}/g, (whole, service: string, name: string) => {
    if (service !== "ssm") throw new Error(`${whole}: only SSM parameters are resolved on the laptop`);
    return around.parameter(name);
  });
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${JSON.stringify(value)} must be a list`);
  return value;
}

const texts = (values: readonly unknown[]): readonly string[] => values.map(String);

function missing(stack: string, id: string): never {
  throw new Error(`${stack}: Ref names ${id}, which is neither a parameter nor a resource`);
}
