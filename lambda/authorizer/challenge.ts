import type { Decision } from "../../domain/decision.ts";
import { factsOf } from "../../domain/reason.ts";

/** What a denied caller is told; every value is free of quotes, backslashes and control characters. */
export interface Refusal {
  readonly error: string;
  readonly reason: string;
  /** The kind of step-up, or empty */
  readonly challenge: string;
  readonly wwwAuthenticate: string;
}

/**
 * Words a denial for the client: the OAuth error and the `WWW-Authenticate` challenge.
 * Tells the reason's code and sentence, nothing of the token, the policies or the score.
 * @see RFC 6750 §3, RFC 9470 §3
 */
export function refuse(decision: Decision): Refusal {
  const [reason] = decision.reasons;
  const { oauthError, status, says } = factsOf(reason);
  const fallback =
    status >= 500 ? (status === 503 ? "temporarily_unavailable" : "server_error") : "unauthorized";
  return {
    error: oauthError ?? fallback,
    reason,
    challenge: decision.challenge?.kind ?? "",
    wwwAuthenticate: challengeHeader(decision, oauthError, says),
  };
}

function challengeHeader(decision: Decision, oauthError: string | undefined, says: string): string {
  if (oauthError === undefined) return "Bearer";
  const { acrValues = [], maxAge } = decision.challenge ?? {};
  const parameters = [
    `error="${oauthError}"`,
    `error_description="${says}"`,
    ...(acrValues.length > 0 ? [`acr_values="${acrValues.join(" ")}"`] : []),
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
  ];
  return `Bearer ${parameters.join(", ")}`;
}
