import * as segment from "../../../domain/decision/segment.ts";
import * as assessDevice from "../../../domain/evidence/assess-device.ts";
import { authorize } from "../../../lambda/authorizer/authorize.ts";
import { describeResult } from "../../../lambda/authorizer/describe-result.ts";
import * as readRequest from "../../../lambda/authorizer/read-request.ts";
import { renderResponse } from "../../../lambda/authorizer/render-response.ts";
import { report } from "../../../lambda/authorizer/report.ts";
import { ask, options } from "../../support/gateway/default-policies.ts";
import { restEvent } from "../../support/gateway/gateway-events.ts";
import { strictPorts } from "../../support/gateway/strict-ports.ts";
import { tokenIssuer } from "../../support/verification/token-issuer.ts";

// Each counts the calls of the real function.
jest.mock("../../../domain/decision/segment.ts", () => counted("../../../domain/decision/segment.ts"));
jest.mock("../../../domain/evidence/assess-device.ts", () =>
  counted("../../../domain/evidence/assess-device.ts"),
);
jest.mock("../../../lambda/authorizer/read-request.ts", () =>
  counted("../../../lambda/authorizer/read-request.ts"),
);

function counted(path: string): object {
  return Object.fromEntries(
    Object.entries(jest.requireActual<object>(path)).map(([name, value]) => [
      name,
      typeof value === "function" ? jest.fn(value) : value,
    ]),
  );
}

const calls = () => ({
  segments: jest.mocked(segment.segmentsOf).mock.calls.length,
  device: jest.mocked(assessDevice.assessDevice).mock.calls.length,
  reads: jest.mocked(readRequest.readRequest).mock.calls.length,
});

let issuer: Awaited<ReturnType<typeof tokenIssuer>>;
beforeAll(async () => {
  issuer = await tokenIssuer();
});
beforeEach(() => jest.clearAllMocks());

/**
 * Authorizes an event, and makes all that is made of the result. Counts how often the score was
 * read out of the risk.
 */
async function answer(event: unknown, more: object = {}) {
  let scores = 0;
  const user = {
    get score() {
      scores += 1;
      return 12;
    },
    factors: {} as never,
    updatedAt: 1,
  };
  const ports = {
    ...strictPorts,
    now: Date.now,
    verifier: issuer.verifier,
    readRiskState: async () => ({ status: "known", user }) as const,
    ask,
    ...more,
  };
  const result = await authorize(event, ports, options);
  const response = renderResponse(result);
  const accessEvent = describeResult(result);
  const logger = { info: () => {} } as never;
  await report(result, accessEvent, 100, async () => {}, { logger, measure: () => {} });
  return { result, response, accessEvent, scores };
}

const staged = (event: object) => ({ ...event, stageVariables: { sallyport_enforce: "billing" } });

test("segments, device and risk score are worked out once for all that is made of a decision", async () => {
  const authorization = `Bearer ${await issuer.sign({ device_trust_level: "medium" })}`;
  const { result, response, accessEvent, scores } = await answer(staged(restEvent({ authorization })));
  expect({ ...calls(), scores }).toEqual({ segments: 1, device: 1, reads: 1, scores: 1 });
  expect(result.decision.outcome).toBe("allow");
  expect(response.context).toMatchObject({ deviceTrust: "medium", riskScore: 12, enforced: "false" });
  expect(accessEvent).toMatchObject({
    risk_score: 12,
    unmapped: { sallyport: { device_trust: "medium", segments: ["general"], enforced: false } },
  });
});

test("the segments of an unverified caller's request are worked out once, and no device", async () => {
  await answer(staged(restEvent()));
  expect(calls()).toEqual({ segments: 1, device: 0, reads: 1 });
});

test("a fault is denied without reading the event or placing the request again", async () => {
  const faults: unknown[] = [];
  const error = new Error("the table's adapter broke its promise");
  const authorization = `Bearer ${await issuer.sign({})}`;
  const { result } = await answer(restEvent({ authorization }), {
    readRiskState: () => Promise.reject(error),
    onFault: (fault: unknown) => void faults.push(fault),
  });
  expect(calls()).toEqual({ segments: 1, device: 0, reads: 1 });
  expect(faults).toEqual([error]);
  expect(result).toMatchObject({
    decisionId: "id",
    enforced: true,
    request: { path: "/api/orders" },
    caller: { status: "unverified", reason: "internal-fault" },
    decision: { outcome: "deny", reasons: ["internal-fault"] },
  });
});
