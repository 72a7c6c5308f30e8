/** Most decisions kept on the page; the feed keeps no more either. */
export const MOST_DECISIONS = 200;

export const EMPTY = {
  link: "connecting",
  show: "all",
  about: undefined,
  steps: [],
  decisions: [],
  risks: [],
  findings: [],
};

/** The page's next state after one message. Pure; a kind it does not know changes nothing. */
export function applyMessage(state, message) {
  switch (message.kind) {
    case "about":
      return { ...state, about: message };
    case "step":
      return { ...state, steps: replaced(state.steps, message, "index").sort((a, b) => a.index - b.index) };
    case "decision":
      return {
        ...state,
        decisions: [message, ...without(state.decisions, message, "id")].slice(0, MOST_DECISIONS),
      };
    case "risk":
      return { ...state, risks: replaced(state.risks, message, "key").sort((a, b) => b.score - a.score) };
    case "finding":
      return { ...state, findings: [message, ...without(state.findings, message, "id")] };
    default:
      return state;
  }
}

/** Forgets what a feed of an earlier start said, and keeps what the reader chose. */
export const resetState = (state) => ({ ...EMPTY, link: state.link, show: state.show });

export const shownDecisions = ({ decisions, show }) =>
  show === "all" ? decisions : decisions.filter(({ outcome }) => outcome === show);

const without = (list, item, key) => list.filter((other) => other[key] !== item[key]);
const replaced = (list, item, key) => [...without(list, item, key), item];
