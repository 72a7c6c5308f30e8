import type { FindingMessage, PageMessage } from "../../console/message.ts";
import { applyMessage, EMPTY, MOST_DECISIONS, type PageState, resetState } from "../../console/state.ts";

const decision = (id: string, outcome: "allow" | "deny" = "allow"): PageMessage => ({
  kind: "decision",
  id,
  at: 0,
  user: "u",
  api: "a",
  method: "GET",
  path: "/",
  outcome,
  enforced: true,
  reasons: [],
  latency: 1,
  place: "",
  address: "",
  agent: "",
});
const risk = (key: string, score: number): PageMessage => ({
  kind: "risk",
  key,
  user: key,
  score,
  factors: [],
  at: 0,
});
const finding = (id: string, severity: string): FindingMessage => ({
  kind: "finding",
  id,
  at: 0,
  severity,
  title: "",
  description: "",
  user: "",
  remediation: "",
  techniques: [],
  decisions: [],
});
const stateAfter = (messages: readonly PageMessage[], from: PageState = EMPTY): PageState =>
  messages.reduce(applyMessage, from);

describe("page state", () => {
  it("shows the newest decision first, each once, and no more than it may", () => {
    const many = Array.from({ length: MOST_DECISIONS + 5 }, (_, n) => decision(String(n)));
    const state = stateAfter([...many, decision("10")]);
    expect(state.decisions).toHaveLength(MOST_DECISIONS);
    expect(state.decisions[0]?.id).toBe("10");
    expect(state.decisions.filter(({ id }) => id === "10")).toHaveLength(1);
  });

  it("keeps steps in their order and takes a later word on one for the earlier", () => {
    const step = (index: number, status: "waiting" | "running" | "matched"): PageMessage => ({
      kind: "step",
      index,
      chapter: "",
      name: "",
      status,
      expected: "",
      got: "",
    });
    const state = stateAfter([
      step(2, "waiting"),
      step(0, "running"),
      step(1, "waiting"),
      step(0, "matched"),
    ]);
    expect(state.steps.map(({ index, status }) => [index, status])).toEqual([
      [0, "matched"],
      [1, "waiting"],
      [2, "waiting"],
    ]);
  });

  it("puts the riskiest user first and the newest finding first", () => {
    const state = stateAfter([
      risk("a", 10),
      risk("b", 20),
      risk("a", 30),
      finding("x", "MEDIUM"),
      finding("y", "MEDIUM"),
      finding("x", "HIGH"),
    ]);
    expect(state.risks.map(({ key, score }) => [key, score])).toEqual([
      ["a", 30],
      ["b", 20],
    ]);
    expect(state.findings).toEqual([finding("x", "HIGH"), finding("y", "MEDIUM")]);
  });

  it("keeps the reader's choice when the feed starts over, and ignores a kind that it does not know", () => {
    const state = stateAfter([decision("a", "deny"), decision("b")], {
      ...EMPTY,
      show: "deny",
      link: "live",
    });
    expect(resetState(state)).toEqual({ ...EMPTY, show: "deny", link: "live" });
    expect(applyMessage(state, { kind: "of a later version" } as unknown as PageMessage)).toBe(state);
  });
});
