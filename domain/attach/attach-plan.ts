import type { Enforcement } from "../decision/enforcement.ts";
import type { ApiState, GatewayResponseState } from "./api-state.ts";
import type { Attachment } from "./attachment.ts";
import type { ChoiceOptions, RouteChoice } from "./route-choice.ts";
import type { Notice, Refusal, Step } from "./step.ts";

/** The operator's options for attaching an API. */
export interface AttachOptions extends ChoiceOptions {
  /** Role that API Gateway assumes to invoke the function */
  readonly credentialsArn?: string;
  /** Whether attaching may change the function's resource policy */
  readonly grant: boolean;
  /** Absent: the stages attached already, or else all that have a deployment */
  readonly stages?: readonly string[];
  /** Absent: the present mode; `none` where no mode is set and the authorizer is not called yet */
  readonly enforce?: Enforcement;
  /** REST, 1 to 99. Absent: all of the traffic */
  readonly canaryPercent?: number;
  /** Continue although a stack owns the API */
  readonly acceptDrift: boolean;
  /** Replace gateway responses that the owner has set */
  readonly replaceGatewayResponses: boolean;
  /** The responses of a REST API to denied requests */
  readonly gatewayResponses: readonly GatewayResponseState[];
}

export interface StagePlan {
  readonly name: string;
  /**
   * Present and planned value of the stage variable; undefined: not set, which enforces everything
   */
  readonly before: string | undefined;
  readonly enforce: string | undefined;
}

export interface AttachPlan {
  readonly routes: readonly RouteChoice[];
  readonly stages: readonly StagePlan[];
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Notice[];
  /** What is true of every attached API of this kind */
  readonly effects: readonly Notice[];
}

export interface PlanInput {
  readonly api: ApiState;
  readonly options: AttachOptions;
  /** The record; absent: no record says that the API is attached */
  readonly attachment?: Attachment;
  /** Source ARN of the statement in the function's resource policy, if it has one */
  readonly permission?: string;
}
