import { HTTP_DENIAL_STATUS, REST_DENIAL_STATUS } from "../../contract/gateway.ts";
import type { DeviceTrust } from "../../domain/evidence/device-trust.ts";
import type { Judgement } from "./authorize.ts";
import { refuse } from "./challenge.ts";
import { fitWebSocket, type PolicyResponse, type ResponseContext } from "./policy-response.ts";

export type { PolicyResponse } from "./policy-response.ts";

export interface SimpleResponse {
  readonly isAuthorized: boolean;
  readonly context: ResponseContext;
}

/** What is known about a judgement beyond itself. */
export interface ResponseFacts {
  readonly decisionId: string;
  readonly deviceTrust?: DeviceTrust;
  readonly riskScore?: number;
}

/**
 * Puts a judgement into the exact shape that the kind of API expects.
 *
 * An allow names this one route and path, so a cached policy can never let another request through.
 * Only where nothing of the stage is enforced, a request whose ARN cannot be named gets an allow for the stage.
 * Context keys are the same for every outcome; what does not apply is an empty string.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function renderResponse(judgement: Judgement, facts: ResponseFacts): PolicyResponse | SimpleResponse {
  const { request, identity } = judgement;
  const allowed = goesThrough(judgement);
  const context = contextOf(judgement, facts);
  if (request.kind === "http-2.0") return { isAuthorized: allowed, context };
  const response: PolicyResponse = {
    principalId: identity.status === "verified" ? safe(identity.subject) : "unverified",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Action: "execute-api:Invoke",
          Effect: allowed ? "Allow" : "Deny",
          Resource: resourceOf(judgement),
        },
      ],
    },
    context,
  };
  return request.kind === "websocket" ? fitWebSocket(response, judgement.enforced) : response;
}

const goesThrough = ({ decision, enforced }: Judgement): boolean => decision.outcome === "allow" || !enforced;

/** The status that the gateway gives a denial of this kind; undefined for an allow, which the backend answers. */
export function answeredStatus(judgement: Judgement): number | undefined {
  if (goesThrough(judgement)) return undefined;
  const { request } = judgement;
  // Without our gateway responses a REST API answers 403; HTTP and WebSocket APIs always do.
  return request.kind === "rest-request" || request.kind === "rest-token"
    ? REST_DENIAL_STATUS
    : HTTP_DENIAL_STATUS;
}

function resourceOf({ request, enforced }: Judgement): string {
  // What makes the ARN unfit (wildcards, its length) would make the gateway refuse a request that is only monitored.
  if (request.flaw !== undefined && !enforced)
    return `arn:${request.partition}:execute-api:${request.region}:${request.accountId}:${request.apiId}/${request.stage}/*`;
  // A flawed request may have no ARN, or one with wildcards in it; denying everything is right for it, cached or not.
  return request.flaw === undefined ? request.arn : "*";
}

function contextOf(
  judgement: Judgement,
  { decisionId, deviceTrust, riskScore }: ResponseFacts,
): ResponseContext {
  const { request, identity, decision, enforced, dpopNonce } = judgement;
  const verified = identity.status === "verified" ? identity : undefined;
  const refusal = decision.outcome === "allow" ? undefined : refuse(decision, request.credentials);
  return {
    // A subject is unique within its issuer only.
    issuer: safe(verified?.issuer ?? ""),
    userId: safe(verified?.subject ?? ""),
    roles: (verified?.roles ?? []).map(safe).join(","),
    deviceTrust: deviceTrust ?? "unknown",
    sessionId: safe(verified?.sessionId ?? ""),
    // -1: not known. A number on every outcome, so that a mapping can rely on the type.
    riskScore: riskScore ?? -1,
    decisionId,
    decision: decision.outcome,
    // A back end that reads the decision must be able to tell that it did not count.
    enforced: String(enforced),
    reason: decision.reasons[0],
    error: refusal?.error ?? "",
    challenge: refusal?.challenge ?? "",
    wwwAuthenticate: refusal?.wwwAuthenticate ?? "",
    dpopNonce: dpopNonce ?? "",
  };
}

/**
 * Percent-encodes what could break out of a header, a comma-joined list or a JSON string that a mapping builds; blanks too,
 * which headers lose at their ends.
 */
function safe(text: string): string {
  return text.toWellFormed().replace(/[^\w.:@/+=~|!*()'-]/gu, encodeURIComponent);
}
