import type { ApiState, GatewayResponseState } from "./api-state.ts";
import type { Attachment } from "./attachment.ts";
import type { Notice, Refusal, Step } from "./step.ts";

export interface RestoreInput {
  readonly api: ApiState;
  readonly attachment: Pick<Attachment, "functionArn" | "snapshot">;
  /** Source ARN of the statement in the function's resource policy, if it has one */
  readonly permission?: string;
  /** Whether the function's resource policy is ours to change */
  readonly grant: boolean;
  /** Opens routes that ask the authorizer and are in no snapshot */
  readonly openNewRoutes: boolean;
  /** What attaching lets a REST API answer denials with */
  readonly gatewayResponses: readonly GatewayResponseState[];
}

export interface RestorePlan {
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Notice[];
}

export interface StageRestore {
  readonly steps: readonly Step[];
  /** The deployment that answers it in the end; undefined: a new one */
  readonly serves?: string;
  readonly warnings: readonly Notice[];
}
