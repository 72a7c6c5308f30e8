import type { Decision } from "../domain/decision/decision.ts";
import { evaluate } from "../domain/decision/evaluate.ts";
import { segmentsOf } from "../domain/decision/segment.ts";
import type { AccessRequest } from "../domain/evidence/access-request.ts";
import { DEFAULT_POSTURE_MAX_AGE } from "../domain/evidence/device-posture.ts";
import { type Identity, identityOf } from "../domain/evidence/identity.ts";
import { RawToken } from "../domain/evidence/raw-token.ts";
import type { RegisteredDevice } from "../domain/evidence/registered-device.ts";
import { completePoints, type RiskState } from "../domain/risk/risk-state.ts";
import type { CompiledPolicies } from "./compiled-policies.ts";
import { createPolicyEngine } from "./engine.ts";
import { type DeviceFact, type PolicyCase, readCases } from "./read-cases.ts";

export interface CaseResult {
  readonly case: PolicyCase;
  readonly decision: Decision;
  /** The outcome is the expected one, and the reasons are exactly the expected ones in any order */
  readonly passed: boolean;
}

/** A Monday; the cases' days and times are of this week, in UTC. */
const MONDAY = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;
const ISSUER = "https://issuer.example";

/**
 * Puts every case of a text to the policies, by the same evaluation as the authorizer's. The device
 * trust of a case is the one that counts, after any cap on claims.
 *
 * @param text Markdown as in policies/default/cases.md
 * @param file Where the text is from, for errors
 * @throws {PolicyError} if the text holds a row that cannot be understood, or no case at all
 */
export function runCases(compiled: CompiledPolicies, text: string, file = "cases.md"): readonly CaseResult[] {
  const cases = readCases(file, text);
  const ask = createPolicyEngine(compiled);
  return cases.map((one) => {
    const now = momentOf(one, one.at);
    const settings = {
      timeZone: "UTC",
      countries: one.countries,
      deviceClaimCap: "high",
      acrValues: {},
    } as const;
    const evidence = {
      request: requestOf(one, now),
      identity: callerOf(one, now),
      risk: riskOf(one, now),
      segmentMatch: segmentsOf(compiled.segments, one.path),
    };
    const { decision } = evaluate(evidence, settings, ask, now);
    return { case: one, decision, passed: isExpected(one, decision) };
  });
}

function isExpected({ outcome, reasons }: PolicyCase, decision: Decision): boolean {
  const got = new Set(decision.reasons);
  const expected = new Set(reasons);
  return decision.outcome === outcome && got.size === expected.size && reasons.every((code) => got.has(code));
}

function momentOf({ dayOfWeek }: PolicyCase, minutes: number): number {
  return MONDAY + ((dayOfWeek - 1) * 24 * 60 + minutes) * MINUTE;
}

const secondsOf = (moment: number) => Math.floor(moment / 1000);

function requestOf(one: PolicyCase, now: number): AccessRequest {
  const { method, path, country } = one;
  const [partition, region, accountId, apiId, stage] = ["aws", "eu-central-1", "111122223333", "api", "live"];
  return {
    kind: "rest-request",
    arn: `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}/${method}${path}`,
    partition,
    region,
    accountId,
    apiId,
    stage,
    method,
    path,
    sourceIp: "192.0.2.1",
    ...(country !== undefined && { location: { country } }),
    credentials: { status: "bearer", scheme: "Bearer", token: new RawToken("") },
    receivedAt: now,
  };
}

function callerOf(one: PolicyCase, now: number): Identity {
  const proof = proofOf(one);
  const token = {
    status: "verified",
    kind: one.kind,
    ...(proof !== undefined && { binding: { jkt: proof.thumbprint } }),
    issuer: ISSUER,
    subject: "someone",
    roles: one.roles,
    scopes: [],
    sessionId: "session",
    deviceId: "device",
    claimedDeviceTrust: one.deviceTrust,
    mfa: one.mfa,
    ...(one.signedInAt !== undefined && { authenticatedAt: secondsOf(momentOf(one, one.signedInAt)) }),
    issuedAt: secondsOf(now - MINUTE),
    expiresAt: secondsOf(now + 5 * MINUTE),
  } as const;
  return identityOf(token, proof === undefined ? [] : [proof]);
}

const KEY = { method: "dpop", thumbprint: "the-key-of-the-device" } as const;
const OTHER_KEY = { method: "dpop", thumbprint: "a-key-of-another-device" } as const;

function proofOf({ deviceFacts }: PolicyCase) {
  if (deviceFacts.includes("by its key")) return KEY;
  return deviceFacts.includes("by another key") ? OTHER_KEY : undefined;
}

function deviceOf({ deviceFacts }: PolicyCase, now: number): RegisteredDevice {
  const is = (fact: DeviceFact) => deviceFacts.includes(fact);
  const age = is("stale") ? DEFAULT_POSTURE_MAX_AGE + 1 : 0;
  const assessed = is("healthy") || is("unhealthy") || is("stale");
  return {
    owner: { issuer: ISSUER, subject: is("another's") ? "another" : "someone" },
    keys: [KEY],
    enrolledAt: 0,
    ...(is("retired") && { retiredAt: secondsOf(now) }),
    ...(assessed && {
      posture: {
        source: "case",
        compliant: !is("unhealthy"),
        assessedAt: secondsOf(now) - age,
        details: [],
      },
    }),
  };
}

function riskOf(one: PolicyCase, now: number): RiskState {
  if (one.score === undefined) return { status: "unavailable", why: "the case says so" };
  const quarantinedUntil = secondsOf(now + MINUTE);
  return {
    status: "known",
    user: {
      score: one.score,
      factors: completePoints(),
      updatedAt: secondsOf(now - MINUTE),
      ...(one.roseAt !== undefined && { elevatedAt: secondsOf(momentOf(one, one.roseAt)) }),
    },
    userRestriction: {
      ...(one.tokensRevoked && { notBefore: secondsOf(now) }),
      ...(one.userQuarantined && { quarantinedUntil }),
    },
    sessionRestriction: {
      ...(one.sessionRevoked && { revokedAt: secondsOf(now - MINUTE) }),
      ...(one.sessionQuarantined && { quarantinedUntil }),
    },
    deviceRestriction: one.deviceQuarantined ? { quarantinedUntil } : {},
    ...(one.deviceFacts.length > 0 && { device: deviceOf(one, now) }),
  };
}
