import type { PolicyAnswer } from "../../../domain/decision/policy-question.ts";
import type { ReasonCode } from "../../../domain/decision/reason.ts";
import { type AccessEvent, describeAccess } from "../../../domain/event/access-event.ts";
import { completePoints, type UserRisk } from "../../../domain/risk/risk-state.ts";
import { runScenario } from "../../../local/scenario/run.ts";
import type { FindingStep, RequestStep, ScoreStep, Step } from "../../../local/scenario/step.ts";
import { until } from "../../../local/scenario/until.ts";
import type { Answer, SeenFinding, World } from "../../../local/scenario/world.ts";
import { accessResult, DIGESTS } from "../../support/domain/access-events.ts";
import { evaluation } from "../../support/domain/evaluation.ts";

const event = (decision: string, reason: ReasonCode): AccessEvent =>
  ({ status_code: reason, unmapped: { sallyport: { decision } } }) as unknown as AccessEvent;

const BODY = {
  error: "insufficient_user_authentication",
  challenge: "mfa",
  sessionId: "s",
  caller: { userId: "anna", roles: "sales", deviceTrust: "medium" },
};
const ANSWER: Answer = {
  status: 401,
  headers: { "www-authenticate": 'Bearer error="x", acr_values="y"' },
  text: JSON.stringify(BODY),
  requestId: "r",
};
const REQUEST: RequestStep = {
  kind: "request",
  chapter: "c",
  name: "n",
  persona: "anna",
  api: "rest",
  method: "GET",
  path: "/api/orders",
  expect: {
    status: 401,
    outcome: "step-up",
    reason: "mfa-required",
    body: { error: "insufficient_user_authentication", challenge: "mfa", sessionId: "s" },
    backendGets: { userId: "anna", roles: "sales", deviceTrust: "medium" },
    challenge: ['error="x"', "acr_values="],
  },
};

const PERMITTED: PolicyAnswer = {
  verdict: "allow",
  determining: [{ id: "p", effect: "permit" }],
  monitored: [],
  errors: [],
};

/** A world in which everything is as REQUEST expects, except for what is given. */
function world(given: Partial<World> & { answers?: readonly Answer[] } = {}): World {
  let nth = 0;
  const answers = given.answers ?? [ANSWER];
  return {
    send: async () => {
      const answer = answers[Math.min(nth, answers.length - 1)]!;
      nth += 1;
      return { ...answer, requestId: `r-${nth}` };
    },
    eventsOf: async () => [event("step-up", "mfa-required")],
    riskOf: async () => undefined,
    findingsOf: () => [],
    policies: () => ({ ask: () => PERMITTED, digest: DIGESTS.policies }),
    authenticateAgain: async () => undefined,
    endSession: async () => undefined,
    until: (read, accept) => until(read, accept, 60),
    ...given,
  };
}

const run = async (step: Step, in_: World) => (await runScenario([step], in_))[0]!;

describe("a request step", () => {
  it("matches when status, decision, reason, body, backend, challenge and the count of events do", async () => {
    expect(await run(REQUEST, world())).toMatchObject({
      matched: true,
      expected: "401 step-up mfa-required",
      got: "401 step-up mfa-required",
    });
  });

  it("differs when any one of them does, and says which", async () => {
    const answering = (change: Partial<Answer>) => world({ answers: [{ ...ANSWER, ...change }] });
    const bodied = (change: object) => answering({ text: JSON.stringify({ ...BODY, ...change }) });
    const worldWith = (...events: AccessEvent[]) => world({ eventsOf: async () => events });
    const cases: readonly (readonly [World, RegExp])[] = [
      [answering({ status: 403 }), /status is 403, not 401/],
      [answering({ headers: {} }), /WWW-Authenticate lacks error="x"/],
      [answering({ text: "not JSON" }), /body.error is absent/],
      [answering({ text: "null" }), /body.error is absent/],
      [bodied({ sessionId: "other" }), /body.sessionId is "other"/],
      [bodied({ caller: { ...BODY.caller, roles: "admin" } }), /the backend's roles is "admin", not "sales"/],
      [bodied({ caller: undefined }), /the backend's userId is absent/],
      [worldWith(), /no decision seen.*events is 0, not 1/],
      [worldWith(event("allow", "mfa-required")), /decision is "allow"/],
      [worldWith(event("step-up", "risk-elevated")), /reason is "risk-elevated"/],
      [worldWith(event("step-up", "mfa-required"), event("step-up", "mfa-required")), /events is 2, not 1/],
    ];
    for (const [broken, says] of cases) {
      const { matched, got, differences } = await run(REQUEST, broken);
      expect([matched, [got, ...(differences ?? [])].join(" ")]).toEqual([
        false,
        expect.stringMatching(says),
      ]);
    }
  });

  it("differs when a single one of many requests is answered otherwise", async () => {
    const step: Step = { ...REQUEST, times: 5 };
    expect((await run(step, world())).matched).toBe(true);
    const once = [ANSWER, ANSWER, { ...ANSWER, status: 500 }, ANSWER, ANSWER];
    expect((await run(step, world({ answers: once }))).matched).toBe(false);
  });
});

const NONE = completePoints();

describe("a score step", () => {
  const step: ScoreStep = {
    kind: "score",
    chapter: "c",
    name: "n",
    persona: "mara",
    expect: { score: 30, factors: { impossibleTravel: 30 } },
  };
  const scores = (...risks: (UserRisk | undefined)[]) =>
    world({ riskOf: async () => (risks.length > 1 ? risks.shift() : risks[0]) });

  it("waits until the score is there", async () => {
    const right = { score: 30, factors: { ...NONE, impossibleTravel: 30 }, updatedAt: 1 };
    expect(await run(step, scores(undefined, { ...right, score: 10 }, right))).toMatchObject({
      matched: true,
      got: "score 30 (travel 30)",
    });
  });

  it("differs when the score never comes, or comes from other factors", async () => {
    expect(await run(step, scores(undefined))).toMatchObject({ matched: false, got: "no score saved" });
    const other = { score: 30, factors: { ...NONE, failedAttempts: 30 }, updatedAt: 1 };
    expect(await run(step, scores(other))).toMatchObject({ matched: false, got: "score 30 (failures 30)" });
  });
});

describe("a finding step", () => {
  const step = (expect_: FindingStep["expect"]): FindingStep => ({
    kind: "finding",
    chapter: "c",
    name: "n",
    persona: "mara",
    expect: expect_,
  });
  const high = step({ severity: "HIGH", factors: ["failedAttempts", "impossibleTravel"] });
  const finding: SeenFinding = { id: "1", severity: "HIGH", factors: ["impossibleTravel", "failedAttempts"] };
  const findings = (...seen: SeenFinding[]) => world({ findingsOf: () => seen });

  it("matches exactly one finding of the severity and the factors", async () => {
    expect((await run(high, findings(finding))).matched).toBe(true);
    for (const seen of [
      [],
      [finding, { ...finding, id: "2" }],
      [{ ...finding, severity: "MEDIUM" }],
      [{ ...finding, factors: ["impossibleTravel"] as const }],
    ]) {
      expect((await run(high, findings(...seen))).matched).toBe(false);
    }
  });

  it("tells none from some", async () => {
    expect((await run(step({ severity: "none" }), findings())).matched).toBe(true);
    expect((await run(step({ severity: "none" }), findings(finding))).matched).toBe(false);
  });
});

describe("a replay step", () => {
  const replay: Step = { kind: "replay", chapter: "c", name: "again" };
  const { decision, asked } = evaluation({ answer: PERMITTED });
  const result = { ...accessResult(), decision, ...(asked !== undefined && { asked }) };
  const recorded = describeAccess(result, "1");
  const refused = describeAccess(accessResult(), "1");
  const replayed = async (given: Partial<World>) =>
    (await runScenario([REQUEST, REQUEST, replay], world(given)))[2]!;

  it("matches when every event gets its decision again, and says how many were decided without a policy", async () => {
    const events = async (id: string) => [id === "r-1" ? recorded : refused];
    expect(await replayed({ eventsOf: events })).toMatchObject({
      matched: true,
      got: "1 evaluated again, 1 decided before the policies",
    });
  });

  it("differs when the policies decide otherwise, or are not those of the event, or no event holds a question", async () => {
    const denied = { ...PERMITTED, verdict: "deny" as const, determining: [] };
    const eventsOf = async () => [recorded];
    const otherwise = { ask: () => denied, digest: DIGESTS.policies };
    expect((await replayed({ eventsOf, policies: () => otherwise })).differences).toEqual(
      expect.arrayContaining([expect.stringMatching(/: outcome differs$/)]),
    );
    const others = { ask: () => PERMITTED, digest: DIGESTS.configuration };
    expect((await replayed({ eventsOf, policies: () => others })).differences).toEqual(
      Array(2).fill(expect.stringMatching(/: policy_digest differs$/)),
    );
    expect((await replayed({ eventsOf: async () => [refused] })).matched).toBe(false);
  });
});

describe("the run", () => {
  it("goes on after a step that differs, tells the listener of each, and counts every request's events at the end", async () => {
    const seen: string[] = [];
    const events: Step = { kind: "events", chapter: "c", name: "count" };
    const perRequest: Record<string, AccessEvent[]> = {
      "r-1": [event("step-up", "mfa-required")],
      "r-2": [],
      "r-3": [event("step-up", "mfa-required"), event("step-up", "mfa-required")],
    };
    const results = await runScenario(
      [REQUEST, REQUEST, REQUEST, events],
      world({ eventsOf: async (id) => perRequest[id] ?? [] }),
      {
        onStart: (step) => {
          seen.push(`start ${step.kind}`);
        },
        onEnd: ({ matched }) => {
          seen.push(`end ${matched}`);
        },
      },
    );
    expect(results.map(({ index, matched }) => [index, matched])).toEqual([
      [0, true],
      [1, false],
      [2, false],
      [3, false],
    ]);
    expect(results[3]?.got).toBe("3 requests, 1 without an event, 1 with several");
    expect(seen).toEqual(results.flatMap(({ step, matched }) => [`start ${step.kind}`, `end ${matched}`]));
    const good = await runScenario([REQUEST, events], world());
    expect(good[1]).toMatchObject({ matched: true, got: "1 requests, 1 events" });
  });

  it("acts on the persona that the step names", async () => {
    const done: string[] = [];
    const acting = world({
      authenticateAgain: async (persona) => void done.push(`again ${persona}`),
      endSession: async (persona) => void done.push(`end ${persona}`),
    });
    for (const act of ["authenticate-again", "end-session"] as const) {
      await run({ kind: "act", chapter: "c", name: "n", persona: "rosa", act }, acting);
    }
    expect(done).toEqual(["again rosa", "end rosa"]);
  });

  it("rejects when the world breaks, instead of calling it a difference", async () => {
    const broken = world({ send: () => Promise.reject(new Error("connection refused")) });
    await expect(runScenario([REQUEST], broken)).rejects.toThrow("connection refused");
  });
});
