import { VERSION } from "../../../contract/version.ts";
import type { AccessResult } from "../../../domain/decision/access-result.ts";
import { type Decision, denial } from "../../../domain/decision/decision.ts";
import type { DeviceAssessment } from "../../../domain/evidence/assess-device.ts";
import { describeResult } from "../../../lambda/authorizer/describe-result.ts";
import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { DIGESTS } from "../../support/domain/access-events.ts";
import { identity } from "../../support/domain/identities.ts";
import { httpEvent, restEvent } from "../../support/gateway/gateway-events.ts";

const RECEIVED = 1_790_000_000_000;
const device: DeviceAssessment = {
  trust: "medium",
  proven: true,
  registered: true,
  posture: "unknown",
  reasons: ["key-registered", "posture-stale"],
};
const allow: Decision = {
  outcome: "allow",
  reasons: ["policy-permits"],
  policies: ["p"],
  monitored: [],
  segments: [],
};

const result = (parts: Partial<AccessResult>, event: unknown = restEvent()): AccessResult => ({
  decisionId: "id-1",
  request: readRequest(event, "none", RECEIVED),
  caller: identity(),
  enforced: true,
  risk: { status: "known" },
  digests: DIGESTS,
  device,
  riskScore: 41,
  decision: allow,
  latency: { verify: 2, risk: 3, evaluate: 1, total: 7 },
  ...parts,
});

describe("describeResult", () => {
  test("describes an allow with its device and its risk, and without a status", () => {
    const event = describeResult(result({}));
    expect(event).toMatchObject({
      metadata: { uid: "id-1", product: { version: VERSION } },
      time: RECEIVED,
      duration: 7,
      risk_score: 41,
      unmapped: { sallyport: { device_trust: "medium", device_proven: true, latency: { verify: 2 } } },
    });
    expect(event).not.toHaveProperty("http_response");
  });

  test("has neither risk nor device for a caller who is not verified, and the status that a REST API gives", () => {
    const { device: _, riskScore: __, ...known } = result({});
    const caller = { status: "unverified", reason: "token-expired" } as const;
    const event = describeResult({ ...known, caller, decision: denial("token-expired") });
    expect(event).not.toHaveProperty("risk_score");
    expect(event.unmapped.sallyport).not.toHaveProperty("device_trust");
    expect(event.http_response).toEqual({ code: 401 });
  });

  test("states the status that an HTTP API gives", () => {
    const event = describeResult(result({ decision: denial("risk-unavailable") }, httpEvent()));
    expect(event.http_response).toEqual({ code: 403 });
  });
});
