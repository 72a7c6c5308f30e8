/**
 * Runtime schemas as the SDK's packages hold them: numbers for simple types, arrays for the others,
 * functions for what comes later.
 */
type Schema = unknown;

/** Kinds of arrays, by their first element */
const [SIMPLE, LIST, MAP, STRUCT, OPERATION] = [0, 1, 2, 3, 9];
const [STRING, NUMBER, BOOLEAN, TIMESTAMP, DATE_TIME] = [0, 1, 2, 4, 5];
const [LIST_OF, MAP_OF] = [64, 128];

/** What an SDK package says of one operation. */
export interface OperationModel {
  readonly name: string;
  /** Method, path and status on success; absent in the query protocol */
  readonly http?: readonly [method: string, path: string, status: number];
  readonly output: Schema;
}

/** Reads the schema that a command of the SDK carries. */
export function modelOf(command: object): OperationModel {
  const { schema } = command as { readonly schema: readonly unknown[] };
  if (schema[0] !== OPERATION) throw new Error("The command carries no schema of an operation");
  const traits = schema[3] as { readonly http?: OperationModel["http"] } | 0;
  return {
    name: String(schema[2]),
    ...(traits !== 0 && traits.http !== undefined && { http: traits.http }),
    output: schema[5],
  };
}

/**
 * All that is wrong with a JSON document by the schema: unknown members, other types, required
 * members that are missing.
 */
export function faultsOf(schema: Schema, value: unknown, path = "$"): readonly string[] {
  const { type } = unwrap(schema);
  if (typeof type === "number") return simpleFaults(type, value, path);
  if (typeof type === "string") return value === undefined ? [] : [`${path}: there should be nothing`];
  if (!Array.isArray(type)) return [`${path}: the schema is of a kind that this test does not know`];
  switch (Math.abs(type[0] as number)) {
    case SIMPLE:
      return faultsOf(type[4], value, path);
    case LIST:
      return listFaults(type[4], value, path);
    case MAP:
      return mapFaults(type[5], value, path);
    case STRUCT:
      return structFaults(type, value, path);
    default:
      return [`${path}: the schema is of kind ${String(type[0])}, which this test does not know`];
  }
}

function structFaults(type: readonly unknown[], value: unknown, path: string): readonly string[] {
  if (!isRecord(value)) return [`${path}: not an object`];
  const [names, schemas, required = 0] = type.slice(4) as [readonly string[], readonly Schema[], number?];
  const members = names.map((name, index) => {
    const schema = schemas[index];
    const { traits } = unwrap(schema);
    return { name: String(traits.jsonName ?? name), schema, required: index < required };
  });
  const unknown = Object.keys(value)
    .filter((name) => !members.some((member) => member.name === name))
    .map((name) => `${path}.${name}: no member of ${String(type[2])}`);
  const wrong = members.flatMap(({ name, schema, required: needed }) => {
    if (value[name] === undefined) return needed ? [`${path}.${name}: required, and missing`] : [];
    return faultsOf(schema, value[name], `${path}.${name}`);
  });
  return [...unknown, ...wrong];
}

function listFaults(of: Schema, value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value)) return [`${path}: not a list`];
  return value.flatMap((item, index) => faultsOf(of, item, `${path}[${index}]`));
}

function mapFaults(of: Schema, value: unknown, path: string): readonly string[] {
  if (!isRecord(value)) return [`${path}: not a map`];
  return Object.entries(value).flatMap(([key, item]) =>
    faultsOf(of, item, `${path}[${JSON.stringify(key)}]`),
  );
}

function simpleFaults(type: number, value: unknown, path: string): readonly string[] {
  if (type >= MAP_OF) return mapFaults(type - MAP_OF, value, path);
  if (type >= LIST_OF) return listFaults(type - LIST_OF, value, path);
  // In JSON a time without a format is a number of seconds.
  const expected = new Map([
    [STRING, "string"],
    [NUMBER, "number"],
    [BOOLEAN, "boolean"],
    [TIMESTAMP, "number"],
    [DATE_TIME, "string"],
  ]).get(type);
  if (expected === undefined) return [`${path}: simple type ${type} is not known to this test`];
  if (typeof value !== expected) return [`${path}: a ${typeof value} where a ${expected} should be`];
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
  return type === DATE_TIME && !iso.test(String(value)) ? [`${path}: no ISO 8601 time`] : [];
}

interface Unwrapped {
  readonly type: unknown;
  readonly traits: Readonly<Record<string, unknown>>;
}

/**
 * A member is a schema, or a pair of one and its traits; what refers to a schema that comes later
 * is a function.
 */
function unwrap(schema: Schema): Unwrapped {
  const known: unknown = typeof schema === "function" ? schema() : schema;
  if (Array.isArray(known) && known.length === 2 && typeof known[1] !== "string")
    return { type: unwrap(known[0]).type, traits: isRecord(known[1]) ? known[1] : {} };
  return { type: known, traits: {} };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
