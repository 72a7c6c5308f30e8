import { readFileSync } from "node:fs";
import { join } from "node:path";
import { denial } from "../../../domain/decision/decision.ts";
import { type AccessEvent, describeAccess } from "../../../domain/event/access-event.ts";
import { askAgain, departuresFrom } from "../../../domain/event/ask-again.ts";
import { readQuestion } from "../../../domain/event/read-question.ts";
import type { Identity } from "../../../domain/evidence/identity.ts";
import { accessResult } from "../../support/domain/access-events.ts";
import { answer, evaluation, identity, type Parts, request } from "../../support/domain/evaluation.ts";

const golden = (name: string): AccessEvent =>
  JSON.parse(readFileSync(join(__dirname, "../../support/golden", name), "utf8"));
const never = () => {
  throw new Error("the policies were asked");
};

/**
 * The event of a judged request, after its way through JSON, with the question as it was put to the
 * policies.
 */
function recorded(parts: Parts = {}) {
  const { question, ...evaluated } = evaluation(parts);
  const result = {
    ...accessResult(),
    ...evaluated,
    request: { ...request, ...parts.request },
    caller: { ...identity, ...parts.identity } as Identity,
  };
  return {
    event: JSON.parse(JSON.stringify(describeAccess(result, "1"))) as AccessEvent,
    question,
    decision: evaluated.decision,
  };
}

describe("askAgain", () => {
  test("asks the very question again, and an unchanged answer is the recorded decision", () => {
    const { event, question, decision } = recorded();
    const questions: unknown[] = [];
    const again = askAgain(event, (asked) => {
      questions.push(asked);
      return answer({ verdict: "allow", determining: [{ id: "general", effect: "permit" }] });
    });
    expect(questions).toEqual([question]);
    expect(again).toEqual({ status: "asked", decision });
    expect(departuresFrom(event, decision)).toEqual([]);
  });

  test("names each part of a decision that differs from the recorded one", () => {
    const { event, decision } = recorded();
    expect(departuresFrom(event, { ...decision, monitored: ["trial"] })).toEqual(["monitored"]);
    expect(departuresFrom(event, denial("role-missing"))).toEqual([
      "outcome",
      "reasons",
      "policies",
      "segments",
    ]);
    const challenge = { kind: "mfa", acrValues: [] };
    expect(departuresFrom(event, { ...decision, challenge })).toEqual(["challenge"]);
  });

  test("asks for a new authentication again where the limits did", () => {
    const issuers = [{ issuer: identity.issuer, maxAuthenticationAge: 60 }];
    const { event, decision } = recorded({ settings: { issuers } });
    expect(decision.reasons).toEqual(["authentication-too-old"]);
    const allow = answer({ verdict: "allow", determining: [{ id: "general", effect: "permit" }] });
    const again = askAgain(event, () => allow);
    expect(again).toMatchObject({ status: "asked", decision: { reasons: ["authentication-too-old"] } });
    if (again.status === "asked") expect(departuresFrom(event, again.decision)).toEqual([]);
  });

  test("keeps a path and a device id that are too long for the event's own fields", () => {
    const path = `/${"long/".repeat(600)}end`;
    const deviceId = "d".repeat(2000);
    const { event, question } = recorded({ request: { path }, identity: { deviceId } });
    expect(event.http_request.url.path).toHaveLength(1024);
    expect(readQuestion(event)?.question).toEqual(question);
    expect(question?.resource.path).toBe(path);
  });

  test("states the reason of a decision that no policy was asked about, and asks none", () => {
    const decision = denial("token-expired", ["general"]);
    const event = describeAccess({ ...accessResult(), decision }, "1");
    expect(askAgain(event, never)).toEqual({
      status: "decided-before-policy",
      reason: "token-expired",
      decision,
    });
    expect(departuresFrom(event, decision)).toEqual([]);
  });

  test("takes a path that is not Unicode for one that no policy was asked about: no engine can take it", () => {
    const { event } = recorded({ request: { path: "/api/\ud800" }, answer: answer({ errors: ["no"] }) });
    expect(event.unmapped.sallyport.asked).toBeUndefined();
    expect(askAgain(event, never)).toMatchObject({
      status: "decided-before-policy",
      reason: "policy-error",
    });
  });

  test("says of an event of 0.1.0, of a later layout or with an unknown reason why it cannot be asked again", () => {
    expect(askAgain(golden("access-event-0.1.0.json"), never)).toMatchObject({
      status: "unreadable",
      why: expect.stringContaining("0.1.0"),
    });
    const { event } = recorded();
    const later = { ...event, unmapped: { sallyport: { ...event.unmapped.sallyport, layout: 3 } } };
    expect(askAgain(later as never, never)).toMatchObject({
      status: "unreadable",
      why: "the event has layout version 3; this version of Sallyport reads 2",
    });
    const odd = { ...describeAccess(accessResult(), "1"), status_code: "because" };
    expect(askAgain(odd as never, never)).toMatchObject({ status: "unreadable" });
  });

  test("an event of layout 2 is read by every later version", () => {
    expect(readQuestion(golden("access-event-layout-2.json"))).toEqual({
      at: 1_772_445_600_253,
      limits: { maxAuthenticationAge: 3600, leeway: 5 },
      question: {
        principal: {
          kind: "user",
          issuer: "https://id.example.com",
          subject: "alice",
          roles: ["sales", "reader"],
          scopes: ["orders"],
          clientId: "web",
        },
        method: "GET",
        resource: {
          api: "a1b2c3",
          stage: "prod",
          path: "/api/billing/7",
          segments: ["general", "billing"],
        },
        context: {
          authentication: { mfa: false, authenticatedAt: 1_772_444_990, issuedAt: 1_772_445_000 },
          device: {
            id: "laptop-7",
            trust: "medium",
            trustRank: 2,
            proven: true,
            registered: true,
            posture: "unknown",
            quarantined: true,
          },
          session: { id: "session-1", revoked: true, quarantined: true },
          user: { tokensRevoked: true, quarantined: true },
          risk: { known: true, score: 12, elevatedAt: 1_772_440_000 },
          network: { address: "192.0.2.7", country: "DE" },
          time: { epochSeconds: 1_772_445_600, hour: 11, minute: 0, dayOfWeek: 1 },
          deployment: { countries: ["DE", "FR"] },
        },
      },
    });
  });
});
