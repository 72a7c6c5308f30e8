/**
 * Statuses that API Gateway answers a denial with. Functions put them into events, constructs make
 * them come true. API Gateway cannot say each reason's own status (docs/reasons.md): one kind of
 * API has one status for every denial.
 */

/**
 * REST: the status of the ACCESS_DENIED gateway response. A gateway response has one status per
 * type, and OAuth clients act on a challenge only with 401.
 * @see RFC 6750 §3, RFC 9470 §3;
 *   https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export const REST_DENIAL_STATUS = 401;

/**
 * HTTP API: `isAuthorized: false` is always answered with 403; HTTP APIs have no gateway responses.
 */
export const HTTP_DENIAL_STATUS = 403;

/**
 * The stage variable that constructs and `sallyport attach` set, and that the authorizer reads on
 * each request. The domain defines it, because plans and drift checks compare its value.
 */
export { ENFORCE_VARIABLE } from "../domain/decision/enforcement.ts";
