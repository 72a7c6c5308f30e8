import type { Decision } from "../../domain/decision/decision.ts";
import { factsOf } from "../../domain/decision/reason.ts";
import type { Credentials } from "../../domain/evidence/access-request.ts";
import { PROOF_ALGORITHMS } from "../../verification/proof/dpop-proof.ts";

/**
 * What a denied client receives; every value is free of quotes, backslashes and control characters.
 */
export interface Denial {
  readonly error: string;
  readonly reason: string;
  /** The kind of step-up, or empty */
  readonly challenge: string;
  readonly wwwAuthenticate: string;
}

/**
 * Renders a denial for the client: the OAuth error and the `WWW-Authenticate` challenge.
 * Holds the reason's code and sentence, nothing of the token, the policies or the score.
 *
 * @param credentials what the request carried: a client that used DPoP is challenged by DPoP
 * @see RFC 6750 §3, RFC 9470 §3, RFC 9449 §7.1
 */
export function renderDenial(decision: Decision, credentials: Credentials): Denial {
  const [reason] = decision.reasons;
  const { oauthError, status, says } = factsOf(reason);
  const fallback =
    status >= 500 ? (status === 503 ? "temporarily_unavailable" : "server_error") : "unauthorized";
  return {
    error: oauthError ?? fallback,
    reason,
    challenge: decision.challenge?.kind ?? "",
    wwwAuthenticate: challengeHeader(decision, schemeFor(decision, credentials), oauthError, says),
  };
}

/** A bound token that came as a bearer token, and every trouble with a proof, asks for DPoP. */
function schemeFor({ reasons: [reason] }: Decision, credentials: Credentials): "Bearer" | "DPoP" {
  if (reason.startsWith("proof-")) return "DPoP";
  return credentials.status === "bearer" ? credentials.scheme : "Bearer";
}

function challengeHeader(
  decision: Decision,
  scheme: "Bearer" | "DPoP",
  oauthError: string | undefined,
  says: string,
): string {
  const algs = scheme === "DPoP" ? [`algs="${PROOF_ALGORITHMS.join(" ")}"`] : [];
  if (oauthError === undefined) return [scheme, ...algs].join(" ");
  const { acrValues = [], maxAge } = decision.challenge ?? {};
  const parameters = [
    `error="${oauthError}"`,
    `error_description="${says}"`,
    ...(acrValues.length > 0 ? [`acr_values="${acrValues.join(" ")}"`] : []),
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
    ...algs,
  ];
  return `${scheme} ${parameters.join(", ")}`;
}
