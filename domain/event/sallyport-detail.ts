import type { AccessResult } from "../decision/access-result.ts";
import type { Decision } from "../decision/decision.ts";
import type { Digest } from "../decision/digest.ts";
import type { ReasonCode } from "../decision/reason.ts";
import { deviceIdOf } from "../evidence/registered-device.ts";
import { clip } from "./clip.ts";
import { type DeviceDetail, describeDevice } from "./device-detail.ts";
import { describeQuestion, type QuestionDetail } from "./question-detail.ts";

/** Raised when a reader of the layout before would misread an event. */
export const LAYOUT = 2;

/** What OCSF has no word for. */
export interface SallyportDetail extends DeviceDetail {
  /** Version of this object's own layout; absent in events of 0.1.0, which hold no question and no digests */
  readonly layout: typeof LAYOUT;
  /** What the decision was made by: the same policies are found by the same digest, which `cdk synth` prints */
  readonly policy_digest: Digest;
  readonly configuration_digest: Digest;
  readonly decision: Decision["outcome"];
  /** Whether the decision counted; if not, the request went through (monitor mode) */
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
  /** What the policies were asked; absent when the decision was made before */
  readonly asked?: QuestionDetail;
  /** Milliseconds by stage: verify, risk, evaluate */
  readonly latency: Readonly<Record<string, number>>;
}

/** @param path what the event says of the path, which may be a part of it */
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
    // A path that is not Unicode cannot be put to the policies, and the event bus might refuse it.
    ...(asked?.question.resource.path.isWellFormed() && { asked: describeQuestion(asked, path, deviceId) }),
    latency: result.latency,
  };
}
