/**
 * The closed vocabulary of reasons. Every decision carries at least one; logs, events, metrics, policies and the
 * caller's answer all use these codes and no others. `docs/reasons.md` is generated from this table.
 */

export type Outcome = "allow" | "step-up" | "deny";

/**
 * OAuth error codes as resource servers send them.
 * @see RFC 6750 §3.1 (`invalid_request`, `invalid_token`, `insufficient_scope`), RFC 9470 §3 (`insufficient_user_authentication`),
 * RFC 9449 §7.1, §9 (`invalid_dpop_proof`, `use_dpop_nonce`)
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
  /** The status that the RFCs give this reason; API Gateway may only be able to say another (see docs/reasons.md). */
  readonly status: 200 | 400 | 401 | 403 | 500 | 503;
  readonly oauthError?: OAuthError;
  /** One sentence for a person. */
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

  "request-malformed": request("The gateway event lacks a field or carries one of the wrong shape."),
  "path-ambiguous": request("The path can be read in ways that fall into different segments."),
  "credentials-ambiguous": request("The request carries credentials more than once."),
  // RFC 6750 §3.1: a request without any authentication gets a bare challenge and no error code.
  "token-missing": { outcome: "deny", status: 401, says: "The request carries no bearer token." },

  "token-malformed": token("The token is not a well-formed JWT."),
  "token-too-large": token("The token is longer than any token that is accepted."),
  "token-algorithm-not-allowed": token("The token names a signature algorithm that is not accepted."),
  "token-signature-invalid": token("The token's signature does not verify."),
  "token-key-unknown": token("The issuer publishes no key with the token's key id."),
  "token-expired": token("The token has expired."),
  "token-not-yet-valid": token("The token is not valid yet."),
  "token-claims-invalid": token("A required claim is missing or has the wrong type."),
  "token-use-mismatch": token("The token is of another kind than this API accepts."),
  "issuer-unknown": token("The token's issuer is not configured."),
  "token-too-old": token("The token was issued longer ago than this API accepts."),
  "token-inactive": token("The issuer says that the token is not active."),
  "proof-missing": token("The token is bound to a key and came without a proof that the caller holds it."),
  "certificate-mismatch": token(
    "The token is bound to another client certificate than the one presented, or to one where none was.",
  ),
  "binding-not-accepted": token("The token is bound to a key, and this API is set to accept no such tokens."),
  "binding-not-supported": token("The token is bound in a way that cannot be checked here."),
  "proof-invalid": proof(
    "invalid_dpop_proof",
    "The proof of possession is malformed, of another request, out of time or does not verify.",
  ),
  "proof-replayed": proof("invalid_dpop_proof", "The proof of possession was used before."),
  "proof-nonce-required": proof(
    "use_dpop_nonce",
    "The proof of possession must carry the nonce that the answer gives.",
  ),
  "audience-mismatch": token("The token was issued for another audience or client."),

  "mfa-required": stepUp("The route asks for multi-factor authentication."),
  "risk-elevated": stepUp("The user's risk asks for a fresh multi-factor authentication."),

  "authentication-too-old": stepUp("The route asks for a more recent authentication."),

  "no-policy-permits": forbid("No policy permits the request."),
  "forbidden-by-policy": forbid("A policy of the deployment forbids the request."),
  "role-missing": forbid("The user lacks the role that the route asks for."),
  "device-trust-too-low": forbid("The device is not trusted enough for this request."),
  "risk-too-high": forbid("The user's risk is too high for any request."),
  "outside-hours": forbid("The route is closed at this hour."),
  "country-not-allowed": forbid(
    "The request comes from a country that is not on the allow-list, or from an unknown one.",
  ),
  "user-quarantined": forbid("The user is quarantined."),
  "device-quarantined": forbid("The device is quarantined."),
  "session-quarantined": forbid("The session is quarantined."),
  "restriction-unreadable": forbid(
    "A restriction of the user, session or device cannot be read, so it counts until it is corrected.",
  ),
  "session-revoked": token("The session, or every token issued before a moment, was revoked."),

  "identity-provider-unavailable": fault(
    503,
    "The issuer could not be asked, so the token could not be verified.",
  ),
  "risk-unavailable": fault(503, "The risk table, or an item of the caller in it, could not be read."),
  "replay-store-unavailable": fault(
    503,
    "Whether the proof of possession was used before could not be told.",
  ),
  "policy-error": fault(500, "The policies could not be evaluated without an error."),
  "deadline-exceeded": fault(503, "The decision took longer than it may."),
  "internal-fault": fault(500, "The authorizer failed; the log says how."),
} as const satisfies Record<string, ReasonFacts>;

export type ReasonCode = keyof typeof REASONS;

export function isReasonCode(value: unknown): value is ReasonCode {
  return typeof value === "string" && Object.hasOwn(REASONS, value);
}

export function factsOf(reason: ReasonCode): ReasonFacts {
  return REASONS[reason];
}
