import { HTTP_DENIAL_STATUS, REST_DENIAL_STATUS } from "../../contract/gateway.ts";
import { type AccessResult, goesThrough } from "../../domain/decision/access-result.ts";
import { renderDenial } from "./challenge.ts";
import { fitWebSocket, type PolicyResponse, type ResponseContext } from "./policy-response.ts";

export type { PolicyResponse } from "./policy-response.ts";

export interface SimpleResponse {
  readonly isAuthorized: boolean;
  readonly context: ResponseContext;
}

/**
 * Renders a result in the exact shape that the kind of API expects.
 *
 * An allow names this one route and path, so a cached policy can never let another request through.
 * Only where nothing of the stage is enforced, a request whose ARN cannot be named gets an allow
 * for the stage. Context keys are the same for every outcome; what does not apply is an empty
 * string.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function renderResponse(result: AccessResult): PolicyResponse | SimpleResponse {
  const { request, caller } = result;
  const allowed = goesThrough(result);
  const context = contextOf(result);
  if (request.kind === "http-2.0") return { isAuthorized: allowed, context };
  const response: PolicyResponse = {
    principalId: caller.status === "verified" ? safe(caller.subject) : "unverified",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Action: "execute-api:Invoke",
          Effect: allowed ? "Allow" : "Deny",
          Resource: resourceOf(result),
        },
      ],
    },
    context,
  };
  return request.kind === "websocket" ? fitWebSocket(response, result.enforced) : response;
}

/**
 * The status that the gateway gives a denial of this kind; undefined for an allow, which the
 * backend answers.
 */
export function answeredStatus(result: AccessResult): number | undefined {
  if (goesThrough(result)) return undefined;
  const { request } = result;
  // Without our gateway responses a REST API answers 403; HTTP and WebSocket APIs always do.
  return request.kind === "rest-request" || request.kind === "rest-token"
    ? REST_DENIAL_STATUS
    : HTTP_DENIAL_STATUS;
}

function resourceOf({ request, enforced }: AccessResult): string {
  // What makes the ARN unfit (wildcards, its length) would make the gateway refuse a request that
  // is only monitored.
  if (request.flaw !== undefined && !enforced)
    return `arn:${request.partition}:execute-api:${request.region}:${request.accountId}:${request.apiId}/${request.stage}/*`;
  // A flawed request may have no ARN, or one with wildcards in it; denying everything is right for
  // it, cached or not.
  return request.flaw === undefined ? request.arn : "*";
}

function contextOf(result: AccessResult): ResponseContext {
  const { request, caller, decision, enforced } = result;
  const identity = caller.status === "verified" ? caller : undefined;
  const denial = decision.outcome === "allow" ? undefined : renderDenial(decision, request.credentials);
  return {
    // A subject is unique within its issuer only.
    issuer: safe(identity?.issuer ?? ""),
    userId: safe(identity?.subject ?? ""),
    roles: (identity?.roles ?? []).map(safe).join(","),
    deviceTrust: result.device?.trust ?? "unknown",
    sessionId: safe(identity?.sessionId ?? ""),
    // -1: not known. A number on every outcome, so that a mapping can rely on the type.
    riskScore: result.riskScore ?? -1,
    decisionId: result.decisionId,
    decision: decision.outcome,
    // A back end that reads the decision must be able to tell that it did not count.
    enforced: String(enforced),
    reason: decision.reasons[0],
    error: denial?.error ?? "",
    challenge: denial?.challenge ?? "",
    wwwAuthenticate: denial?.wwwAuthenticate ?? "",
    dpopNonce: result.dpopNonce ?? "",
  };
}

/**
 * Percent-encodes what could break out of a header, a comma-joined list or a JSON string that a
 * mapping builds; blanks too, which headers lose at their ends.
 */
function safe(text: string): string {
  return text.toWellFormed().replace(/[^\w.:@/+=~|!*()'-]/gu, encodeURIComponent);
}
