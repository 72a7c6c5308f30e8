import type {
  AboutMessage,
  DecisionMessage,
  FindingMessage,
  PageMessage,
  RiskMessage,
  StepMessage,
} from "./message.ts";

/** All that the page shows; `link` and `show` are the reader's own, the rest is told by the feed. */
export interface PageState {
  readonly link: "connecting" | "live" | "lost" | "closed";
  readonly show: "all" | DecisionMessage["outcome"];
  readonly about: AboutMessage | undefined;
  readonly steps: readonly StepMessage[];
  readonly decisions: readonly DecisionMessage[];
  readonly risks: readonly RiskMessage[];
  readonly findings: readonly FindingMessage[];
}

export declare const MOST_DECISIONS: number;
export declare const EMPTY: PageState;
export declare function applyMessage(state: PageState, message: PageMessage): PageState;
export declare function resetState(state: PageState): PageState;
export declare function shownDecisions(state: PageState): readonly DecisionMessage[];
export declare const FACTORS: readonly (readonly [name: string, label: string])[];
export declare function stacked(
  factors: RiskMessage["factors"],
): readonly { readonly name: string; readonly from: number; readonly points: number }[];
export declare function chapters(
  steps: readonly StepMessage[],
): readonly (readonly [string, readonly StepMessage[]])[];
export declare function summed(steps: readonly StepMessage[]): StepMessage["status"];
