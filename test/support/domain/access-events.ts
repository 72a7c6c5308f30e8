import type { AccessResult } from "../../../domain/decision/access-result.ts";
import type { DecisionDigests } from "../../../domain/decision/digest.ts";
import { describeAccess } from "../../../domain/event/access-event.ts";
import { identity } from "./identities.ts";

/** 2026-03-02T10:00:00.250Z */
export const NOW = 1_772_445_600_250;

/** Digests as they look, of nothing. */
export const DIGESTS: DecisionDigests = {
  policies: `sha256:${"a".repeat(64)}`,
  configuration: `sha256:${"b".repeat(64)}`,
};

export function accessResult(): AccessResult {
  return {
    decisionId: "kLZ3x0n9Qz6mQe1ZB4f2aA",
    request: {
      kind: "rest-request",
      arn: "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3/prod/GET/api/orders",
      partition: "aws",
      region: "eu-central-1",
      accountId: "111122223333",
      apiId: "a1b2c3",
      stage: "prod",
      method: "GET",
      path: "/api/orders",
      sourceIp: "192.0.2.7",
      userAgent: "curl/8",
      location: { country: "DE", city: "Frankfurt am Main", latitude: 50.1109, longitude: 8.6821 },
      credentials: { status: "absent" },
      receivedAt: NOW,
    },
    caller: identity({
      issuer: "https://id.example.com",
      roles: [],
      claimedDeviceTrust: "unknown",
      mfa: false,
      issuedAt: 0,
      expiresAt: 0,
    }),
    risk: { status: "known" },
    digests: DIGESTS,
    enforced: true,
    decision: {
      outcome: "deny",
      reasons: ["no-policy-permits"],
      policies: [],
      monitored: [],
      segments: [],
    },
    latency: { verify: 0, risk: 0, evaluate: 1, total: 1 },
  };
}

/**
 * An event as it stands on the bus, after its way through JSON, with some top-level fields
 * replaced.
 */
export function accessEvent(change: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...JSON.parse(JSON.stringify(describeAccess(accessResult(), "0.1.0", 403))), ...change };
}
