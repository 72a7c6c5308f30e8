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
