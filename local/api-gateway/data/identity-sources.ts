import { contextVariable, resolveExpression, type Variables } from "./context-variables.ts";
import { GatewayBootError, type GatewayResource } from "./gateway-resource.ts";

const REST_SOURCE = /^(?:method\.request\.(?:header|querystring)|context|stageVariables)\.[^\s,]+$/;
const HTTP_SOURCE = /^\$(?:request\.(?:header|querystring)|context|stageVariables)\.[^\s,]+$/;

/** Reads `method.request.header.Authorization, context.identity.sourceIp` of a REST authorizer. */
export function parseRestSources(resource: GatewayResource, text: string | undefined): readonly string[] {
  const sources = (text ?? "").split(",").map((source) => source.trim());
  return check(resource, REST_SOURCE, sources.filter(Boolean));
}

/** Reads `["$request.header.Authorization", "$context.routeKey"]` of an HTTP API's authorizer. */
export function parseHttpSources(
  resource: GatewayResource,
  sources: readonly string[] | undefined,
): readonly string[] {
  return check(resource, HTTP_SOURCE, sources ?? []).map((source) => source.slice(1));
}

/** The value of every source, in order; undefined as soon as one is missing or empty. */
export function identityOf(sources: readonly string[], variables: Variables): readonly string[] | undefined {
  const values: string[] = [];
  for (const source of sources) {
    const value = source.startsWith("context.")
      ? contextVariable(variables.context, source.slice("context.".length))
      : resolveExpression(variables, source);
    if (value === undefined || value === "") return undefined;
    values.push(value);
  }
  return values;
}

function check(resource: GatewayResource, form: RegExp, sources: readonly string[]): readonly string[] {
  for (const source of sources) {
    if (!form.test(source))
      throw new GatewayBootError(resource, `identity source "${source}" is not supported`);
  }
  return sources;
}
