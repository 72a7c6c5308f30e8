import type {
  AboutMessage,
  DecisionMessage,
  FindingMessage,
  PageMessage,
  RiskMessage,
  StepMessage,
} from "./message.ts";

/** All that the page shows; `link` and `show` are set in the page, the rest comes from the feed. */
export interface PageState {
  readonly link: "connecting" | "live" | "lost" | "closed";
  readonly show: DecisionFilter;
  readonly about: AboutMessage | undefined;
  readonly steps: readonly StepMessage[];
  /** Newest first */
  readonly decisions: readonly DecisionMessage[];
  /** Highest score first */
  readonly risks: readonly RiskMessage[];
  /** Newest first */
  readonly findings: readonly FindingMessage[];
}

export type DecisionFilter = "all" | DecisionMessage["outcome"];

/** Most decisions kept on the page; the feed keeps no more either. */
export const MOST_DECISIONS = 200;

export const EMPTY: PageState = {
  link: "connecting",
  show: "all",
  about: undefined,
  steps: [],
  decisions: [],
  risks: [],
  findings: [],
};

/** The page's next state after one message. Pure; a kind it does not know changes nothing. */
export function applyMessage(state: PageState, message: PageMessage): PageState {
  switch (message.kind) {
    case "about":
      return { ...state, about: message };
    case "step": {
      const steps = [...without(state.steps, message, "index"), message];
      return { ...state, steps: steps.sort((a, b) => a.index - b.index) };
    }
    case "decision": {
      const decisions = [message, ...without(state.decisions, message, "id")];
      return { ...state, decisions: decisions.slice(0, MOST_DECISIONS) };
    }
    case "risk": {
      const risks = [...without(state.risks, message, "key"), message];
      return { ...state, risks: risks.sort((a, b) => b.score - a.score) };
    }
    case "finding":
      return { ...state, findings: [message, ...without(state.findings, message, "id")] };
    default:
      return state;
  }
}

/** Forgets what the feed of an earlier start sent, and keeps what the reader chose. */
export const resetState = (state: PageState): PageState => ({ ...EMPTY, link: state.link, show: state.show });

function without<Item, Key extends keyof Item>(
  items: readonly Item[],
  item: Item,
  key: Key,
): readonly Item[] {
  return items.filter((other) => other[key] !== item[key]);
}
