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

/** The five factors in the order in which a bar shows them. */
export const FACTORS = [
  ["impossibleTravel", "impossible travel"],
  ["failedAttempts", "failed attempts"],
  ["sensitiveDataAccess", "sensitive data"],
  ["unusualTime", "unusual time"],
  ["anomalousBehavior", "new browser"],
];

/** Where each factor's part of the bar begins. The parts keep one order, whatever order they came in. */
export function stacked(factors) {
  let from = 0;
  const parts = [];
  for (const [name] of FACTORS) {
    const points = factors.find((factor) => factor.name === name)?.points ?? 0;
    if (points > 0) parts.push({ name, from, points });
    from += points;
  }
  return parts;
}

/** Steps by chapter, in the order in which they are told. */
export function chapters(steps) {
  const byChapter = new Map();
  for (const step of steps) byChapter.set(step.chapter, [...(byChapter.get(step.chapter) ?? []), step]);
  return [...byChapter];
}

/** One status for several steps: the worst one that says something. */
export function summed(steps) {
  const has = (status) => steps.some((step) => step.status === status);
  if (has("differs")) return "differs";
  if (has("running")) return "running";
  if (has("waiting")) return has("matched") ? "running" : "waiting";
  return "matched";
}
