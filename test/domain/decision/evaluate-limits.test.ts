import { answer, evaluation, forbid, type Parts } from "../../support/domain/evaluation.ts";

describe("evaluate, within limits", () => {
  const issuer = "https://issuer.example";
  const limited = (limits: object, more: Parts = {}) =>
    evaluation({ ...more, settings: { issuers: [{ issuer }], segmentLimits: { admin: limits } } });

  test("refuses a token that the segment finds too old, and asks no policy", () => {
    const { decision, question } = limited({ maxTokenAge: 60 });
    expect(decision).toEqual({
      outcome: "deny",
      reasons: ["token-too-old"],
      policies: [],
      monitored: [],
      segments: ["general", "admin"],
    });
    expect(question).toBeUndefined();
    expect(limited({ maxTokenAge: 60 }, { request: { path: "/api/orders" } }).decision.outcome).toBe("allow");
  });

  test("challenges a user who authenticated too long ago where policies permit", () => {
    expect(limited({ maxAuthenticationAge: 60 }).decision).toEqual({
      outcome: "step-up",
      reasons: ["authentication-too-old"],
      policies: [],
      monitored: [],
      segments: ["general", "admin"],
      challenge: { kind: "recent-authentication", acrValues: [], maxAge: 60 },
    });
    expect(limited({ maxAuthenticationAge: 100 }).decision.outcome).toBe("allow");
  });

  test("challenges for an issuer's limit on every path", () => {
    const byIssuer = (path: string) =>
      evaluation({ request: { path }, settings: { issuers: [{ issuer, maxAuthenticationAge: 60 }] } })
        .decision;
    for (const path of ["/api/admin", "/api/orders"]) {
      expect(byIssuer(path)).toMatchObject({ outcome: "step-up", challenge: { maxAge: 60 } });
    }
  });

  test("adds to a challenge of the policies what it asks for besides", () => {
    const mfa = forbid("a", { reason: "mfa-required", stepUp: "mfa", maxAge: 300 });
    const settings = { acrValues: { mfa: ["urn:mfa"], "recent-authentication": ["urn:now"] } };
    const asked = (maxAuthenticationAge: number, note = mfa) =>
      evaluation({
        identity: { authenticatedAt: undefined },
        answer: answer({ determining: [note] }),
        settings: { ...settings, segmentLimits: { admin: { maxAuthenticationAge } } },
      }).decision;
    expect(asked(60)).toMatchObject({
      outcome: "step-up",
      reasons: ["mfa-required", "authentication-too-old"],
      policies: ["a"],
      challenge: {
        kind: "mfa recent-authentication",
        acrValues: ["urn:mfa", "urn:now"],
        maxAge: 60,
      },
    });
    expect(asked(600).challenge?.maxAge).toBe(300);
    expect(asked(60, { ...mfa, reason: "authentication-too-old" }).reasons).toEqual([
      "authentication-too-old",
    ]);
    expect(asked(60, { ...mfa, stepUp: "recent-authentication" }).challenge).toEqual({
      kind: "recent-authentication",
      acrValues: ["urn:now"],
      maxAge: 60,
    });
  });

  test("leaves a denial as it is: no new sign-in would lift it", () => {
    for (const given of [
      answer(),
      answer({ determining: [forbid("f", { reason: "user-quarantined" })] }),
      answer({ verdict: "allow", errors: ["erred"] }),
    ]) {
      const { decision } = limited({ maxAuthenticationAge: 60 }, { answer: given });
      expect(decision.outcome).toBe("deny");
      expect(decision.reasons).not.toContain("authentication-too-old");
      expect(decision).not.toHaveProperty("challenge");
    }
  });
});
