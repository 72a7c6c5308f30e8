import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Attribute {
  readonly type: string;
  readonly requirement: "required" | "recommended" | "optional";
  readonly is_array?: boolean;
  readonly object_type?: string;
  readonly enum?: Readonly<Record<string, unknown>>;
  /** The attribute exists only where one of these profiles is applied */
  readonly profiles?: readonly string[] | null;
}

interface Shape {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints?: { readonly at_least_one?: readonly string[]; readonly just_one?: readonly string[] };
}

interface Schema {
  readonly classes: Readonly<Record<string, Shape>>;
  readonly objects: Readonly<Record<string, Shape>>;
  readonly dictionary: {
    readonly types: { readonly attributes: Readonly<Record<string, { type?: string; regex?: string }>> };
  };
}

const FILE = join(__dirname, "../../../../shared/vectors/ocsf/ocsf-1.8.0-compiled.json");

/** The compiled OCSF 1.8 schema, or undefined where it is not at hand. */
export function loadOcsfSchema(): Schema | undefined {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Schema) : undefined;
}

/**
 * All ways in which an event departs from its class, as `path: what`; empty means valid. `unmapped`
 * is free by definition.
 */
export function ocsfProblems(
  schema: Schema,
  className: string,
  event: object,
  profiles: readonly string[],
): string[] {
  const problems: string[] = [];
  checkObject(schema.classes[className], event, "", problems, schema, profiles);
  return problems;
}

function checkObject(
  shape: Shape | undefined,
  value: unknown,
  path: string,
  problems: string[],
  schema: Schema,
  profiles: readonly string[],
): void {
  if (shape === undefined || typeof value !== "object" || value === null) {
    problems.push(`${path}: is not an object of a known shape`);
    return;
  }
  const applies = (attribute: Attribute) =>
    !attribute.profiles?.length || attribute.profiles.some((one) => profiles.includes(one));
  const fields = value as Record<string, unknown>;
  for (const [name, attribute] of Object.entries(shape.attributes)) {
    if (attribute.requirement === "required" && applies(attribute) && fields[name] === undefined)
      problems.push(`${path}.${name}: is required`);
  }
  const { at_least_one: some } = shape.constraints ?? {};
  if (some !== undefined && !some.some((name) => fields[name] !== undefined))
    problems.push(`${path}: needs one of ${some}`);
  for (const [name, inner] of Object.entries(fields)) {
    const attribute = shape.attributes[name];
    if (attribute === undefined || !applies(attribute)) problems.push(`${path}.${name}: is unknown`);
    else checkValue(attribute, inner, `${path}.${name}`, problems, schema, profiles);
  }
}

function checkValue(
  attribute: Attribute,
  value: unknown,
  path: string,
  problems: string[],
  schema: Schema,
  profiles: readonly string[],
): void {
  if (path === ".unmapped") return;
  if (attribute.is_array) {
    if (!Array.isArray(value)) problems.push(`${path}: is not an array`);
    else
      for (const [at, one] of value.entries())
        checkValue({ ...attribute, is_array: false }, one, `${path}[${at}]`, problems, schema, profiles);
    return;
  }
  if (attribute.object_type !== undefined) {
    checkObject(schema.objects[attribute.object_type], value, path, problems, schema, profiles);
    return;
  }
  const declared = schema.dictionary.types.attributes[attribute.type];
  const base = declared?.type ?? attribute.type;
  if (base === "string_t" && typeof value !== "string") problems.push(`${path}: is not a string`);
  if ((base === "integer_t" || base === "long_t") && !Number.isSafeInteger(value))
    problems.push(`${path}: is not an integer`);
  if (base === "float_t" && typeof value !== "number") problems.push(`${path}: is not a number`);
  if (base === "boolean_t" && typeof value !== "boolean") problems.push(`${path}: is not a boolean`);
  if (declared?.regex !== undefined && !new RegExp(declared.regex).test(String(value)))
    problems.push(`${path}: ${value} is not a ${attribute.type}`);
  if (attribute.enum !== undefined && !(String(value) in attribute.enum))
    problems.push(`${path}: ${value} is not in the enumeration`);
}
