import {
  type EvaluationSettings,
  evaluate,
  unreadableRestrictionsOf,
} from "../../../domain/decision/evaluate.ts";
import type { LimitSettings } from "../../../domain/evidence/token-limits.ts";
import type { RiskState } from "../../../domain/risk/risk-state.ts";
import {
  answer,
  calm,
  evaluation,
  forbid,
  identity,
  NOW,
  request,
  SECONDS,
  settings,
} from "../../support/domain/evaluation.ts";

test("unreadableRestrictionsOf names each attribute with the user, session or device it restricts", () => {
  expect(
    unreadableRestrictionsOf({
      status: "known",
      userRestriction: { unreadable: ["notBefor", "quarantineUntil"] },
      sessionRestriction: { unreadable: ["revokedA"] },
      deviceRestriction: { unreadable: ["layout"] },
    }),
  ).toEqual(["user.notBefor", "user.quarantineUntil", "session.revokedA", "device.layout"]);
});

describe("evaluate", () => {
  test("states everything that is known in the question", () => {
    const { question, decision } = evaluation({
      risk: { status: "known", user: { score: 40, factors: {} as never, updatedAt: 1, elevatedAt: 2 } },
    });
    expect(question).toEqual({
      principal: {
        kind: "user",
        issuer: "https://issuer.example",
        subject: "alice",
        roles: ["admin"],
        scopes: [],
      },
      method: "GET",
      resource: { api: "a1", stage: "prod", path: "/api/admin", segments: ["general", "admin"] },
      context: {
        authentication: { mfa: true, authenticatedAt: SECONDS - 100, issuedAt: SECONDS - 90 },
        device: {
          id: "d1",
          trust: "medium",
          trustRank: 2,
          proven: false,
          registered: false,
          posture: "none",
          quarantined: false,
        },
        session: { id: "s1", revoked: false, quarantined: false },
        user: { tokensRevoked: false, quarantined: false },
        risk: { known: true, score: 40, elevatedAt: 2 },
        network: { address: "203.0.113.7", country: "DE" },
        // 10:30 UTC on a Monday in June is 12:30 in Berlin.
        time: { epochSeconds: SECONDS, hour: 12, minute: 30, dayOfWeek: 1 },
        deployment: { countries: ["DE"] },
      },
    });
    expect(decision).toMatchObject({ outcome: "allow", reasons: ["policy-permits"], policies: ["general"] });
  });

  test("states what is not known, and leaves out what is absent", () => {
    const { question } = evaluation({
      request: { sourceIp: undefined, location: undefined },
      identity: { sessionId: undefined, deviceId: undefined, authenticatedAt: undefined },
      risk: { status: "unavailable", why: "down" },
    });
    expect(question?.context.risk).toEqual({ known: false, score: 0 });
    expect(JSON.stringify(question)).not.toContain("undefined");
    const { network, device, session, authentication } = question?.context ?? {};
    for (const part of [network, device, session, authentication]) {
      expect(Object.values(part ?? {})).not.toContain(undefined);
    }
  });

  test.each([
    [
      "a session that was revoked",
      { sessionRestriction: { revokedAt: SECONDS - 1 } },
      { session: { revoked: true } },
    ],
    [
      "a session that will be revoked the next second",
      { sessionRestriction: { revokedAt: SECONDS + 1 } },
      { session: { revoked: false } },
    ],
    [
      "a session revoked this second",
      { sessionRestriction: { revokedAt: SECONDS } },
      { session: { revoked: true } },
    ],
    [
      "a session quarantined until the next second",
      { sessionRestriction: { quarantinedUntil: SECONDS + 1 } },
      { session: { quarantined: true } },
    ],
    [
      "a quarantine that is over",
      { userRestriction: { quarantinedUntil: SECONDS } },
      { user: { quarantined: false } },
    ],
    [
      "a quarantined user",
      { userRestriction: { quarantinedUntil: SECONDS + 9 } },
      { user: { quarantined: true } },
    ],
    [
      "tokens voided after this one was issued",
      { userRestriction: { notBefore: SECONDS - 89 } },
      { user: { tokensRevoked: true } },
    ],
    [
      "tokens voided before this one was issued",
      { userRestriction: { notBefore: SECONDS - 90 } },
      { user: { tokensRevoked: false } },
    ],
    [
      "a quarantined device",
      { deviceRestriction: { quarantinedUntil: SECONDS + 9 } },
      { device: { quarantined: true } },
    ],
    [
      "a device that was revoked, to which no tokens are issued",
      { deviceRestriction: { revokedAt: SECONDS - 1 } },
      { device: { quarantined: true } },
    ],
    [
      "a device whose tokens were voided after this one was issued",
      { deviceRestriction: { notBefore: SECONDS - 89 } },
      { device: { quarantined: true } },
    ],
  ])("tells the policies of %s", (_, restrictions, expected) => {
    expect(evaluation({ risk: { status: "known", ...restrictions } }).question?.context).toMatchObject(
      expected,
    );
  });

  test.each(["userRestriction", "sessionRestriction", "deviceRestriction"])(
    "denies for a %s that cannot be read, whatever the policies would answer",
    (name) => {
      const { decision, question } = evaluation({
        risk: { status: "known", [name]: { notBefore: 1, unreadable: ["quarantineUntil"] } },
      });
      expect(decision).toMatchObject({ outcome: "deny", reasons: ["restriction-unreadable"] });
      expect(decision.segments).toContain("admin");
      expect(question).toBeUndefined();
    },
  );

  test("tells the policies what proof and registry say of the device", () => {
    const proof = { method: "dpop", thumbprint: "k" } as const;
    const posture = { source: "jamf", compliant: true, assessedAt: SECONDS - 86_400, details: [] };
    const owner = { issuer: identity.issuer, subject: identity.subject };
    const device = { owner, keys: [proof], enrolledAt: 1, posture };
    const proven = { proofs: [proof], claimedDeviceTrust: "unknown" } as const;
    const ofDevice = (parts: Parameters<typeof evaluation>[0]) => evaluation(parts).question?.context.device;
    expect(ofDevice({ identity: proven, risk: { status: "known", device } })).toEqual({
      id: "d1",
      trust: "high",
      trustRank: 3,
      proven: true,
      registered: true,
      posture: "healthy",
      quarantined: false,
    });
    const older = { ...device, posture: { ...posture, assessedAt: posture.assessedAt - 1 } };
    expect(ofDevice({ identity: proven, risk: { status: "known", device: older } })).toMatchObject({
      trust: "medium",
      posture: "unknown",
    });
    expect(ofDevice({ risk: { status: "unavailable", why: "" } })).toMatchObject({ trust: "low" });
    // Nothing was looked up, so nothing is missing.
    expect(
      ofDevice({ identity: { deviceId: undefined }, risk: { status: "unavailable", why: "" } }),
    ).toMatchObject({ trust: "medium", registered: false });
    expect(ofDevice({ identity: { ...proven, deviceId: undefined } })).toMatchObject({ id: "key:k" });
  });

  test("takes the higher of the table's score and the token's", () => {
    const known: RiskState = { status: "known", user: { score: 40, factors: {} as never, updatedAt: 1 } };
    const score = (claimedRisk: number, risk: RiskState) => evaluation({ identity: { claimedRisk }, risk });
    expect(score(60, known)).toMatchObject({ riskScore: 60, question: { context: { risk: { score: 60 } } } });
    expect(score(20, known)).toMatchObject({ riskScore: 40, question: { context: { risk: { score: 40 } } } });
    expect(score(60, { status: "unavailable", why: "" })).not.toHaveProperty("riskScore");
  });

  test("asks no policy about a request that is flawed or on an ambiguous path", () => {
    for (const [parts, reason] of [
      [{ request: { flaw: "request-malformed" } }, "request-malformed"],
      [{ request: { path: "/api/%61dmin/../admin%2f..%2forders" } }, "path-ambiguous"],
    ] as const) {
      const { decision, question } = evaluation(parts);
      expect(decision).toMatchObject({ outcome: "deny", reasons: [reason] });
      expect(question).toBeUndefined();
    }
  });

  test.each([
    [
      "an allow with an error",
      answer({ verdict: "allow", errors: ["policy erred"] }),
      "deny",
      ["policy-error"],
    ],
    ["no permit", answer(), "deny", ["no-policy-permits"]],
    [
      "a forbid with a reason",
      answer({ determining: [forbid("f", { reason: "role-missing" })] }),
      "deny",
      ["role-missing"],
    ],
    ["a forbid without a reason", answer({ determining: [forbid("f")] }), "deny", ["forbidden-by-policy"]],
    [
      "a final forbid beside a step-up",
      answer({
        determining: [
          forbid("s", { reason: "mfa-required", stepUp: "mfa" }),
          forbid("f", { reason: "role-missing" }),
        ],
      }),
      "deny",
      ["role-missing", "mfa-required"],
    ],
    [
      "only step-ups",
      answer({ determining: [forbid("s", { reason: "mfa-required", stepUp: "mfa" })] }),
      "step-up",
      ["mfa-required"],
    ],
  ])("decides on %s", (_, given, outcome, reasons) => {
    expect(evaluation({ answer: given }).decision).toMatchObject({ outcome, reasons });
  });

  test("makes one challenge of several step-ups: every kind, the strictest age", () => {
    const { decision } = evaluation({
      answer: answer({
        determining: [
          forbid("a", { reason: "mfa-required", stepUp: "mfa" }),
          forbid("b", { reason: "risk-elevated", stepUp: "mfa", maxAge: 300 }),
          forbid("c", { reason: "risk-elevated", stepUp: "mfa", maxAge: 60 }),
        ],
      }),
    });
    expect(decision.challenge).toEqual({ kind: "mfa", acrValues: ["urn:mfa", "phr"], maxAge: 60 });
  });

  test("names the client that the token was issued to, and none where the token names none", () => {
    expect(evaluation({ identity: { clientId: "web" } }).question?.principal.clientId).toBe("web");
    expect(evaluation().question?.principal).not.toHaveProperty("clientId");
  });

  test("asks with the limit on the authentication's age and its leeway, and with neither where none is set", () => {
    const limitsWith = (
      segmentLimits: EvaluationSettings["segmentLimits"],
      issuers: LimitSettings["issuers"],
    ) =>
      evaluation({ settings: { ...(segmentLimits && { segmentLimits }), ...(issuers && { issuers }) } }).asked
        ?.limits;
    const { issuer } = identity;
    expect(limitsWith({ admin: { maxAuthenticationAge: 300 } }, undefined)).toStrictEqual({
      maxAuthenticationAge: 300,
    });
    expect(limitsWith(undefined, [{ issuer, maxAuthenticationAge: 300 }])).toStrictEqual({
      maxAuthenticationAge: 300,
      leeway: 5,
    });
    expect(limitsWith(undefined, [{ issuer, maxTokenAge: 300 }])).toStrictEqual({});
  });

  test("takes a key that is retired for a word against the device, and no other key", () => {
    const proof = { method: "dpop", thumbprint: "k" } as const;
    const proofs = [proof];
    const trust = (retiredKeys?: readonly string[]) =>
      evaluation({
        identity: { proofs, claimedDeviceTrust: "high" },
        risk: { status: "known", ...(retiredKeys && { retiredKeys }) },
      }).device;
    expect(trust()).toMatchObject({ trust: "high", proven: true });
    expect(trust(["other"])).toMatchObject({ trust: "high", proven: true });
    expect(trust(["other", "k"])).toMatchObject({ trust: "low", proven: false, reasons: ["key-retired"] });
  });

  test("denies when the deployment's time zone is unknown to this runtime", () => {
    const { decision, question } = evaluation({ settings: { timeZone: "Mars/Olympus" } });
    expect(decision).toMatchObject({
      outcome: "deny",
      reasons: ["policy-error"],
      segments: ["general", "admin"],
    });
    expect(question).toBeUndefined();
  });

  test("denies when the engine throws", () => {
    const throws = () => {
      throw new Error("engine");
    };
    const segmentMatch = { status: "matched", segments: [] } as const;
    const { decision } = evaluate({ request, identity, risk: calm, segmentMatch }, settings, throws, NOW);
    expect(decision).toMatchObject({ outcome: "deny", reasons: ["policy-error"] });
  });
});
