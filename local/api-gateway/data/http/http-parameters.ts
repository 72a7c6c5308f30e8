import { isExpression, resolveExpression, type Variables } from "../context-variables.ts";
import { GatewayBootError, type GatewayResource, textMap } from "../gateway-resource.ts";
import type { IncomingRequest } from "../incoming-request.ts";

/**
 * One request parameter mapping of an HTTP API's integration, such as `overwrite:header.x-user-id`.
 */
export interface ParameterMapping {
  readonly action: "append" | "overwrite" | "remove";
  readonly position: "header" | "querystring" | "path";
  readonly name: string;
  readonly value: string;
}

const KEY = /^(?:(append|overwrite|remove):(header|querystring)\.(.+)|(overwrite):(path))$/;
/**
 * @see API Gateway developer guide, "Transform API requests and responses for HTTP APIs", reserved
 *   headers
 */
const RESERVED =
  /^(?:access-control-.*|apigw-.*|authorization|connection|content-encoding|content-length|content-location|forwarded|keep-alive|origin|proxy-authenticate|proxy-authorization|te|trailers|transfer-encoding|upgrade|x-amz-.*|x-amzn-.*|x-forwarded-for|x-forwarded-host|x-forwarded-proto|via)$/i;
const BRACED = /\$\{([^}]+)\}/g;

export function readRequestParameters(resource: GatewayResource): readonly ParameterMapping[] {
  return Object.entries(textMap(resource, "RequestParameters")).map(([key, value]) => {
    const match = KEY.exec(key);
    if (match === null) throw new GatewayBootError(resource, `request parameter ${key} is not supported`);
    const name = match[3] ?? "";
    if (match[2] === "header" && RESERVED.test(name))
      throw new GatewayBootError(resource, `header ${name} is reserved and cannot be mapped`);
    const used = value.startsWith("$") && !value.startsWith("${") ? [value.slice(1)] : bracesOf(value);
    const unknown = used.find((expression) => !isExpression(expression) && expression !== "request.path");
    if (unknown !== undefined)
      throw new GatewayBootError(resource, `request parameter value ${value} is not supported`);
    return {
      action: (match[1] ?? match[4]) as ParameterMapping["action"],
      position: (match[2] ?? match[5]) as ParameterMapping["position"],
      name,
      value,
    };
  });
}

/**
 * Applies the mappings to the request that the integration receives. Leaves a parameter out if its
 * value cannot be resolved.
 */
export function mapRequest(
  request: IncomingRequest,
  mappings: readonly ParameterMapping[],
  variables: Variables,
): IncomingRequest {
  let { headers, query, path } = request;
  for (const mapping of mappings) {
    const value = mapping.action === "remove" ? undefined : mappedValue(mapping.value, variables);
    if (mapping.position === "path") path = value ?? path;
    else if (mapping.position === "header") headers = mapPairs(headers, mapping, value, lower);
    else {
      const pairs = mapPairs([...new URLSearchParams(query)], mapping, value, (name) => name);
      query = new URLSearchParams(pairs.map(([key, text]): [string, string] => [key, text])).toString();
    }
  }
  return { ...request, headers, query, path };
}

const lower = (name: string): string => name.toLowerCase();

function mapPairs(
  pairs: readonly (readonly [string, string])[],
  { action, name }: ParameterMapping,
  value: string | undefined,
  fold: (name: string) => string,
): readonly (readonly [string, string])[] {
  // A header from the caller must not survive an overwrite whose value is missing: backends trust
  // it.
  const kept = action === "append" ? pairs : pairs.filter(([key]) => fold(key) !== fold(name));
  return value === undefined ? kept : [...kept, [name, value]];
}

function mappedValue(text: string, variables: Variables): string | undefined {
  if (text.includes("${"))
    return text.replace(BRACED, (_all, expression) => resolve(expression, variables) ?? "");
  return text.startsWith("$") ? resolve(text.slice(1), variables) : text;
}

function resolve(expression: string, variables: Variables): string | undefined {
  return expression === "request.path" ? variables.request.path : resolveExpression(variables, expression);
}

function bracesOf(text: string): readonly string[] {
  return [...text.matchAll(BRACED)].map((match) => match[1] as string);
}
