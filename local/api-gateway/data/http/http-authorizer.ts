import type { InvokeResult } from "../../../lambda/lambda-runtime.ts";
import type { AuthorizerCache } from "../authorizer-cache.ts";
import { readPolicyOutput, readSimpleOutput } from "../authorizer-output.ts";
import { withDeadline } from "../deadline.ts";
import type { InvokeFunction } from "../gateway-resource.ts";
import { evaluatePolicy, type Statement } from "../invoke-policy.ts";
import { invokeSafely } from "../safe-invocation.ts";
import type { AuthorizerTrace } from "../wire-response.ts";
import type { HttpAuthorizer } from "./http-definition.ts";

type Context = Readonly<Record<string, unknown>>;

/** The cached value: a simple verdict applies to all routes, a policy is evaluated for each. */
export type HttpAuthorization = {
  readonly context: Context;
  readonly principalId?: string;
} & ({ readonly isAuthorized: boolean } | { readonly statements: readonly Statement[] });

export type HttpVerdict = { readonly trace: AuthorizerTrace } & (
  | { readonly status: "allow"; readonly context: Context; readonly principalId?: string }
  | { readonly status: "refuse"; readonly code: 401 | 403 | 500; readonly message: string }
);

export interface HttpAuthorizerCall {
  readonly authorizer: HttpAuthorizer;
  readonly cache: AuthorizerCache<HttpAuthorization>;
  /** Undefined: a declared identity source is missing from the request */
  readonly identity: readonly string[] | undefined;
  readonly routeArn: string;
  readonly event: (identity: readonly string[]) => unknown;
  readonly invoke: InvokeFunction;
  /** Whether API Gateway may invoke the function for this authorizer now */
  readonly permitted: () => boolean;
}

/** @see API Gateway quotas for HTTP APIs, "Timeout for Lambda authorizer response" */
const AUTHORIZER_TIMEOUT_MS = 10_000;

const LATE: InvokeResult = {
  status: "error",
  errorType: "AuthorizerTimeout",
  errorMessage: "The authorizer did not answer in time",
  durationMs: AUTHORIZER_TIMEOUT_MS,
};

/**
 * Calls an HTTP API's Lambda authorizer as API Gateway does. Never throws; doubt refuses.
 * @see API Gateway developer guide, "Control access to HTTP APIs with AWS Lambda authorizers"
 */
export async function authorizeHttp(call: HttpAuthorizerCall): Promise<HttpVerdict> {
  const { authorizer, cache, identity, routeArn } = call;
  const trace: AuthorizerTrace = { functionArn: authorizer.functionArn, cached: false, verdict: "none" };
  if (identity === undefined) return { status: "refuse", code: 401, message: "Unauthorized", trace };

  const cached = cache.read(identity);
  if (cached !== undefined) return applyAuthorization(cached, routeArn, { ...trace, cached: true });

  if (!call.permitted()) {
    const failed = { ...trace, verdict: "error" as const };
    return { status: "refuse", code: 500, message: "Internal Server Error", trace: failed };
  }
  const work = invokeSafely(call.invoke, authorizer.functionArn, call.event(identity));
  const outcome = await withDeadline(work, AUTHORIZER_TIMEOUT_MS, LATE);
  const asked = { ...trace, verdict: "error" as const, durationMs: outcome.durationMs };
  if (outcome.status === "error" && outcome.errorMessage === "Unauthorized")
    return { status: "refuse", code: 401, message: "Unauthorized", trace: asked };
  const authorization = outcome.status === "ok" ? readOutput(authorizer, outcome.payload) : undefined;
  if (authorization === undefined)
    return { status: "refuse", code: 500, message: "Internal Server Error", trace: asked };
  cache.keep(identity, authorization);
  return applyAuthorization(authorization, routeArn, asked);
}

function readOutput(authorizer: HttpAuthorizer, payload: unknown): HttpAuthorization | undefined {
  return authorizer.simpleResponses ? readSimpleOutput(payload) : readPolicyOutput(payload);
}

function applyAuthorization(
  authorization: HttpAuthorization,
  routeArn: string,
  trace: AuthorizerTrace,
): HttpVerdict {
  const allowed =
    "isAuthorized" in authorization
      ? authorization.isAuthorized
      : evaluatePolicy(authorization.statements, routeArn) === "allow";
  if (!allowed)
    return { status: "refuse", code: 403, message: "Forbidden", trace: { ...trace, verdict: "deny" } };
  const { context, principalId } = authorization;
  return {
    status: "allow",
    context,
    ...(principalId !== undefined && { principalId }),
    trace: { ...trace, verdict: "allow" },
  };
}
