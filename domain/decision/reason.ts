/**
 * The closed vocabulary of reasons. Every decision has at least one; logs, events, metrics,
 * policies and the response to the caller use only these codes. `npm run reasons` generates
 * `docs/reasons.md` from this table.
 */

export type Outcome = "allow" | "step-up" | "deny";

/**
 * OAuth error codes that resource servers send.
 * @see RFC 6750 §3.1 (`invalid_request`, `invalid_token`, `insufficient_scope`), RFC 9470 §3
 *   (`insufficient_user_authentication`), RFC 9449 §7.1, §9 (`invalid_dpop_proof`,
 *   `use_dpop_nonce`)
 */
export type OAuthError =
  | "invalid_request"
  | "invalid_token"
  | "insufficient_scope"
  | "insufficient_user_authentication"
  | "invalid_dpop_proof"
  | "use_dpop_nonce";

export interface ReasonFacts {
  readonly outcome: Outcome;
  /**
   * The HTTP status that the RFCs give this reason; API Gateway may be able to send only another
   * (see docs/reasons.md).
   */
  readonly status: 200 | 400 | 401 | 403 | 500 | 503;
  readonly oauthError?: OAuthError;
  /** One sentence for people. */
  readonly says: string;
}

const allow = (says: string): ReasonFacts => ({ outcome: "allow", status: 200, says });
const request = (says: string): ReasonFacts => ({
  outcome: "deny",
  status: 400,
  oauthError: "invalid_request",
  says,
});
const token = (says: string): ReasonFacts => ({
  outcome: "deny",
  status: 401,
  oauthError: "invalid_token",
  says,
});
const proof = (oauthError: OAuthError, says: string): ReasonFacts => ({
  outcome: "deny",
  status: 401,
  oauthError,
  says,
});
const stepUp = (says: string): ReasonFacts => ({
  outcome: "step-up",
  status: 401,
  oauthError: "insufficient_user_authentication",
  says,
});
// RFC 6750 §3.1: "higher privileges than provided by the access token".
const forbid = (says: string): ReasonFacts => ({
  outcome: "deny",
  status: 403,
  oauthError: "insufficient_scope",
  says,
});
const fault = (status: 500 | 503, says: string): ReasonFacts => ({ outcome: "deny", status, says });

export const REASONS = {
  "policy-permits": allow("A policy permits the request and none forbids it."),

  "request-malformed": request("The gateway event lacks a required field or has a field of the wrong type."),
  "route-mismatch": request("The fields of the gateway event that name the route do not agree."),
  "path-ambiguous": request(
    "Servers may read the path in different ways, which belong to different segments.",
  ),
  "credentials-ambiguous": request("The request has credentials more than once."),
  // RFC 6750 §3.1: a request without any authentication gets a bare challenge and no error code.
  "token-missing": { outcome: "deny", status: 401, says: "The request has no bearer token." },
  "token-scheme-missing": {
    outcome: "deny",
    status: 401,
    says: "The Authorization header has a token without the scheme Bearer or DPoP before it.",
  },

  "token-malformed": token("The token is not a well-formed JWT."),
  "token-too-large": token("The token is longer than the longest accepted token."),
  "token-algorithm-not-allowed": token("The token's signature algorithm is not accepted."),
  "token-signature-invalid": token("The token's signature is not valid."),
  "token-key-unknown": token("The issuer's key set has no key that the token's key id and algorithm name."),
  "token-key-ambiguous": token("The token names no key, and several keys of the issuer fit."),
  "token-expired": token("The token has expired."),
  "token-not-yet-valid": token("The token is not valid yet."),
  "token-claims-invalid": token("A required claim is missing or has the wrong type."),
  "token-use-mismatch": token("This API does not accept tokens of this kind."),
  "issuer-unknown": token("The token's issuer is not configured."),
  "token-too-old": token("The token was issued too long ago for this API."),
  "token-inactive": token("The issuer reports that the token is not active."),
  "proof-missing": token(
    "The token is bound to a key, and the request has no proof that the caller holds that key.",
  ),
  "certificate-mismatch": token(
    "The token is bound to a client certificate, and the client presented another certificate or none.",
  ),
  "binding-not-accepted": token(
    "The token is bound to a key, and this API is configured not to accept such tokens.",
  ),
  "binding-not-supported": token("The token is bound to its holder by a method that is not supported."),
  "proof-invalid": proof(
    "invalid_dpop_proof",
    "The proof of possession is malformed, too old, not valid yet, made for another request or not signed correctly.",
  ),
  "proof-replayed": proof("invalid_dpop_proof", "The proof of possession was already used."),
  "proof-nonce-required": proof(
    "use_dpop_nonce",
    "The proof of possession must contain the nonce from the response.",
  ),
  "audience-mismatch": token("The token was issued for another audience or client."),

  "mfa-required": stepUp("The route requires multi-factor authentication."),
  "risk-elevated": stepUp("The user's risk requires a fresh multi-factor authentication."),

  "authentication-too-old": stepUp("The route requires a more recent authentication."),

  "no-policy-permits": forbid("No policy permits the request."),
  "forbidden-by-policy": forbid("A policy forbids the request."),
  "role-missing": forbid("The user lacks the role that the route requires."),
  "device-trust-too-low": forbid("The device's trust level is too low for this request."),
  "risk-too-high": forbid("The user's risk is too high for any request."),
  "outside-hours": forbid("The route is closed at this hour."),
  "country-not-allowed": forbid(
    "The request comes from a country that is not on the allow list, or from an unknown country.",
  ),
  "user-quarantined": forbid("The user is quarantined."),
  "device-quarantined": forbid("The device is quarantined."),
  "session-quarantined": forbid("The session is quarantined."),
  "restriction-unreadable": forbid(
    "A restriction of the user, session or device cannot be read, so it applies until it is corrected.",
  ),
  "session-revoked": token("The session, or every token issued before a given time, was revoked."),

  "identity-provider-unavailable": fault(
    503,
    "The issuer's keys or token status could not be obtained, so the token could not be verified.",
  ),
  "risk-unavailable": fault(503, "The risk table, or one of the caller's items in it, could not be read."),
  "replay-store-unavailable": fault(
    503,
    "The replay store did not record the proof of possession, so a replay could not be ruled out.",
  ),
  "policy-error": fault(500, "An error occurred while the policies were evaluated."),
  "deadline-exceeded": fault(503, "The decision exceeded its deadline."),
  "internal-fault": fault(500, "The authorizer failed; its log has the cause."),
} as const satisfies Record<string, ReasonFacts>;

export type ReasonCode = keyof typeof REASONS;

export function isReasonCode(value: unknown): value is ReasonCode {
  return typeof value === "string" && Object.hasOwn(REASONS, value);
}

export function factsOf(reason: ReasonCode): ReasonFacts {
  return REASONS[reason];
}
