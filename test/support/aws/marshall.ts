import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/**
 * Plain values as DynamoDB attributes; strings, numbers, booleans, maps, and lists as sets of
 * strings are all that the table holds.
 */
export function marshall(item: Record<string, unknown>): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));
}

function attribute(value: unknown): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (Array.isArray(value)) return { SS: value };
  return { M: marshall(value as Record<string, unknown>) };
}
