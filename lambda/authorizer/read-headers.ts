import type { GatewayEventKind } from "../../domain/evidence/access-request.ts";

/**
 * Header values by lower-case name, in order of arrival; a name sent in two casings holds the
 * values of both.
 */
export type Headers = ReadonlyMap<string, readonly string[]>;

/**
 * Reads the headers of a gateway event; undefined when they are not of a shape that API Gateway
 * sends. REST events tell repeated headers apart in `multiValueHeaders`; HTTP API events join them
 * by commas.
 */
export function readHeaders(
  fields: Readonly<Record<string, unknown>>,
  kind: GatewayEventKind,
): Headers | undefined {
  const headers = new Map<string, string[]>();
  if (kind === "rest-token") return headers;
  const source = (kind === "http-2.0" ? undefined : fields.multiValueHeaders) ?? fields.headers ?? {};
  if (typeof source !== "object" || Array.isArray(source)) return undefined;
  for (const [name, value] of Object.entries(source)) {
    const values = Array.isArray(value) ? value : [value];
    if (!values.every((one): one is string => typeof one === "string")) return undefined;
    const lower = name.toLowerCase();
    headers.set(lower, [...(headers.get(lower) ?? []), ...values]);
  }
  return headers;
}

/** The header's value if it came exactly once. */
export function soleValue(headers: Headers | undefined, name: string): string | undefined {
  const values = headers?.get(name);
  return values?.length === 1 ? values[0] : undefined;
}
