import { BlockList, isIP, isIPv6 } from "node:net";

/** Whether an event, parsed from JSON, matches. */
export type EventMatcher = (event: unknown) => boolean;

type Test = (value: unknown) => boolean;
type Fields = Readonly<Record<string, unknown>>;

/** A pattern that EventBridge would refuse, or that uses undocumented features. */
export class EventPatternError extends Error {
  override readonly name = "EventPatternError";
}

/**
 * Compiles an EventBridge event pattern with every documented operator; throws an EventPatternError
 * for anything else. Fields are joined by AND, the alternatives of a list by OR; an array in the
 * event matches if any of its elements does, and the fields of one pattern object must match within
 * one element of an array of objects. Unlike EventBridge it compares numbers by value, so that
 * `300` matches `3.0e2`.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compileEventPattern(pattern: unknown): EventMatcher {
  const match = compileFields(pattern, "pattern");
  return (event) => isFields(event) && match(event);
}

function compileFields(pattern: unknown, path: string): (fields: Fields) => boolean {
  if (!isFields(pattern) || Object.keys(pattern).length === 0)
    fail(path, "must be an object that names a field");
  const tests = Object.entries(pattern).map(([name, wanted]) => {
    const at = `${path}.${name}`;
    if (name === "$or") return compileOr(wanted, at);
    if (Array.isArray(wanted)) {
      const test = compileAlternatives(wanted, at);
      return (fields: Fields) => test(own(fields, name));
    }
    const inner = compileFields(wanted, at);
    return (fields: Fields) => objectsOf(own(fields, name)).some(inner);
  });
  return (fields) => tests.every((test) => test(fields));
}

function compileOr(alternatives: unknown, path: string): (fields: Fields) => boolean {
  if (!Array.isArray(alternatives) || alternatives.length < 2) fail(path, "must list two or more patterns");
  const tests = alternatives.map((alternative, index) => compileFields(alternative, `${path}[${index}]`));
  return (fields) => tests.some((test) => test(fields));
}

/** The returned function tests the field's value, `undefined` if the event has no such field. */
function compileAlternatives(alternatives: readonly unknown[], path: string): Test {
  if (alternatives.length === 0) fail(path, "must not be empty");
  const tests = alternatives.map((alternative, index) =>
    compileAlternative(alternative, `${path}[${index}]`),
  );
  return (value) => tests.some((test) => test(value));
}

function compileAlternative(alternative: unknown, path: string): Test {
  if (!isFields(alternative)) return anyLeaf(equals(scalar(alternative, path)));
  const [operator, argument] = onlyEntry(alternative, path);
  if (operator === "exists") {
    if (typeof argument !== "boolean") fail(path, "exists takes true or false");
    return (value) => leavesOf(value).length > 0 === argument;
  }
  if (operator === "anything-but") return anyLeaf(compileAnythingBut(argument, path));
  return anyLeaf(compileOperator(operator, argument, path));
}

function compileOperator(operator: string, argument: unknown, path: string): Test {
  switch (operator) {
    case "prefix":
      return affix(argument, path, (value, part) => value.startsWith(part));
    case "suffix":
      return affix(argument, path, (value, part) => value.endsWith(part));
    case "equals-ignore-case": {
      const wanted = text(argument, path).toLowerCase();
      return (value) => typeof value === "string" && value.toLowerCase() === wanted;
    }
    case "wildcard": {
      const wanted = wildcard(text(argument, path), path);
      return (value) => typeof value === "string" && wanted.test(value);
    }
    case "numeric":
      return numeric(argument, path);
    case "cidr":
      return cidr(text(argument, path), path);
    default:
      return fail(path, `${operator} is not an operator of event patterns`);
  }
}

/**
 * Forms: one value, a list of strings or of numbers, or prefix, suffix, equals-ignore-case and
 * wildcard of a string or a list.
 */
function compileAnythingBut(argument: unknown, path: string): Test {
  if (isFields(argument)) {
    const [operator, values] = onlyEntry(argument, path);
    if (!["prefix", "suffix", "equals-ignore-case", "wildcard"].includes(operator)) {
      fail(path, `anything-but does not take ${operator}`);
    }
    const tests = atLeastOne(values, path).map((value) => compileOperator(operator, value, path));
    return (value) => typeof value === "string" && !tests.some((test) => test(value));
  }
  const unwanted = atLeastOne(argument, path).map((value) => {
    if (typeof value !== "string" && typeof value !== "number")
      fail(path, "anything-but takes strings or numbers");
    return equals(value);
  });
  return (value) => !unwanted.some((test) => test(value));
}

function affix(argument: unknown, path: string, holds: (value: string, part: string) => boolean): Test {
  if (!isFields(argument)) {
    const part = text(argument, path);
    return (value) => typeof value === "string" && holds(value, part);
  }
  const [operator, operand] = onlyEntry(argument, path);
  if (operator !== "equals-ignore-case") fail(path, `${operator} is not allowed here`);
  const part = text(operand, path).toLowerCase();
  return (value) => typeof value === "string" && holds(value.toLowerCase(), part);
}

const COMPARISONS: ReadonlyMap<string, (value: number, bound: number) => boolean> = new Map([
  ["=", (value, bound) => value === bound],
  ["<", (value, bound) => value < bound],
  ["<=", (value, bound) => value <= bound],
  [">", (value, bound) => value > bound],
  [">=", (value, bound) => value >= bound],
]);

/** EventBridge compares only numbers within these bounds. */
const LARGEST_NUMBER = 5e9;

function numeric(argument: unknown, path: string): Test {
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4)) {
    fail(path, "numeric takes a comparison and a number, once or twice");
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < argument.length; index += 2) {
    const compare = COMPARISONS.get(String(argument[index]));
    const bound: unknown = argument[index + 1];
    if (compare === undefined) fail(path, `${String(argument[index])} is not a comparison`);
    if (typeof bound !== "number" || Math.abs(bound) > LARGEST_NUMBER) {
      fail(path, `a bound must be a number from -${LARGEST_NUMBER} to ${LARGEST_NUMBER}`);
    }
    tests.push((value) => compare(value, bound));
  }
  return (value) =>
    typeof value === "number" && Math.abs(value) <= LARGEST_NUMBER && tests.every((test) => test(value));
}

function cidr(range: string, path: string): Test {
  const [address = "", bits = ""] = range.split("/");
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  const list = new BlockList();
  if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === "ipv6" ? 128 : 32)) {
    fail(path, `${range} is not an address range`);
  }
  list.addSubnet(address, Number(bits), family);
  return (value) =>
    typeof value === "string" && isIP(value) !== 0 && list.check(value, isIPv6(value) ? "ipv6" : "ipv4");
}

/** `*` matches any run of characters; `\*` and `\\` match themselves. */
function wildcard(pattern: string, path: string): RegExp {
  let source = "";
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === "*") {
      if (pattern.charAt(index + 1) === "*") fail(path, "two wildcards may not follow each other");
      source += "[\\s\\S]*";
    } else if (character === "\\") {
      index += 1;
      const escaped = pattern.charAt(index);
      if (escaped !== "*" && escaped !== "\\") fail(path, "a backslash may stand before * and \\ only");
      source += `\\${escaped}`;
    } else {
      source += character.replace(/[.+?^${}()|[\]/]/, "\\$&");
    }
  }
  return new RegExp(`^${source}$`, "u");
}

const equals =
  (wanted: unknown): Test =>
  (value) =>
    value === wanted;

const anyLeaf =
  (test: Test): Test =>
  (value) =>
    leavesOf(value).some(test);

/**
 * The scalar values of a field, including nested arrays. An object has none, so `exists` does not
 * match it.
 */
function leavesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return value === undefined || isFields(value) ? [] : [value];
}

/** A pattern below a field that the event lacks may still match: it may only require absence. */
function objectsOf(value: unknown): readonly Fields[] {
  const objects = [value].flat(Number.POSITIVE_INFINITY).filter(isFields);
  return objects.length > 0 ? objects : [{}];
}

const own = (fields: Fields, name: string): unknown =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function scalar(value: unknown, path: string): unknown {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value;
  return fail(path, "must be a string, a number, true, false, null or an operator");
}

function text(value: unknown, path: string): string {
  return typeof value === "string" && value !== "" ? value : fail(path, "takes a non-empty string");
}

function atLeastOne(value: unknown, path: string): readonly unknown[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.length > 0 ? values : fail(path, "must not be empty");
}

function onlyEntry(fields: Fields, path: string): [string, unknown] {
  const [entry, ...more] = Object.entries(fields);
  return entry !== undefined && more.length === 0 ? entry : fail(path, "must name one operator");
}

function fail(path: string, problem: string): never {
  throw new EventPatternError(`${path} ${problem}`);
}
