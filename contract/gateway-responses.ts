import type { GatewayResponseState } from "../domain/attach/api-state.ts";
import { ALLOWED_HEADERS, EXPOSED_HEADERS } from "./cors.ts";
import { REST_DENIAL_STATUS } from "./gateway.ts";

// The authorizer puts only characters into its context that are safe inside a JSON string.
const DENIAL_BODY = JSON.stringify({
  error: "$context.authorizer.error",
  reason: "$context.authorizer.reason",
  challenge: "$context.authorizer.challenge",
  sessionId: "$context.authorizer.sessionId",
  decisionId: "$context.authorizer.decisionId",
});
// $context.error.messageString comes with its quotes and escapes.
const OTHER_BODY = '{"error":$context.error.messageString,"requestId":"$context.requestId"}';
const FAULT_BODY = '{"error":"internal-fault","requestId":"$context.requestId"}';

const quoted = (text: string): string => `'${text}'`;

/**
 * What a REST API is to answer denials with, so that clients can act on them: the authorizer's
 * reason as JSON, its OAuth challenge as `WWW-Authenticate`, and CORS headers on everything,
 * without which a browser hides the answer from its page. Takes effect with the API's next
 * deployment.
 * @param allowOrigin the origin that browsers may read denials from, or `*`
 * @see RFC 6750 §3, RFC 9470 §3;
 *   https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export function gatewayResponses(allowOrigin = "*"): readonly GatewayResponseState[] {
  const cors = {
    "Access-Control-Allow-Origin": quoted(allowOrigin),
    "Access-Control-Allow-Headers": quoted(ALLOWED_HEADERS.join(",")),
    "Access-Control-Expose-Headers": quoted(EXPOSED_HEADERS.join(",")),
  };
  const response = (type: string, body: string, statusCode?: number, headers = {}): GatewayResponseState => ({
    type,
    ...(statusCode !== undefined && { statusCode: String(statusCode) }),
    parameters: Object.fromEntries(
      Object.entries({ ...cors, ...headers }).map(([name, value]) => [
        `gatewayresponse.header.${name}`,
        String(value),
      ]),
    ),
    templates: { "application/json": body },
  });
  return [
    response("ACCESS_DENIED", DENIAL_BODY, REST_DENIAL_STATUS, {
      "WWW-Authenticate": "context.authorizer.wwwAuthenticate",
      "DPoP-Nonce": "context.authorizer.dpopNonce",
    }),
    response("UNAUTHORIZED", OTHER_BODY, 401, { "WWW-Authenticate": quoted("Bearer") }),
    response("AUTHORIZER_FAILURE", FAULT_BODY, 500),
    response("AUTHORIZER_CONFIGURATION_ERROR", FAULT_BODY, 500),
    response("DEFAULT_4XX", OTHER_BODY),
    response("DEFAULT_5XX", OTHER_BODY),
  ];
}
