import { headerValues, type IncomingRequest, queryPairs } from "./incoming-request.ts";

/**
 * All values that `$context`, `$stageVariables` and `method.request` expressions of one request can
 * refer to.
 */
export interface Variables {
  readonly request: IncomingRequest;
  /**
   * Nested as in the event's `requestContext`, with `authorizer` and `error` where they are known
   */
  readonly context: Readonly<Record<string, unknown>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** A context variable by its dotted name. As in API Gateway, maps and lists have no value. */
export function contextVariable(
  context: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  let value: unknown = context;
  for (const part of name.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** An expression such as `method.request.header.x`, without a dollar sign. */
const EXPRESSION =
  /^(?:(context|stageVariables)|(?:method\.)?request\.(header|multivalueheader|querystring|path))\.(.+)$/;

/** Resolves one mapping expression; undefined if the request has no such value. */
export function resolveExpression(variables: Variables, expression: string): string | undefined {
  const match = EXPRESSION.exec(expression);
  if (match === null) return undefined;
  const name = match[3] as string;
  switch (match[1] ?? match[2]) {
    case "context":
      return contextVariable(variables.context, name);
    case "stageVariables":
      return Object.hasOwn(variables.stageVariables, name) ? variables.stageVariables[name] : undefined;
    case "header":
    case "multivalueheader": {
      const values = headerValues(variables.request, name);
      return values.length === 0 ? undefined : values.join(",");
    }
    case "querystring": {
      const values = queryPairs(variables.request).filter(([key]) => key === name);
      return values.length === 0 ? undefined : values.map(([, value]) => value).join(",");
    }
    default:
      return Object.hasOwn(variables.pathParameters, name) ? variables.pathParameters[name] : undefined;
  }
}

export function isExpression(text: string): boolean {
  return EXPRESSION.test(text);
}

const IN_TEMPLATE =
  /\$(?:(context|stageVariables)((?:\.\w+)+)|method\.request\.(header|querystring|path)\.([\w-]+))/g;

/**
 * Fills the simple variables of a gateway response or mock template. Does not escape or evaluate
 * anything: these templates are not VTL. A variable that cannot be resolved becomes the empty
 * string.
 * @see API Gateway developer guide, "Gateway responses in API Gateway"
 */
export function fillTemplate(template: string, variables: Variables): string {
  return template.replace(IN_TEMPLATE, (_all, root, path, position, name) => {
    const expression = root === undefined ? `method.request.${position}.${name}` : `${root}${path}`;
    return resolveExpression(variables, expression) ?? "";
  });
}
