import { type AskedQuestion, decideByPolicy } from "../../../domain/decision/decide-by-policy.ts";
import type { PolicyAnswer } from "../../../domain/decision/policy-question.ts";
import { answer, evaluation, forbid, SECONDS } from "../../support/domain/evaluation.ts";

const { asked } = evaluation();
if (asked === undefined) throw new Error("the evaluation asked no policy");
const acrValues = { mfa: ["urn:mfa"], "recent-authentication": ["urn:fresh"] };
const decide = (given: PolicyAnswer, limits: AskedQuestion["limits"] = {}, change: object = {}) =>
  decideByPolicy({ ...asked, limits, ...change }, () => given, acrValues);
const permit = answer({ verdict: "allow", determining: [{ id: "general", effect: "permit" }] });

/**
 * The question with a principal of a kind, and an authentication of so many seconds ago; absent:
 * not known when.
 */
const by = (kind: "user" | "service", age?: number) => {
  const { authenticatedAt: _, ...authentication } = asked.question.context.authentication;
  const at = age === undefined ? {} : { authenticatedAt: SECONDS - age };
  const context = { ...asked.question.context, authentication: { ...authentication, ...at } };
  return { question: { ...asked.question, principal: { ...asked.question.principal, kind }, context } };
};

describe("decideByPolicy", () => {
  test("names the policies that decided, those that only report, and the segments", () => {
    const given = answer({
      determining: [forbid("f", { reason: "role-missing" })],
      monitored: [forbid("m", { reason: "outside-hours" })],
    });
    expect(decide(given)).toEqual({
      outcome: "deny",
      reasons: ["role-missing"],
      policies: ["f"],
      monitored: ["m"],
      segments: ["general", "admin"],
    });
  });

  test("denies on an answer with errors, and names the segments", () => {
    expect(decide({ ...permit, errors: ["f erred"] })).toEqual({
      outcome: "deny",
      reasons: ["policy-error"],
      policies: [],
      monitored: [],
      segments: ["general", "admin"],
    });
  });

  test("denies where no forbid decided, even if a permit is named", () => {
    expect(decide(answer({ determining: [{ id: "p", effect: "permit" }] }))).toMatchObject({
      outcome: "deny",
      reasons: ["no-policy-permits"],
    });
  });

  test("takes a permit beside step-ups for no forbid", () => {
    const given = answer({
      determining: [{ id: "p", effect: "permit" }, forbid("s", { reason: "mfa-required", stepUp: "mfa" })],
    });
    expect(decide(given)).toMatchObject({ outcome: "step-up", reasons: ["mfa-required"] });
  });

  test("challenges for a kind once, without contexts where the deployment names none, and for any age", () => {
    const given = answer({
      determining: [
        forbid("a", { reason: "mfa-required", stepUp: "mfa" }),
        forbid("b", { reason: "mfa-required", stepUp: "mfa" }),
        forbid("c", { reason: "mfa-required", stepUp: "passkey" }),
      ],
    });
    expect(decide(given).challenge).toEqual({ kind: "mfa passkey", acrValues: ["urn:mfa"] });
  });

  test("names a reason once, final forbids first", () => {
    const given = answer({
      determining: [
        forbid("s", { reason: "mfa-required", stepUp: "mfa" }),
        forbid("f"),
        forbid("g"),
        forbid("h", { reason: "role-missing" }),
      ],
    });
    expect(decide(given).reasons).toEqual(["forbidden-by-policy", "role-missing", "mfa-required"]);
  });

  test("asks a user whose authentication is too old to authenticate again", () => {
    expect(decide(permit, { maxAuthenticationAge: 60 }, by("user", 61))).toEqual({
      outcome: "step-up",
      reasons: ["authentication-too-old"],
      policies: [],
      monitored: [],
      segments: ["general", "admin"],
      challenge: { kind: "recent-authentication", acrValues: ["urn:fresh"], maxAge: 60 },
    });
  });

  test.each([
    ["as old as the limit", { maxAuthenticationAge: 60 }, by("user", 60), "allow"],
    ["older, within the leeway", { maxAuthenticationAge: 60, leeway: 1 }, by("user", 61), "allow"],
    ["of an unknown age", { maxAuthenticationAge: 60 }, by("user"), "step-up"],
    ["of an unknown age, without a limit", {}, by("user"), "allow"],
    ["of a service", { maxAuthenticationAge: 60 }, by("service"), "allow"],
  ] as const)("decides by an authentication %s", (_, limits, change, outcome) => {
    expect(decide(permit, limits, change).outcome).toBe(outcome);
  });

  test("denies when the engine throws, and names the segments", () => {
    const throws = () => {
      throw new Error("engine");
    };
    expect(decideByPolicy(asked, throws, acrValues)).toMatchObject({
      outcome: "deny",
      reasons: ["policy-error"],
      segments: ["general", "admin"],
    });
  });
});
