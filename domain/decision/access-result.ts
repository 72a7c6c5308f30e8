import type { AccessRequest } from "../evidence/access-request.ts";
import type { Caller } from "../evidence/identity.ts";
import type { RiskState } from "../risk/risk-state.ts";
import type { DecisionDigests } from "./digest.ts";
import type { Evaluation } from "./evaluate.ts";

/** The stages of a decision that are timed. */
export type Stage = "verify" | "risk" | "evaluate" | "total";

/**
 * One request, its decision and the evidence. The response, the access event, the log line and the
 * metrics use only this.
 */
export interface AccessResult extends Evaluation {
  /** 22 characters; equal ids mean the same decision */
  readonly decisionId: string;
  readonly request: AccessRequest;
  readonly caller: Caller;
  readonly risk: RiskState;
  /**
   * Whether the decision is enforced. If not, the request is passed on with any decision (monitor
   * mode)
   */
  readonly enforced: boolean;
  /** For the client's next DPoP proof; only where nonces are required */
  readonly dpopNonce?: string;
  readonly digests: DecisionDigests;
  /** Milliseconds by stage */
  readonly latency: Readonly<Record<Stage, number>>;
}

/** Whether the request reaches the back end. */
export function goesThrough({ decision, enforced }: Pick<AccessResult, "decision" | "enforced">): boolean {
  return decision.outcome === "allow" || !enforced;
}
