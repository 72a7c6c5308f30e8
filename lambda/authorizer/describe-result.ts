import { VERSION } from "../../contract/version.ts";
import type { DecisionDigests } from "../../domain/decision/digest.ts";
import { riskScoreOf } from "../../domain/decision/evaluate.ts";
import { type AccessEvent, describeAccess } from "../../domain/event/access-event.ts";
import type { Judgement } from "./authorize.ts";
import { answeredStatus, type ResponseFacts } from "./render-response.ts";

/** A judgement as the response and the event bus are told of it. */
export interface JudgementDescription {
  readonly facts: ResponseFacts;
  readonly accessEvent: AccessEvent;
}

/** Tells a judgement under one decision id; risk and device trust are left out for an unverified caller. Pure. */
export function describeJudgement(
  judgement: Judgement,
  decisionId: string,
  digests: DecisionDigests,
): JudgementDescription {
  const { request, identity, risk, device, decision, enforced, latency } = judgement;
  const verified = identity.status === "verified" ? identity : undefined;
  const riskScore = verified && riskScoreOf(verified, risk);
  const status = answeredStatus(judgement);
  const facts = {
    decisionId,
    ...(riskScore !== undefined && { riskScore }),
    ...(device !== undefined && { deviceTrust: device.trust }),
  };
  const record = {
    decisionId,
    ...(riskScore !== undefined && { riskScore }),
    ...(device !== undefined && { device }),
    request,
    evidence: identity,
    decision,
    ...(decision.asked !== undefined && { asked: decision.asked }),
    digests,
    enforced,
    latency,
    decidedAt: request.receivedAt + latency.total,
    ...(status !== undefined && { answeredStatus: status }),
  };
  return { facts, accessEvent: describeAccess(record, VERSION) };
}
