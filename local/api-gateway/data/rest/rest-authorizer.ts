import type { AuthorizerCache } from "../authorizer-cache.ts";
import { flattenContext, readPolicyOutput } from "../authorizer-output.ts";
import type { Variables } from "../context-variables.ts";
import type { InvokeFunction } from "../gateway-resource.ts";
import type { RaisedType } from "../gateway-responses.ts";
import { identityOf } from "../identity-sources.ts";
import { headerValues } from "../incoming-request.ts";
import { evaluatePolicy, type Statement } from "../invoke-policy.ts";
import { invokeSafely } from "../safe-invocation.ts";
import type { AuthorizerTrace } from "../wire-response.ts";
import type { RestAuthorizer } from "./rest-definition.ts";

/** The cached value: the policy, not the verdict. It is evaluated for the ARN of each request. */
export interface RestAuthorization {
  readonly statements: readonly Statement[];
  /** For `$context.authorizer`: the authorizer's context as strings, and the principal */
  readonly context: Readonly<Record<string, string>>;
}

export type RestVerdict = { readonly trace: AuthorizerTrace } & (
  | { readonly status: "allow"; readonly context: Readonly<Record<string, unknown>> }
  | {
      readonly status: "refuse";
      readonly type: RaisedType;
      readonly message?: string;
      readonly context: Readonly<Record<string, string>>;
    }
);

export interface RestAuthorizerCall {
  readonly authorizer: RestAuthorizer;
  readonly cache: AuthorizerCache<RestAuthorization>;
  readonly variables: Variables;
  readonly methodArn: string;
  /** The event of a REQUEST authorizer; this module makes that of a TOKEN authorizer */
  readonly requestEvent: () => unknown;
  readonly invoke: InvokeFunction;
  /** Whether API Gateway may invoke the function for this authorizer now */
  readonly permitted: () => boolean;
}

const EXPLICIT = "User is not authorized to access this resource with an explicit deny";

/**
 * Calls a REST API's Lambda authorizer as API Gateway does. Never throws; doubt refuses.
 * @see API Gateway developer guide, "Use API Gateway Lambda authorizers"
 */
export async function authorizeRest(call: RestAuthorizerCall): Promise<RestVerdict> {
  const { authorizer, cache, methodArn } = call;
  const identity = identityOfRest(call);
  const trace: AuthorizerTrace = { functionArn: authorizer.functionArn, cached: false, verdict: "none" };
  if (identity === undefined) return { status: "refuse", type: "UNAUTHORIZED", context: {}, trace };

  const cached = cache.read(identity);
  if (cached !== undefined) return applyAuthorization(cached, methodArn, { ...trace, cached: true });

  if (!call.permitted()) {
    const failed = { ...trace, verdict: "error" as const };
    return { status: "refuse", type: "AUTHORIZER_CONFIGURATION_ERROR", context: {}, trace: failed };
  }
  const event =
    authorizer.type === "TOKEN"
      ? { type: "TOKEN", methodArn, authorizationToken: identity[0] }
      : call.requestEvent();
  const outcome = await invokeSafely(call.invoke, authorizer.functionArn, event);
  const failed = { ...trace, verdict: "error" as const, durationMs: outcome.durationMs };
  if (outcome.status === "error") {
    const type = outcome.errorMessage === "Unauthorized" ? "UNAUTHORIZED" : "AUTHORIZER_FAILURE";
    return { status: "refuse", type, context: {}, trace: failed };
  }
  const output = readPolicyOutput(outcome.payload);
  const flat = output === undefined ? undefined : flattenContext(output.context);
  if (output === undefined || flat === undefined)
    return { status: "refuse", type: "AUTHORIZER_CONFIGURATION_ERROR", context: {}, trace: failed };
  const authorization = {
    statements: output.statements,
    context: { ...flat, principalId: output.principalId },
  };
  cache.keep(identity, authorization);
  return applyAuthorization(authorization, methodArn, failed);
}

function identityOfRest({ authorizer, variables }: RestAuthorizerCall): readonly string[] | undefined {
  if (authorizer.type === "REQUEST") return identityOf(authorizer.sources, variables);
  const name = authorizer.sources[0]?.slice("method.request.header.".length) ?? "";
  // As in the event's `headers`, the last of several values counts.
  const token = headerValues(variables.request, name).at(-1);
  if (token === undefined || token === "") return undefined;
  return authorizer.validation?.test(token) === false ? undefined : [token];
}

function applyAuthorization(
  authorization: RestAuthorization,
  methodArn: string,
  trace: AuthorizerTrace,
): RestVerdict {
  const { context } = authorization;
  const verdict = evaluatePolicy(authorization.statements, methodArn);
  if (verdict === "allow") {
    const latency = { integrationLatency: Math.round(trace.durationMs ?? 0) };
    return { status: "allow", context: { ...context, ...latency }, trace: { ...trace, verdict: "allow" } };
  }
  return {
    status: "refuse",
    type: "ACCESS_DENIED",
    ...(verdict === "explicit-deny" && { message: EXPLICIT }),
    context,
    trace: { ...trace, verdict: "deny" },
  };
}
