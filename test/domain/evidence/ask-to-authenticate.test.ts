import type { Decision } from "../../../domain/decision/decision.ts";
import {
  askToAuthenticate,
  limitsOf,
  strictestOf,
  validateLifetime,
} from "../../../domain/evidence/token-limits.ts";
import { verifiedToken } from "../../support/domain/identities.ts";

const decision = (change: Partial<Decision>): Decision => ({
  outcome: "allow",
  reasons: ["policy-permits"],
  policies: ["p"],
  monitored: ["m"],
  segments: ["s"],
  ...change,
});
const acrValues = { "recent-authentication": ["fresh", "urn:mfa"] };
const LIMIT = { maxAuthenticationAge: 60 };
const mfa = decision({
  outcome: "step-up",
  reasons: ["mfa-required", "risk-elevated"],
  challenge: { kind: "mfa", acrValues: ["urn:mfa"] },
});

describe("askToAuthenticate", () => {
  test("makes a challenge of a permission, for which no policy asked", () => {
    expect(askToAuthenticate(decision({}), LIMIT, acrValues)).toEqual({
      outcome: "step-up",
      reasons: ["authentication-too-old"],
      policies: [],
      monitored: ["m"],
      segments: ["s"],
      challenge: { kind: "recent-authentication", acrValues: ["fresh", "urn:mfa"], maxAge: 60 },
    });
  });

  test("names no contexts where the deployment has none for a new sign-in", () => {
    expect(askToAuthenticate(decision({}), LIMIT, {}).challenge?.acrValues).toEqual([]);
  });

  test("leaves a denial as it is", () => {
    const denied = decision({ outcome: "deny", reasons: ["role-missing"] });
    expect(askToAuthenticate(denied, LIMIT, acrValues)).toBe(denied);
  });

  test("leaves every decision as it is without a limit", () => {
    expect(askToAuthenticate(decision({}), {}, acrValues)).toEqual(decision({}));
    expect(askToAuthenticate(mfa, {}, acrValues)).toBe(mfa);
  });

  test("joins the policies' challenge, and names each context once", () => {
    expect(askToAuthenticate(mfa, LIMIT, acrValues)).toEqual({
      ...mfa,
      reasons: ["mfa-required", "risk-elevated", "authentication-too-old"],
      challenge: { kind: "mfa recent-authentication", acrValues: ["urn:mfa", "fresh"], maxAge: 60 },
    });
  });

  test("keeps the kinds of a challenge apart, and names a new sign-in once", () => {
    const challenge = { kind: "mfa recent-authentication", acrValues: [] };
    expect(askToAuthenticate({ ...mfa, challenge }, LIMIT, {}).challenge?.kind).toBe(
      "mfa recent-authentication",
    );
  });

  test.each([
    [30, 30],
    [90, 60],
  ])("asks for the lesser of the policies' age of %d and the limit", (maxAge, expected) => {
    const challenge = { kind: "mfa", acrValues: [], maxAge };
    expect(askToAuthenticate({ ...mfa, challenge }, LIMIT, {}).challenge?.maxAge).toBe(expected);
  });

  test("names its reason once, and leaves it first where a policy gave it first", () => {
    const first = decision({ ...mfa, reasons: ["authentication-too-old", "mfa-required"] });
    expect(askToAuthenticate(first, LIMIT, {}).reasons).toEqual(["authentication-too-old", "mfa-required"]);
    const second = decision({ ...mfa, reasons: ["mfa-required", "authentication-too-old", "risk-elevated"] });
    expect(askToAuthenticate(second, LIMIT, {}).reasons).toEqual([
      "mfa-required",
      "risk-elevated",
      "authentication-too-old",
    ]);
  });
});

test("The limits of a request leave out what neither issuer nor segment sets", () => {
  expect(limitsOf({ segmentLimits: { a: { maxTokenAge: 1 } } }, "i", ["a", "b"])).toStrictEqual({
    maxTokenAge: 1,
  });
  expect(limitsOf({ issuers: [{ issuer: "i" }] }, "i", [])).toStrictEqual({ leeway: 5 });
  expect(strictestOf([])).toStrictEqual({});
  expect(strictestOf([{ leeway: 0 }, { leeway: 3 }])).toStrictEqual({ leeway: 0 });
});

test("A token without a limit on its age counts however old it is, until it expires", () => {
  const token = verifiedToken({ issuedAt: 0, expiresAt: 1e9 });
  expect(validateLifetime(token, { leeway: 5 }, 9e11)).toBeUndefined();
  expect(validateLifetime({ ...token, kind: "service" }, { leeway: 5 }, 9e11)).toBeUndefined();
});
