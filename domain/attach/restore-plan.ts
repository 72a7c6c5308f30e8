import type { ApiState, GatewayResponseState } from "./api-state.ts";
import type { Attachment } from "./attachment.ts";
import type { Notice, Refusal, Step } from "./step.ts";

export interface RestoreInput {
  readonly api: ApiState;
  readonly attachment: Pick<Attachment, "functionArn" | "snapshot">;
  /** Source ARN of the statement in the function's resource policy, if it has one */
  readonly permission?: string;
  /** Whether rollback may change the function's resource policy */
  readonly grant: boolean;
  /** Opens routes that have the authorizer and are in no snapshot */
  readonly openNewRoutes: boolean;
  /** The gateway responses for denials that attaching sets in a REST API */
  readonly gatewayResponses: readonly GatewayResponseState[];
}

export interface RestorePlan {
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Notice[];
}

export interface StageRestore {
  readonly steps: readonly Step[];
  /** The deployment that serves the stage in the end; undefined: a new one */
  readonly serves?: string;
  readonly warnings: readonly Notice[];
}
