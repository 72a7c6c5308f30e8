import type { AccessRequest } from "../evidence/access-request.ts";
import { type DeviceJudgement, judgeDevice } from "../evidence/assess-device.ts";
import { DEFAULT_POSTURE_MAX_AGE } from "../evidence/device-posture.ts";
import { type DeviceTrust, trustRank } from "../evidence/device-trust.ts";
import type { IdentityEvidence, VerifiedIdentity } from "../evidence/identity.ts";
import { deviceIdOf, keysToAskFor } from "../evidence/registered-device.ts";
import { type LimitSettings, limitsOf, refuseByLimits, type TokenLimits } from "../evidence/token-limits.ts";
import type { KnownRisk, Restriction, RiskScore, RiskState } from "../risk/risk-state.ts";
import { type EpochMs, type EpochSeconds, localTime } from "../time.ts";
import { type AcrValues, type AskedQuestion, decideByPolicy } from "./decide-by-policy.ts";
import { type Decision, denial } from "./decision.ts";
import type { AskPolicies, PolicyContext, PolicyQuestion } from "./policy-question.ts";
import { factsOf } from "./reason.ts";
import { type SegmentTable, segmentsOf } from "./segment.ts";

/** The deployment's own values that a decision depends on. */
export interface EvaluationSettings extends LimitSettings {
  readonly timeZone: string;
  readonly countries: readonly string[];
  readonly deviceClaimCap: DeviceTrust;
  /** Seconds for which a device's posture counts; a day by default */
  readonly devicePostureMaxAge?: number;
  readonly acrValues: AcrValues;
  readonly segments: SegmentTable;
}

/** What is judged: the request with all that is known about it. */
export interface Evidence {
  readonly request: AccessRequest;
  readonly identity: IdentityEvidence;
  readonly risk: RiskState;
}

/** A decision with the question that it answers; without one the decision was made before the policies were asked. */
export interface EvaluatedDecision extends Decision {
  readonly asked?: AskedQuestion;
}

/**
 * Judges one access request by the limits of its issuer and segments, and by the policies.
 *
 * Pure: the caller supplies `now`. Never throws; doubt yields deny.
 * Does not verify the token: `identity` must come from verifyToken.
 * @see NIST SP 800-207 §3.3 (trust algorithm)
 */
export function evaluate(
  evidence: Evidence,
  settings: EvaluationSettings,
  ask: AskPolicies,
  now: EpochMs,
): EvaluatedDecision {
  const { request, identity } = evidence;
  if (request.flaw !== undefined) return denial(request.flaw);
  if (identity.status === "unverified") return denial(identity.reason);
  const placed = segmentsOf(settings.segments, request.path);
  if (placed.status === "ambiguous") return denial("path-ambiguous");
  const { segments } = placed;
  const limits = limitsOf(settings, identity.issuer, segments);
  const refused = refuseByLimits(identity, limits, now);
  if (refused !== undefined) return denial(refused, segments);
  if (unreadableRestrictionsOf(evidence.risk).length > 0) return denial("restriction-unreadable", segments);
  try {
    const asked = {
      question: questionOf(evidence.request, identity, evidence.risk, segments, settings, now),
      limits: authenticationLimitsOf(limits),
      at: now,
    };
    return { ...decideByPolicy(asked, ask, settings.acrValues), asked };
  } catch {
    return denial("policy-error", segments);
  }
}

function authenticationLimitsOf({ leeway, maxAuthenticationAge }: TokenLimits): AskedQuestion["limits"] {
  if (maxAuthenticationAge === undefined) return {};
  return { maxAuthenticationAge, ...(leeway !== undefined && { leeway }) };
}

function questionOf(
  request: AccessRequest,
  identity: VerifiedIdentity,
  risk: RiskState,
  segments: readonly string[],
  settings: EvaluationSettings,
  now: EpochMs,
): PolicyQuestion {
  return {
    principal: {
      kind: identity.kind,
      issuer: identity.issuer,
      subject: identity.subject,
      roles: identity.roles,
      scopes: identity.scopes,
      ...(identity.clientId !== undefined && { clientId: identity.clientId }),
    },
    method: request.method,
    resource: { api: request.apiId, stage: request.stage, path: request.path, segments },
    context: contextOf(request, identity, risk, settings, now),
  };
}

/** How far the request's device is trusted, by all that is known of it. */
export function deviceOf(
  identity: VerifiedIdentity,
  risk: RiskState,
  settings: Pick<EvaluationSettings, "deviceClaimCap" | "devicePostureMaxAge">,
  now: EpochMs,
): DeviceJudgement {
  const { issuer, subject, binding, proofs, claimedDeviceTrust } = identity;
  const held = risk.status === "known" ? risk.device : "unavailable";
  // Without an id nothing was to be looked up.
  const device = deviceIdOf(identity) === undefined ? undefined : held;
  return judgeDevice({
    claimed: claimedDeviceTrust,
    cap: settings.deviceClaimCap,
    proofs,
    ...(binding !== undefined && { binding }),
    ...(device !== undefined && { device }),
    keyRetired: risk.status === "known" && isKeyRetired(identity, risk),
    user: { issuer, subject },
    now: Math.floor(now / 1000),
    postureMaxAge: settings.devicePostureMaxAge ?? DEFAULT_POSTURE_MAX_AGE,
  });
}

const isKeyRetired = (identity: VerifiedIdentity, { retiredKeys = [] }: KnownRisk): boolean =>
  keysToAskFor(identity).some((thumbprint) => retiredKeys.includes(thumbprint));

/** The higher of what the scorer saved and what the issuer put into the token; undefined when risk is not known. */
export function riskScoreOf(identity: VerifiedIdentity, risk: RiskState): RiskScore | undefined {
  if (risk.status === "unavailable") return undefined;
  return Math.max(risk.user?.score ?? 0, identity.claimedRisk ?? 0);
}

function contextOf(
  request: AccessRequest,
  identity: VerifiedIdentity,
  risk: RiskState,
  settings: EvaluationSettings,
  now: EpochMs,
): PolicyContext {
  const seconds = Math.floor(now / 1000);
  const deviceId = deviceIdOf(identity);
  const { trust, proven, posture, registered } = deviceOf(identity, risk, settings, now);
  const known: KnownRisk | undefined = risk.status === "known" ? risk : undefined;
  const score = riskScoreOf(identity, risk);
  return {
    authentication: {
      mfa: identity.mfa,
      ...(identity.authenticatedAt !== undefined && { authenticatedAt: identity.authenticatedAt }),
      issuedAt: identity.issuedAt,
    },
    device: {
      ...(deviceId !== undefined && { id: deviceId }),
      trust,
      trustRank: trustRank(trust),
      proven,
      registered,
      posture,
      // A device has no tokens of its own to revoke, so any restriction of it is a quarantine.
      quarantined:
        isQuarantined(known?.deviceRestriction, seconds) ||
        isRevoked(known?.deviceRestriction, identity.issuedAt, seconds),
    },
    session: {
      ...(identity.sessionId !== undefined && { id: identity.sessionId }),
      revoked: isRevoked(known?.sessionRestriction, identity.issuedAt, seconds),
      quarantined: isQuarantined(known?.sessionRestriction, seconds),
    },
    user: {
      tokensRevoked: isRevoked(known?.userRestriction, identity.issuedAt, seconds),
      quarantined: isQuarantined(known?.userRestriction, seconds),
    },
    risk: {
      known: score !== undefined,
      score: score ?? 0,
      ...(known?.user?.elevatedAt !== undefined && { elevatedAt: known.user.elevatedAt }),
    },
    network: {
      ...(request.sourceIp !== undefined && { address: request.sourceIp }),
      ...(request.location?.country !== undefined && { country: request.location.country }),
    },
    time: { epochSeconds: seconds, ...localTime(now, settings.timeZone) },
    deployment: { countries: settings.countries },
  };
}

/** What of the restrictions cannot be read, as `user.<attribute>`, `session.…` or `device.…`; empty: all was read. */
export function unreadableRestrictionsOf(risk: RiskState): readonly string[] {
  if (risk.status === "unavailable") return [];
  const { userRestriction, sessionRestriction, deviceRestriction } = risk;
  return Object.entries({
    user: userRestriction,
    session: sessionRestriction,
    device: deviceRestriction,
  }).flatMap(([whose, restriction]) => (restriction?.unreadable ?? []).map((name) => `${whose}.${name}`));
}

function isQuarantined(restriction: Restriction | undefined, now: EpochSeconds): boolean {
  return restriction?.quarantinedUntil !== undefined && now < restriction.quarantinedUntil;
}

function isRevoked(restriction: Restriction | undefined, issuedAt: EpochSeconds, now: EpochSeconds): boolean {
  if (restriction?.revokedAt !== undefined && restriction.revokedAt <= now) return true;
  return restriction?.notBefore !== undefined && issuedAt < restriction.notBefore;
}

/** Whether the authorizer itself failed; an issuer or a table that cannot be had is told apart by its own metric. */
export function isFault(decision: Decision): boolean {
  const [reason] = decision.reasons;
  return factsOf(reason).status === 500 || reason === "deadline-exceeded";
}
