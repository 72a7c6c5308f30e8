import type { AccessResult } from "../decision/access-result.ts";
import type { Decision } from "../decision/decision.ts";
import type { Digest } from "../decision/digest.ts";
import type { ReasonCode } from "../decision/reason.ts";
import { deviceIdOf } from "../evidence/registered-device.ts";
import { clip } from "./clip.ts";
import { type DeviceDetail, describeDevice } from "./device-detail.ts";
import { describeQuestion, type QuestionDetail } from "./question-detail.ts";

/** Incremented when a reader of the previous layout would misread an event. */
export const LAYOUT = 2;

/** Fields that OCSF does not have. */
export interface SallyportDetail extends DeviceDetail {
  /**
   * Layout version of this object; absent in events of 0.1.0, which have no question and no digests
   */
  readonly layout: typeof LAYOUT;
  /**
   * Digest of the policies that made the decision; `cdk synth` prints the digest of a deployment
   */
  readonly policy_digest: Digest;
  readonly configuration_digest: Digest;
  readonly decision: Decision["outcome"];
  /** Whether the decision was enforced; if not, the request was passed on (monitor mode) */
  readonly enforced: boolean;
  readonly reasons: readonly ReasonCode[];
  readonly segments: readonly string[];
  /** Ids of report-only policies that would have forbidden the request */
  readonly monitored: readonly string[];
  readonly api_id: string;
  readonly stage: string;
  readonly route?: string;
  readonly device_id?: string;
  readonly challenge?: string;
  /** The policy question; absent when the decision was made without the policies */
  readonly asked?: QuestionDetail;
  /** Milliseconds by stage: verify, risk, evaluate */
  readonly latency: Readonly<Record<string, number>>;
}

/** @param path the path in the event, which may be shortened */
export function describeDetail(result: AccessResult, path: string): SallyportDetail {
  const { request, caller, decision, digests, asked } = result;
  const id = caller.status === "verified" ? deviceIdOf(caller) : undefined;
  const deviceId = id === undefined ? undefined : clip(id);
  return {
    layout: LAYOUT,
    policy_digest: digests.policies,
    configuration_digest: digests.configuration,
    decision: decision.outcome,
    enforced: result.enforced,
    reasons: decision.reasons,
    segments: decision.segments,
    monitored: decision.monitored,
    api_id: request.apiId,
    stage: request.stage,
    ...(request.route !== undefined && { route: clip(request.route) }),
    ...(deviceId !== undefined && { device_id: deviceId }),
    ...describeDevice(result.device),
    ...(decision.challenge !== undefined && { challenge: decision.challenge.kind }),
    // The policies cannot receive a path that is not Unicode, and the event bus might reject it.
    ...(asked?.question.resource.path.isWellFormed() && { asked: describeQuestion(asked, path, deviceId) }),
    latency: result.latency,
  };
}
