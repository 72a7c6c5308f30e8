import type { AccessRequest } from "../evidence/access-request.ts";
import { assessDevice, type DeviceAssessment } from "../evidence/assess-device.ts";
import { DEFAULT_POSTURE_MAX_AGE } from "../evidence/device-posture.ts";
import { type DeviceTrust, trustRank } from "../evidence/device-trust.ts";
import type { Identity } from "../evidence/identity.ts";
import { deviceIdOf, keysToAskFor } from "../evidence/registered-device.ts";
import {
  type LimitSettings,
  limitsOf,
  type TokenLimits,
  validateLifetime,
} from "../evidence/token-limits.ts";
import type { KnownRisk, Restriction, RiskScore, RiskState } from "../risk/risk-state.ts";
import { type EpochMs, type EpochSeconds, localTime } from "../time.ts";
import { type AcrValues, type AskedQuestion, decideByPolicy } from "./decide-by-policy.ts";
import { type Decision, denial } from "./decision.ts";
import type { AskPolicies, PolicyContext, PolicyQuestion } from "./policy-question.ts";
import type { SegmentMatch } from "./segment.ts";

/** The deployment's settings that a decision depends on. */
export interface EvaluationSettings extends LimitSettings {
  readonly timeZone: string;
  readonly countries: readonly string[];
  readonly deviceClaimCap: DeviceTrust;
  /** Seconds for which a device's posture is valid; a day by default */
  readonly devicePostureMaxAge?: number;
  readonly acrValues: AcrValues;
}

/** The request with all evidence about it. */
export interface Evidence {
  readonly request: AccessRequest;
  readonly identity: Identity;
  readonly risk: RiskState;
  /** The result of segmentsOf for the request's path */
  readonly segmentMatch: SegmentMatch;
}

/** A decision with the values it was made from. */
export interface Evaluation {
  readonly decision: Decision;
  /** The policy question; absent: the decision was made without the policies */
  readonly asked?: AskedQuestion;
  /** Absent for a caller who is not verified */
  readonly device?: DeviceAssessment;
  /** Absent for a caller who is not verified, and where the risk is unknown */
  readonly riskScore?: RiskScore;
}

/**
 * Evaluates one access request by the limits of its issuer and segments, and by the policies.
 *
 * Pure: the caller supplies `now`. Never throws; doubt yields deny.
 * Does not verify anything: an `Identity` must come from verifyProofs.
 * @see NIST SP 800-207 §3.3 (trust algorithm)
 */
export function evaluate(
  evidence: Evidence,
  settings: EvaluationSettings,
  ask: AskPolicies,
  now: EpochMs,
): Evaluation {
  const { request, identity, risk, segmentMatch } = evidence;
  const device = deviceOf(identity, risk, settings, now);
  const riskScore = riskScoreOf(identity, risk);
  const known = { device, ...(riskScore !== undefined && { riskScore }) };
  if (request.flaw !== undefined) return { ...known, decision: denial(request.flaw) };
  if (segmentMatch.status === "ambiguous") return { ...known, decision: denial("path-ambiguous") };
  const { segments } = segmentMatch;
  const limits = limitsOf(settings, identity.issuer, segments);
  const reason = validateLifetime(identity, limits, now);
  if (reason !== undefined) return { ...known, decision: denial(reason, segments) };
  if (unreadableRestrictionsOf(risk).length > 0) {
    return { ...known, decision: denial("restriction-unreadable", segments) };
  }
  try {
    const asked = {
      question: questionOf(evidence, segments, known, settings, now),
      limits: authenticationLimitsOf(limits),
      at: now,
    };
    return { ...known, asked, decision: decideByPolicy(asked, ask, settings.acrValues) };
  } catch {
    return { ...known, decision: denial("policy-error", segments) };
  }
}

function authenticationLimitsOf({ leeway, maxAuthenticationAge }: TokenLimits): AskedQuestion["limits"] {
  if (maxAuthenticationAge === undefined) return {};
  return { maxAuthenticationAge, ...(leeway !== undefined && { leeway }) };
}

/** Values derived once from the evidence, for the policies and all later steps. */
interface Assessed {
  readonly device: DeviceAssessment;
  readonly riskScore?: RiskScore;
}

function questionOf(
  evidence: Evidence,
  segments: readonly string[],
  assessed: Assessed,
  settings: EvaluationSettings,
  now: EpochMs,
): PolicyQuestion {
  const { request, identity } = evidence;
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
    context: contextOf(evidence, assessed, settings, now),
  };
}

function deviceOf(
  identity: Identity,
  risk: RiskState,
  settings: EvaluationSettings,
  now: EpochMs,
): DeviceAssessment {
  const { issuer, subject, binding, proofs, claimedDeviceTrust } = identity;
  const held = risk.status === "known" ? risk.device : "unavailable";
  // Without an id there is nothing to look up.
  const device = deviceIdOf(identity) === undefined ? undefined : held;
  return assessDevice({
    claimed: claimedDeviceTrust,
    cap: settings.deviceClaimCap,
    proofs,
    binding,
    device,
    keyRetired: risk.status === "known" && isKeyRetired(identity, risk),
    user: { issuer, subject },
    now: Math.floor(now / 1000),
    postureMaxAge: settings.devicePostureMaxAge ?? DEFAULT_POSTURE_MAX_AGE,
  });
}

const isKeyRetired = (identity: Identity, { retiredKeys }: KnownRisk): boolean =>
  keysToAskFor(identity).some((thumbprint) => retiredKeys?.includes(thumbprint));

/**
 * Returns the higher of the scorer's score and the token's risk claim; undefined when the risk is
 * unknown.
 */
function riskScoreOf(identity: Identity, risk: RiskState): RiskScore | undefined {
  if (risk.status === "unavailable") return undefined;
  return Math.max(risk.user?.score ?? 0, identity.claimedRisk ?? 0);
}

function contextOf(
  { request, identity, risk }: Evidence,
  { device, riskScore }: Assessed,
  settings: EvaluationSettings,
  now: EpochMs,
): PolicyContext {
  const seconds = Math.floor(now / 1000);
  const deviceId = deviceIdOf(identity);
  const { trust, proven, posture, registered } = device;
  const known: KnownRisk | undefined = risk.status === "known" ? risk : undefined;
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
      // Tokens are not issued to devices, so any restriction of a device is a quarantine.
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
      known: riskScore !== undefined,
      score: riskScore ?? 0,
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

/**
 * Returns the restrictions that cannot be read, as `user.<attribute>`, `session.…` or `device.…`;
 * empty: all were read.
 */
export function unreadableRestrictionsOf(risk: RiskState): readonly string[] {
  if (risk.status === "unavailable") return [];
  return [
    ...unreadableIn("user", risk.userRestriction),
    ...unreadableIn("session", risk.sessionRestriction),
    ...unreadableIn("device", risk.deviceRestriction),
  ];
}

function unreadableIn(subject: string, restriction: Restriction | undefined): readonly string[] {
  return (restriction?.unreadable ?? []).map((name) => `${subject}.${name}`);
}

function isQuarantined(restriction: Restriction | undefined, now: EpochSeconds): boolean {
  return restriction?.quarantinedUntil !== undefined && now < restriction.quarantinedUntil;
}

function isRevoked(restriction: Restriction | undefined, issuedAt: EpochSeconds, now: EpochSeconds): boolean {
  if (restriction?.revokedAt !== undefined && restriction.revokedAt <= now) return true;
  return restriction?.notBefore !== undefined && issuedAt < restriction.notBefore;
}
