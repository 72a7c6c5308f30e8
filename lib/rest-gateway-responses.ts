import { GatewayResponse, type IRestApi, ResponseType, type RestApi } from "aws-cdk-lib/aws-apigateway";
import type { Construct } from "constructs";
import { REST_DENIAL_STATUS } from "../contract/gateway.ts";
import { ALLOWED_HEADERS, EXPOSED_HEADERS } from "./cors.ts";

export interface RestGatewayResponsesProps {
  /**
   * The origin that browsers may read denials from, or `*`.
   * @default "*" which is safe here: callers authenticate with a header and never with cookies
   */
  readonly allowOrigin?: string;
}

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
 * Makes a REST API answer denials so that clients can act on them: the authorizer's reason as JSON, its OAuth challenge
 * as `WWW-Authenticate`, and CORS headers on everything, without which a browser hides the answer from its page.
 * Takes effect with the API's next deployment.
 * @see RFC 6750 §3, RFC 9470 §3; https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export function addRestGatewayResponses(
  scope: Construct,
  restApi: RestApi | IRestApi,
  props: RestGatewayResponsesProps = {},
): void {
  const cors = {
    "Access-Control-Allow-Origin": quoted(props.allowOrigin ?? "*"),
    "Access-Control-Allow-Headers": quoted(ALLOWED_HEADERS.join(",")),
    "Access-Control-Expose-Headers": quoted(EXPOSED_HEADERS.join(",")),
  };
  const respond = (id: string, type: ResponseType, body: string, statusCode?: number, headers = {}) =>
    new GatewayResponse(scope, id, {
      // CDK's own RestApi misses IRestApi by an optional property only.
      restApi: restApi as IRestApi,
      type,
      responseHeaders: { ...cors, ...headers },
      templates: { "application/json": body },
      ...(statusCode !== undefined && { statusCode: String(statusCode) }),
    });
  respond("AccessDenied", ResponseType.ACCESS_DENIED, DENIAL_BODY, REST_DENIAL_STATUS, {
    "WWW-Authenticate": "context.authorizer.wwwAuthenticate",
    "DPoP-Nonce": "context.authorizer.dpopNonce",
  });
  respond("Unauthorized", ResponseType.UNAUTHORIZED, OTHER_BODY, 401, {
    "WWW-Authenticate": quoted("Bearer"),
  });
  respond("AuthorizerFailure", ResponseType.AUTHORIZER_FAILURE, FAULT_BODY, 500);
  respond("AuthorizerConfigurationError", ResponseType.AUTHORIZER_CONFIGURATION_ERROR, FAULT_BODY, 500);
  respond("Default4xx", ResponseType.DEFAULT_4XX, OTHER_BODY);
  respond("Default5xx", ResponseType.DEFAULT_5XX, OTHER_BODY);
}
