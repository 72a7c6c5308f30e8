import type { Enforcement } from "../decision/enforcement.ts";
import type { ApiState, GatewayResponseState } from "./api-state.ts";
import type { Attachment } from "./attachment.ts";
import type { ChoiceOptions, RouteChoice } from "./route-choice.ts";
import type { Notice, Refusal, Step } from "./step.ts";

/** What the operator wants of an API. */
export interface AttachOptions extends ChoiceOptions {
  /** Role that API Gateway assumes to invoke the function */
  readonly credentialsArn?: string;
  /** Whether the function's resource policy is ours to change */
  readonly grant: boolean;
  /** Absent: those attached already, or else all that have a deployment */
  readonly stages?: readonly string[];
  /** Absent: as it is set; `none` where nothing is set and the authorizer is not asked yet */
  readonly enforce?: Enforcement;
  /** REST, 1 to 99. Absent: all of the traffic */
  readonly canaryPercent?: number;
  /** Go on although a stack owns the API */
  readonly acceptDrift: boolean;
  /** Take the place of gateway responses that the owner has set */
  readonly replaceGatewayResponses: boolean;
  /** What a REST API is to answer denials with */
  readonly gatewayResponses: readonly GatewayResponseState[];
}

export interface StagePlan {
  readonly name: string;
  /** The stage variable as it is, and as it will be; undefined: not set, which enforces everything */
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
  /** The record; absent: the API is not attached as far as anybody knows */
  readonly attachment?: Attachment;
  /** Source ARN of the statement in the function's resource policy, if it has one */
  readonly permission?: string;
}
