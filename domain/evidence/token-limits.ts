import type { Challenge, Decision } from "../decision/decision.ts";
import type { ReasonCode } from "../decision/reason.ts";
import type { EpochMs } from "../time.ts";
import type { VerifiedToken } from "./identity.ts";

/**
 * How old a token may be and the authentication that it rests on, in whole seconds; what is absent
 * sets no limit.
 */
export interface TokenLimits {
  /** By which the issuer's clock may differ from ours */
  readonly leeway?: number;
  /** Since the token was issued */
  readonly maxTokenAge?: number;
  /** Since the user authenticated; a service's client does so whenever it is given a token */
  readonly maxAuthenticationAge?: number;
}

/** Who sets limits. */
export interface LimitSettings {
  /** Each under its `issuer` name; one without a leeway has the default */
  readonly issuers?: readonly (TokenLimits & { readonly issuer: string })[];
  /** By the segment's name */
  readonly segmentLimits?: Readonly<Record<string, TokenLimits>>;
}

/**
 * Seconds by which an issuer's clock may differ from ours (RFC 7519 §4.1.4: "usually no more than a
 * few minutes").
 */
export const DEFAULT_LEEWAY = 5;
/**
 * The kind of step-up that a new sign-in is, in challenges and in the configuration's `acrValues`.
 */
const RECENT_AUTHENTICATION = "recent-authentication";

/** The limits of a request: the smallest of each that its issuer or one of its segments sets. */
export function limitsOf(
  { issuers = [], segmentLimits = {} }: LimitSettings,
  issuer: string,
  segments: readonly string[],
): TokenLimits {
  const known = issuers.find((one) => one.issuer === issuer);
  return strictestOf([
    ...(known === undefined ? [] : [{ ...known, leeway: known.leeway ?? DEFAULT_LEEWAY }]),
    ...segments.flatMap((name) => (Object.hasOwn(segmentLimits, name) ? (segmentLimits[name] ?? []) : [])),
  ]);
}

/** The smallest of each limit that any of them sets. */
export function strictestOf(limits: readonly TokenLimits[]): TokenLimits {
  const least = (name: keyof TokenLimits) => {
    const set = limits.flatMap((one) => one[name] ?? []);
    return set.length === 0 ? {} : { [name]: Math.min(...set) };
  };
  return { ...least("leeway"), ...least("maxTokenAge"), ...least("maxAuthenticationAge") };
}

/**
 * Validates the lifetime of a verified token within these limits: the reason to deny, or undefined.
 * Without any limit nothing is checked, and a limit without a leeway allows none. Pure.
 *
 * A service's authentication is that of its client, who authenticates for every token that it is
 * given (RFC 6749 §4.4, §6): its age is the token's own, whatever `auth_time` says, and a new token
 * is what makes it young. Does not check how long ago a user authenticated: that is no flaw of the
 * token, see needsAuthentication.
 */
export function validateLifetime(
  { kind, issuedAt, expiresAt, notBefore, authenticatedAt }: VerifiedToken,
  limits: TokenLimits,
  now: EpochMs,
): ReasonCode | undefined {
  if (Object.keys(limits).length === 0) return undefined;
  const seconds = now / 1000;
  const { leeway = 0, maxTokenAge, maxAuthenticationAge } = limits;
  if (seconds >= expiresAt + leeway) return "token-expired";
  const begins = Math.max(notBefore ?? 0, issuedAt, authenticatedAt ?? 0);
  if (seconds < begins - leeway) return "token-not-yet-valid";
  if (maxTokenAge !== undefined && seconds >= issuedAt + maxTokenAge + leeway) return "token-too-old";
  const limitsClient = kind === "service" && maxAuthenticationAge !== undefined;
  return limitsClient && seconds > issuedAt + maxAuthenticationAge + leeway ? "token-too-old" : undefined;
}

/**
 * Whether a user must authenticate anew: longer ago than the limit, or at an unknown time.
 * @see OpenID Connect Core §3.1.2.1 (`max_age`: greater than, not equal)
 */
export function needsAuthentication(
  { kind, authenticatedAt }: Pick<VerifiedToken, "kind" | "authenticatedAt">,
  { leeway = 0, maxAuthenticationAge }: TokenLimits,
  now: EpochMs,
): boolean {
  if (kind === "service" || maxAuthenticationAge === undefined) return false;
  return authenticatedAt === undefined || now / 1000 > authenticatedAt + maxAuthenticationAge + leeway;
}

/**
 * The same decision for a user who must authenticate anew: a permission becomes a challenge, a
 * challenge asks for that too, and a denial stays, because no new sign-in would lift it.
 * @see RFC 9470 §3, §4
 */
export function askToAuthenticate(
  decision: Decision,
  { maxAuthenticationAge }: TokenLimits,
  acrValues: Readonly<Record<string, readonly string[]>>,
): Decision {
  if (decision.outcome === "deny" || maxAuthenticationAge === undefined) return decision;
  const { kind, acrValues: asked = [], maxAge } = decision.challenge ?? {};
  // A policy may ask for this very kind, or another kind for the same contexts.
  const once = (words: readonly string[]) => [...new Set(words)];
  const challenge: Challenge = {
    kind: once([...(kind?.split(" ") ?? []), RECENT_AUTHENTICATION]).join(" "),
    acrValues: once([...asked, ...(acrValues[RECENT_AUTHENTICATION] ?? [])]),
    maxAge: Math.min(maxAge ?? maxAuthenticationAge, maxAuthenticationAge),
  };
  const reason = "authentication-too-old";
  if (decision.outcome === "allow") {
    // No policy asked for this one.
    return { ...decision, outcome: "step-up", reasons: [reason], policies: [], challenge };
  }
  const [first, ...rest] = decision.reasons;
  return {
    ...decision,
    reasons: [
      first,
      ...rest.filter((one) => one !== reason),
      ...(first === reason ? [] : ([reason] as const)),
    ],
    challenge,
  };
}
