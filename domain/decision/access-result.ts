import type { AccessRequest } from "../evidence/access-request.ts";
import type { DeviceJudgement } from "../evidence/assess-device.ts";
import type { IdentityEvidence } from "../evidence/identity.ts";
import type { RiskScore } from "../risk/risk-state.ts";
import type { EpochMs } from "../time.ts";
import type { AskedQuestion } from "./decide-by-policy.ts";
import type { Decision } from "./decision.ts";
import type { DecisionDigests } from "./digest.ts";

/** All that is known about one judgement when it is over. */
export interface AccessRecord {
  readonly decisionId: string;
  readonly request: AccessRequest;
  readonly evidence: IdentityEvidence;
  readonly decision: Decision;
  /** What the policies were asked; absent when the decision was made before */
  readonly asked?: AskedQuestion;
  readonly digests: DecisionDigests;
  readonly enforced: boolean;
  /** Absent when risk was not read or not known */
  readonly riskScore?: RiskScore;
  readonly device?: DeviceJudgement;
  /** Status that the gateway answers with; absent for what goes through */
  readonly answeredStatus?: number;
  readonly latency: Readonly<Record<string, number>>;
  readonly decidedAt: EpochMs;
}
