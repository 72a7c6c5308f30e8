import type { AccessRequest } from "../evidence/access-request.ts";
import { DEFAULT_POSTURE_MAX_AGE } from "../evidence/device-posture.ts";
import { type DeviceTrust, trustRank } from "../evidence/device-trust.ts";
import type { IdentityEvidence, VerifiedIdentity } from "../evidence/identity-evidence.ts";
import { type DeviceJudgement, judgeDevice } from "../evidence/judge-device.ts";
import { deviceIdOf, keysToAskFor } from "../evidence/registered-device.ts";
import {
  askToAuthenticate,
  type LimitSettings,
  limitsOf,
  needsAuthentication,
  refuseByLimits,
} from "../evidence/token-limits.ts";
import type { KnownRisk, Restriction, RiskScore, RiskState } from "../risk/risk-state.ts";
import { type EpochMs, type EpochSeconds, localTime } from "../time.ts";
import { type Challenge, type Decision, denial } from "./decision.ts";
import type { AskPolicies, PolicyAnswer, PolicyContext, PolicyNote } from "./policy-question.ts";
import { factsOf, type ReasonCode } from "./reason.ts";
import { type SegmentTable, segmentsOf } from "./segment.ts";

/** The deployment's own values that a decision depends on. */
export interface EvaluationSettings extends LimitSettings {
  readonly timeZone: string;
  readonly countries: readonly string[];
  readonly deviceClaimCap: DeviceTrust;
  /** Seconds for which a device's posture counts; a day by default */
  readonly devicePostureMaxAge?: number;
  readonly acrValues: Readonly<Record<string, readonly string[]>>;
  readonly segments: SegmentTable;
}

/** What is judged: the request with all that is known about it. */
export interface Evidence {
  readonly request: AccessRequest;
  readonly identity: IdentityEvidence;
  readonly risk: RiskState;
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
): Decision {
  const { request, identity } = evidence;
  if (request.flaw !== undefined) return denial(request.flaw);
  if (identity.status === "unverified") return denial(identity.reason);
  const placed = segmentsOf(settings.segments, request.path);
  if (placed.status === "ambiguous") return denial("path-ambiguous");
  const { segments } = placed;
  const limits = limitsOf(settings, identity.issuer, segments);
  const refused = refuseByLimits(identity, limits, now);
  if (refused !== undefined) return denial(refused, segments);
  try {
    const answer = ask({
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
      context: contextOf(evidence.request, identity, evidence.risk, settings, now),
    });
    const decision = decide(answer, segments, settings);
    if (!needsAuthentication(identity, limits, now)) return decision;
    return askToAuthenticate(decision, limits, settings.acrValues);
  } catch {
    return denial("policy-error", segments);
  }
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
      quarantined: isQuarantined(known?.deviceRestriction, seconds),
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

function isQuarantined(restriction: Restriction | undefined, now: EpochSeconds): boolean {
  return restriction?.quarantinedUntil !== undefined && now < restriction.quarantinedUntil;
}

function isRevoked(restriction: Restriction | undefined, issuedAt: EpochSeconds, now: EpochSeconds): boolean {
  if (restriction?.revokedAt !== undefined && restriction.revokedAt <= now) return true;
  return restriction?.notBefore !== undefined && issuedAt < restriction.notBefore;
}

function decide(answer: PolicyAnswer, segments: readonly string[], settings: EvaluationSettings): Decision {
  // Cedar leaves out a policy that errs, so an answer with errors may be an allow that a forbid should have stopped.
  if (answer.errors.length > 0) return denial("policy-error", segments);
  const base = {
    policies: answer.determining.map(({ id }) => id),
    monitored: answer.monitored.map(({ id }) => id),
    segments,
  };
  if (answer.verdict === "allow") return { ...base, outcome: "allow", reasons: ["policy-permits"] };
  const forbids = answer.determining.filter(({ effect }) => effect === "forbid");
  const final = forbids.filter(({ stepUp }) => stepUp === undefined);
  if (forbids.length > 0 && final.length === 0) {
    return {
      ...base,
      outcome: "step-up",
      reasons: reasonsOf(forbids),
      challenge: challengeOf(forbids, settings),
    };
  }
  return { ...base, outcome: "deny", reasons: reasonsOf([...final, ...forbids]) };
}

/** The forbids' reasons without repetition, in the order given; `no-policy-permits` where no policy forbade. */
function reasonsOf(forbids: readonly PolicyNote[]): Decision["reasons"] {
  const reasons = new Set(forbids.map(({ reason }): ReasonCode => reason ?? "forbidden-by-policy"));
  const [first = "no-policy-permits", ...rest] = reasons;
  return [first, ...rest];
}

/** One challenge that lifts every step-up forbid: the strictest age, the contexts of all kinds. */
function challengeOf(forbids: readonly PolicyNote[], settings: EvaluationSettings): Challenge {
  const kinds = [...new Set(forbids.flatMap(({ stepUp }) => stepUp ?? []))];
  const ages = forbids.flatMap(({ maxAge }) => maxAge ?? []);
  return {
    kind: kinds.join(" "),
    acrValues: kinds.flatMap((kind) => settings.acrValues[kind] ?? []),
    ...(ages.length > 0 && { maxAge: Math.min(...ages) }),
  };
}

/** Whether the authorizer itself failed; an issuer or a table that cannot be had is told apart by its own metric. */
export function isFault(decision: Decision): boolean {
  const [reason] = decision.reasons;
  return factsOf(reason).status === 500 || reason === "deadline-exceeded";
}
