import { RISK_FACTORS } from "../../domain/risk/risk-state.ts";
// The page's own scripts are plain JavaScript modules, served as they are.

import type { FindingMessage, PageMessage } from "../../console/message.ts";
import {
  applyMessage,
  chapters,
  EMPTY,
  FACTORS,
  MOST_DECISIONS,
  type PageState,
  resetState,
  shownDecisions,
  stacked,
  summed,
} from "../../console/state.js";

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
const told = (messages: readonly PageMessage[], from: PageState = EMPTY): PageState =>
  messages.reduce(applyMessage, from);

describe("page state", () => {
  it("shows the newest decision first, each once, and no more than it may", () => {
    const many = Array.from({ length: MOST_DECISIONS + 5 }, (_, n) => decision(String(n)));
    const state = told([...many, decision("10")]);
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
    const state = told([step(2, "waiting"), step(0, "running"), step(1, "waiting"), step(0, "matched")]);
    expect(state.steps.map(({ index, status }) => [index, status])).toEqual([
      [0, "matched"],
      [1, "waiting"],
      [2, "waiting"],
    ]);
  });

  it("puts the riskiest user first and the newest finding first", () => {
    const state = told([
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

  it("filters by outcome, and keeps the reader's choice when the feed starts over", () => {
    const state = told([decision("a", "deny"), decision("b")], { ...EMPTY, show: "deny", link: "live" });
    expect(shownDecisions(state).map(({ id }) => id)).toEqual(["a"]);
    expect(resetState(state)).toEqual({ ...EMPTY, show: "deny", link: "live" });
    expect(applyMessage(state, { kind: "of a later version" } as unknown as PageMessage)).toBe(state);
  });
});

describe("what the page derives", () => {
  it("lays the factors end to end, in one order, without those of no points", () => {
    const factor = (name: string, points: number) => ({ name, label: name, points });
    const names = FACTORS.map(([name]) => name);
    const bar = stacked([...names].reverse().map((name, at) => factor(name, at === 0 ? 0 : 10)));
    expect(bar.map(({ name, from }) => [name, from])).toEqual(
      names.slice(0, 4).map((name, at) => [name, at * 10]),
    );
    expect(stacked([factor("of a later version", 10)])).toEqual([]);
  });

  it("knows every factor that a score can have", () => {
    expect(FACTORS.map(([name]) => name).sort()).toEqual([...RISK_FACTORS].sort());
  });

  it("groups steps by chapter and sums each chapter up by its worst step", () => {
    const step = (chapter: string, status: "waiting" | "running" | "matched" | "differs") =>
      ({ kind: "step", index: 0, chapter, name: "", status, expected: "", got: "" }) as const;
    const steps = [step("a", "matched"), step("a", "waiting"), step("b", "waiting"), step("c", "matched")];
    expect(chapters(steps).map(([name, some]) => [name, some.length, summed(some)])).toEqual([
      ["a", 2, "running"],
      ["b", 1, "waiting"],
      ["c", 1, "matched"],
    ]);
    expect(summed([step("a", "running"), step("a", "differs")])).toBe("differs");
  });
});
