import type { Decision } from "../../../domain/decision/decision.ts";
import {
  askToAuthenticate,
  limitsOf,
  needsAuthentication,
  type TokenLimits,
  validateLifetime,
} from "../../../domain/evidence/token-limits.ts";
import { verifiedToken } from "../../support/domain/identities.ts";

const AT = 1_800_000_000;
const user = verifiedToken({ issuedAt: AT - 100, expiresAt: AT + 100, authenticatedAt: AT - 200 });
const service = { ...user, kind: "service" as const };
const reasonFor = (limits: TokenLimits, change: object = {}, seconds = AT) =>
  validateLifetime({ ...user, ...change }, limits, seconds * 1000);
const needs = (limits: TokenLimits, change: object = {}, seconds = AT) =>
  needsAuthentication({ ...user, ...change }, limits, seconds * 1000);

describe("limitsOf", () => {
  const issuers = [
    { issuer: "https://a.example", maxTokenAge: 600, maxAuthenticationAge: 900 },
    { issuer: "https://b.example", leeway: 2 },
  ];
  const segmentLimits = { billing: { leeway: 1, maxTokenAge: 300 }, export: { leeway: 3, maxTokenAge: 700 } };
  const of = (issuer: string, ...segments: string[]) =>
    limitsOf({ issuers, segmentLimits }, issuer, segments);

  test("takes the smallest of each, from issuer or segment", () => {
    expect(of("https://a.example")).toEqual({ leeway: 5, maxTokenAge: 600, maxAuthenticationAge: 900 });
    expect(of("https://a.example", "export")).toEqual({
      leeway: 3,
      maxTokenAge: 600,
      maxAuthenticationAge: 900,
    });
    expect(of("https://a.example", "export", "billing")).toEqual({
      leeway: 1,
      maxTokenAge: 300,
      maxAuthenticationAge: 900,
    });
    expect(of("https://b.example", "export")).toEqual({ leeway: 2, maxTokenAge: 700 });
  });

  test("knows no issuers or segments beyond those named, not even what every object has", () => {
    expect(of("https://c.example", "general", "constructor", "toString")).toEqual({});
    expect(limitsOf({}, "https://a.example", ["billing"])).toEqual({});
  });
});

describe("validateLifetime", () => {
  test.each<[string, TokenLimits, object, number, string | undefined]>([
    ["no limit", {}, {}, AT + 1000, undefined],
    ["expiry, within the leeway", { leeway: 3 }, {}, AT + 102.9, undefined],
    ["expiry, past the leeway", { leeway: 3 }, {}, AT + 103, "token-expired"],
    ["expiry without a leeway", { maxTokenAge: 900 }, {}, AT + 100, "token-expired"],
    ["nbf within the leeway", { leeway: 3 }, { notBefore: AT + 3 }, AT, undefined],
    ["nbf past the leeway", { leeway: 3 }, { notBefore: AT + 4 }, AT, "token-not-yet-valid"],
    ["iat past the leeway", { leeway: 0 }, { issuedAt: AT + 1 }, AT, "token-not-yet-valid"],
    ["auth_time past the leeway", { leeway: 0 }, { authenticatedAt: AT + 1 }, AT, "token-not-yet-valid"],
    ["an age a moment below the greatest", { maxTokenAge: 100 }, {}, AT - 0.1, undefined],
    ["exactly the greatest age", { maxTokenAge: 100 }, {}, AT, "token-too-old"],
    ["the greatest age within the leeway", { maxTokenAge: 100, leeway: 2 }, {}, AT + 1, undefined],
    ["the greatest age past the leeway", { maxTokenAge: 100, leeway: 2 }, {}, AT + 2, "token-too-old"],
    ["an old authentication, which is no flaw", { maxAuthenticationAge: 60 }, {}, AT, undefined],
  ])("%s", (_, limits, change, seconds, expected) => {
    expect(reasonFor(limits, change, seconds)).toBe(expected);
  });

  test("holds a service's token by its own age for the authentication of its client", () => {
    expect(reasonFor({ maxAuthenticationAge: 100 }, service)).toBeUndefined();
    expect(reasonFor({ maxAuthenticationAge: 99 }, service)).toBe("token-too-old");
    expect(reasonFor({ maxAuthenticationAge: 99, leeway: 1 }, service)).toBeUndefined();
    // Whatever it says of an authentication.
    for (const authenticatedAt of [undefined, AT]) {
      expect(reasonFor({ maxAuthenticationAge: 99 }, { ...service, authenticatedAt })).toBe("token-too-old");
    }
  });
});

describe("needsAuthentication", () => {
  test.each<[string, TokenLimits, object, boolean]>([
    ["no limit", {}, { authenticatedAt: undefined }, false],
    ["exactly as long ago as allowed", { maxAuthenticationAge: 200 }, {}, false],
    ["a second longer", { maxAuthenticationAge: 199 }, {}, true],
    ["a second longer, within the leeway", { maxAuthenticationAge: 199, leeway: 1 }, {}, false],
    ["at an unknown time", { maxAuthenticationAge: 1e9 }, { authenticatedAt: undefined }, true],
    [
      "of a service, never",
      { maxAuthenticationAge: 60 },
      { kind: "service", authenticatedAt: undefined },
      false,
    ],
  ])("%s", (_, limits, change, expected) => {
    expect(needs(limits, change)).toBe(expected);
  });
});

test("without a limit a decision stays as it is", () => {
  const decision: Decision = {
    outcome: "allow",
    reasons: ["policy-permits"],
    policies: ["p"],
    monitored: ["m"],
    segments: [],
  };
  expect(askToAuthenticate(decision, {}, {})).toBe(decision);
});
