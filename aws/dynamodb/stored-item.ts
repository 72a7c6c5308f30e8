import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { type AttributeValue, ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type ItemKind, LAYOUT, type TableKey } from "../../contract/table.ts";

/** An item, or a map within one, in DynamoDB's API format. */
export type Item = Readonly<Record<string, AttributeValue>>;

const [pack, unpack] = [promisify(gzip), promisify(gunzip)];

export const keyAttributes = ({ pk, sk }: TableKey) => ({ pk: { S: pk }, sk: { S: sk } });

/** The layout version that writers put into the attribute `v`. */
export const layoutOf = (kind: ItemKind): AttributeValue => ({ N: String(LAYOUT[kind]) });

/** The oldest layout version that readers accept: the previous one, and at least 1. */
const oldestOf = (kind: ItemKind): number => Math.max(1, LAYOUT[kind] - 1);

/**
 * A condition for UpdateItem: a new item, or one whose layout this version reads. Needs
 * `layoutValues`. It leaves an item of a later layout unchanged, because a write by this version
 * could lose what it does not know.
 */
export const LAYOUT_CONDITION = "(attribute_not_exists(v) OR v BETWEEN :oldest AND :v)";
export const layoutValues = (kind: ItemKind) => ({
  ":v": layoutOf(kind),
  ":oldest": { N: String(oldestOf(kind)) },
});

export function isReadable(kind: ItemKind, item: Item): boolean {
  const version = optionalNumber(item, "v");
  return Number.isInteger(version) && Number(version) >= oldestOf(kind) && Number(version) <= LAYOUT[kind];
}

/** @throws {Error} for an item of a layout version that this version of Sallyport does not read */
export function checkLayout(kind: ItemKind, item: Item): void {
  if (isReadable(kind, item)) return;
  throw new Error(
    `the ${kind} item has the layout version ${item.v?.N ?? "(none)"}; this version of Sallyport reads ${[...new Set([oldestOf(kind), LAYOUT[kind]])].join(" and ")}`,
  );
}

/** @throws {Error} if the attribute is missing or empty, or not a string */
export function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined || value === "") throw new Error(`attribute ${name} is missing or not a string`);
  return value;
}

/** @throws {Error} if the attribute is not a set of strings */
export function words(item: Item, name: string): readonly string[] {
  const value = item[name]?.SS;
  if (value === undefined) throw new Error(`attribute ${name} is not a set of strings`);
  return value;
}

/** @throws {Error} if the attribute is missing or not a finite number */
export function number(item: Item, name: string): number {
  const value = optionalNumber(item, name);
  if (value === undefined) throw new Error(`attribute ${name} is missing`);
  return value;
}

/** @throws {Error} if the attribute exists and is not a finite number */
export function optionalNumber(item: Item, name: string): number | undefined {
  const attribute = item[name];
  if (attribute === undefined) return undefined;
  // Number("") is 0.
  const value = /^-?\d/.test(attribute.N ?? "") ? Number(attribute.N) : Number.NaN;
  if (!Number.isFinite(value)) throw new Error(`attribute ${name} is not a number`);
  return value;
}

/**
 * Epoch seconds, whole and of at most 12 digits: milliseconds have 13.
 * @throws {Error} for any other value
 */
export function moment(item: Item, name: string): number {
  const value = item[name]?.N;
  if (value === undefined || !/^\d{1,12}$/.test(value))
    throw new Error(`attribute ${name} is missing or not a time in epoch seconds`);
  return Number(value);
}

/** JSON, compressed: an item has at most 400 KB, all attributes and their names together. */
export const packJson = (value: unknown): Promise<Uint8Array> => pack(JSON.stringify(value));

/**
 * Reads what `packJson` wrote. Does not check its shape.
 * @param largest maximum unpacked bytes
 */
export async function unpackJson(packed: Uint8Array | undefined, largest: number): Promise<unknown> {
  if (packed === undefined) throw new Error("the item lacks its compressed record");
  return JSON.parse((await unpack(packed, { maxOutputLength: largest })).toString("utf8"));
}

/** Makes a conditional write; false: its condition did not hold. */
export async function holds(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
