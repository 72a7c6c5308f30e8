import { isRecord } from "./gateway-resource.ts";
import { readPolicyDocument, type Statement } from "./invoke-policy.ts";

/**
 * An authorizer's response in the policy format (REST, HTTP 1.0, HTTP 2.0 without simple
 * responses).
 */
export interface PolicyOutput {
  readonly principalId: string;
  readonly statements: readonly Statement[];
  readonly context: Readonly<Record<string, unknown>>;
  readonly usageIdentifierKey?: string;
}

/** An authorizer's response in the simple format of HTTP APIs. */
export interface SimpleOutput {
  readonly isAuthorized: boolean;
  readonly context: Readonly<Record<string, unknown>>;
  readonly hasContext: boolean;
}

/**
 * Reads `{principalId, policyDocument, context?, usageIdentifierKey?}`; undefined if it is
 * malformed.
 */
export function readPolicyOutput(payload: unknown): PolicyOutput | undefined {
  if (!isRecord(payload)) return undefined;
  const { principalId, usageIdentifierKey } = payload;
  const statements = readPolicyDocument(payload.policyDocument);
  const context = readContext(payload.context);
  if (typeof principalId !== "string" || statements === undefined || context === undefined) return undefined;
  if (
    usageIdentifierKey !== undefined &&
    usageIdentifierKey !== null &&
    typeof usageIdentifierKey !== "string"
  )
    return undefined;
  return {
    principalId,
    statements,
    context,
    ...(typeof usageIdentifierKey === "string" && { usageIdentifierKey }),
  };
}

/**
 * Reads a REST API's context: flat, every value as a string; undefined if a value is a map, a list
 * or null.
 */
export function flattenContext(
  context: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> | undefined {
  const flat: [string, string][] = [];
  for (const [key, value] of Object.entries(context)) {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
      return undefined;
    flat.push([key, String(value)]);
  }
  return Object.fromEntries(flat);
}

/**
 * Reads `{isAuthorized, context?}`; undefined if it is malformed. Only the boolean `true`
 * authorizes: the strings "true" and "false" and any number refuse.
 */
export function readSimpleOutput(payload: unknown): SimpleOutput | undefined {
  if (!isRecord(payload) || !Object.hasOwn(payload, "isAuthorized")) return undefined;
  const context = readContext(payload.context);
  if (context === undefined) return undefined;
  return {
    isAuthorized: payload.isAuthorized === true,
    context,
    hasContext: Object.keys(context).length > 0,
  };
}

function readContext(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || value === null) return {};
  return isRecord(value) ? value : undefined;
}
