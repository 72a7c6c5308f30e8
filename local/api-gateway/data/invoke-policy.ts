import { isRecord } from "./gateway-resource.ts";

export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly exceptActions: boolean;
  readonly resources: readonly string[];
  readonly exceptResources: boolean;
}

export type PolicyVerdict = "allow" | "explicit-deny" | "implicit-deny";

/** @see API Gateway developer guide, "Output from an API Gateway Lambda authorizer" */
const LONGEST_RESOURCE = 512;
const ACTION = "execute-api:Invoke";

/**
 * Reads the policy document that an authorizer returned; undefined if it is malformed. API Gateway
 * evaluates conditions and this reader does not: a statement with a condition makes the document
 * malformed, so that nothing is allowed that a condition might have refused.
 */
export function readPolicyDocument(value: unknown): readonly Statement[] | undefined {
  if (!isRecord(value)) return undefined;
  const version = value.Version;
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17") return undefined;
  const list = Array.isArray(value.Statement) ? value.Statement : [value.Statement];
  if (list.length === 0) return undefined;
  const statements: Statement[] = [];
  for (const entry of list) {
    const statement = readStatement(entry);
    if (statement === undefined) return undefined;
    statements.push(statement);
  }
  return statements;
}

/**
 * Evaluates a document for one method ARN: an explicit deny wins; a request that no statement
 * allows is denied.
 */
export function evaluatePolicy(statements: readonly Statement[], arn: string): PolicyVerdict {
  let allowed = false;
  for (const statement of statements) {
    const acts =
      statement.actions.some((pattern) => matches(pattern.toLowerCase(), ACTION.toLowerCase())) !==
      statement.exceptActions;
    const applies =
      acts && statement.resources.some((pattern) => matches(pattern, arn)) !== statement.exceptResources;
    if (applies && statement.effect === "Deny") return "explicit-deny";
    allowed ||= applies;
  }
  return allowed ? "allow" : "implicit-deny";
}

function readStatement(value: unknown): Statement | undefined {
  if (!isRecord(value) || value.Condition !== undefined) return undefined;
  const effect = value.Effect;
  if (effect !== "Allow" && effect !== "Deny") return undefined;
  const actions = readEither(value, "Action", "NotAction");
  const resources = readEither(value, "Resource", "NotResource");
  if (actions === undefined || resources === undefined) return undefined;
  if (resources.patterns.some((pattern) => pattern.length > LONGEST_RESOURCE)) return undefined;
  return {
    effect,
    actions: actions.patterns,
    exceptActions: actions.except,
    resources: resources.patterns,
    exceptResources: resources.except,
  };
}

function readEither(
  statement: Readonly<Record<string, unknown>>,
  name: string,
  opposite: string,
): { readonly patterns: readonly string[]; readonly except: boolean } | undefined {
  const except = statement[name] === undefined;
  const value = except ? statement[opposite] : statement[name];
  if (!except && statement[opposite] !== undefined) return undefined;
  const patterns = Array.isArray(value) ? value : [value];
  if (patterns.length === 0 || !patterns.every((pattern) => typeof pattern === "string" && pattern !== ""))
    return undefined;
  return { patterns, except };
}

/**
 * `*` matches any run of characters, `?` matches one. Linear: a regular expression would backtrack
 * on hostile patterns.
 */
function matches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
