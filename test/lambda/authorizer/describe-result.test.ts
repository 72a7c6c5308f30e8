import { VERSION } from "../../../contract/version.ts";
import { type Decision, denial } from "../../../domain/decision/decision.ts";
import type { DeviceJudgement } from "../../../domain/evidence/assess-device.ts";
import type { Judgement } from "../../../lambda/authorizer/authorize.ts";
import { describeJudgement } from "../../../lambda/authorizer/describe-result.ts";
import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { DIGESTS } from "../../support/domain/access-events.ts";
import { verifiedIdentity } from "../../support/domain/verified-identity.ts";
import { httpEvent, restEvent } from "../../support/gateway/gateway-events.ts";

const RECEIVED = 1_790_000_000_000;
const verified = verifiedIdentity({ claimedDeviceTrust: "high", claimedRisk: 41 });
const device: DeviceJudgement = {
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

const judgement = (parts: Partial<Judgement>, event: unknown = restEvent()): Judgement => ({
  request: readRequest(event, "none", RECEIVED),
  identity: verified,
  enforced: true,
  risk: { status: "known" },
  device,
  decision: allow,
  latency: { verify: 2, risk: 3, evaluate: 1, total: 7 },
  ...parts,
});

const withoutDevice = (parts: Partial<Judgement>): Judgement => {
  const { device: _, ...rest } = judgement(parts);
  return rest;
};

describe("describeJudgement", () => {
  test("tells the response and the event the same of an allow, the trust in the device too", () => {
    const { facts, accessEvent } = describeJudgement(judgement({}), "id-1", DIGESTS);
    expect(facts).toEqual({ decisionId: "id-1", riskScore: 41, deviceTrust: "medium" });
    expect(accessEvent).toMatchObject({
      metadata: { uid: "id-1", product: { version: VERSION } },
      time: RECEIVED,
      duration: 7,
      risk_score: 41,
      unmapped: { sallyport: { device_trust: "medium", device_proven: true, latency: { verify: 2 } } },
    });
    expect(accessEvent).not.toHaveProperty("http_response");
  });

  test("knows no risk and no device of a caller who is not verified", () => {
    const decision = denial("token-expired");
    const identity = { status: "unverified", reason: "token-expired" } as const;
    const { facts, accessEvent } = describeJudgement(withoutDevice({ identity, decision }), "id-1", DIGESTS);
    expect(facts).toEqual({ decisionId: "id-1" });
    expect(accessEvent).not.toHaveProperty("risk_score");
    expect(accessEvent.unmapped.sallyport).not.toHaveProperty("device_trust");
    expect(accessEvent.http_response).toEqual({ code: 401 });
  });

  test("leaves the score out where risk could not be read, and states the status that an HTTP API gives", () => {
    const risk = { status: "unavailable", why: "down" } as const;
    const decision = denial("risk-unavailable");
    const { facts, accessEvent } = describeJudgement(
      judgement({ risk, decision }, httpEvent()),
      "id-1",
      DIGESTS,
    );
    expect(facts).toEqual({ decisionId: "id-1", deviceTrust: "medium" });
    expect(accessEvent.http_response).toEqual({ code: 403 });
  });
});
