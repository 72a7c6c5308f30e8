import { join } from "node:path";
import fc from "fast-check";
import { type EvaluationSettings, evaluate } from "../../domain/decision/evaluate.ts";
import type { PolicyQuestion } from "../../domain/decision/policy-question.ts";
import { segmentsOf } from "../../domain/decision/segment.ts";
import { type AccessEvent, describeAccess } from "../../domain/event/access-event.ts";
import { askAgain, departuresFrom } from "../../domain/event/ask-again.ts";
import { readQuestion } from "../../domain/event/read-question.ts";
import type { AccessRequest } from "../../domain/evidence/access-request.ts";
import { type Identity, identityOf, type VerifiedToken } from "../../domain/evidence/identity.ts";
import { completePoints, type RiskState } from "../../domain/risk/risk-state.ts";
import { compilePolicies } from "../../policy/compile.ts";
import { createPolicyEngine } from "../../policy/engine.ts";
import { accessResult } from "../support/domain/access-events.ts";

const compiled = compilePolicies(join(import.meta.dirname, "../../policies/default"));
const engine = createPolicyEngine({
  ...compiled,
  policies: {
    ...compiled.policies,
    // Two of the default policies once more, report-only.
    ...Object.fromEntries(
      ["admin-hours", "sensitive-routes-need-mfa"].flatMap((id) => {
        const policy = compiled.policies[id];
        if (policy === undefined) throw new Error(`there is no policy ${id}`);
        const name = `trial-${id}`;
        return [[name, { ...policy, monitor: true, note: { ...policy.note, id: name } }]];
      }),
    ),
  },
});

const NOW = Date.UTC(2026, 10, 25, 9, 30);
const SECONDS = NOW / 1000;
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const around = fc.integer({ min: SECONDS - 90, max: SECONDS + 90 });
const restriction = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.record({ notBefore: around, revokedAt: around, quarantinedUntil: around }, { requiredKeys: [] }),
);
/**
 * Any text, now and then one that is not Unicode: nothing but JSON may stand between the event and
 * the question.
 */
const word = fc.oneof(
  { weight: 40, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: fc.constant("half \ud800") },
);

const identities: fc.Arbitrary<Identity> = fc
  .record(
    {
      kind: fc.constantFrom("user" as const, "service" as const),
      subject: word,
      roles: fc.array(fc.oneof(fc.constant("admin"), word)),
      scopes: fc.array(word),
      clientId: word,
      sessionId: word,
      deviceId: fc.oneof(word, fc.string({ minLength: 1000, maxLength: 1100 })),
      claimedDeviceTrust: fc.constantFrom("unknown", "low", "medium", "high"),
      mfa: fc.boolean(),
      authenticatedAt: around,
      issuedAt: around,
      claimedRisk: fc.integer({ min: 0, max: 100 }),
    },
    {
      requiredKeys: ["kind", "subject", "roles", "scopes", "claimedDeviceTrust", "mfa", "issuedAt"],
    },
  )
  .map((made) => {
    const token = { status: "verified", issuer: "https://issuer.example", expiresAt: SECONDS + 60, ...made };
    return identityOf(token as VerifiedToken, []);
  });

const requests: fc.Arbitrary<AccessRequest> = fc
  .record({
    method: fc.constantFrom("GET", "POST", "DELETE", "PURGE"),
    path: fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          "/api/orders",
          "/api/admin",
          "/api/billing/7",
          "/api/%61dmin",
          `/${"a/".repeat(700)}b`,
        ),
      },
      { weight: 1, arbitrary: fc.webPath().map((path) => `/${path}`) },
      { weight: 1, arbitrary: word.map((text) => `/api/${text}`) },
    ),
    sourceIp: maybe(fc.oneof(fc.ipV4(), fc.ipV6())),
    country: maybe(fc.constantFrom("DE", "SG")),
  })
  .map(({ sourceIp, country, ...made }) => ({
    ...accessResult().request,
    ...made,
    ...(sourceIp !== undefined && { sourceIp }),
    location: country === undefined ? {} : { country },
  }));

const risks: fc.Arbitrary<RiskState> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ status: "unavailable", why: "down" } as const) },
  {
    weight: 5,
    arbitrary: fc
      .record({
        score: maybe(fc.constantFrom(0, 50, 71, 91)),
        elevatedAt: maybe(around),
        userRestriction: restriction,
        sessionRestriction: restriction,
        deviceRestriction: restriction,
      })
      .map(({ score, elevatedAt, ...restrictions }) => ({
        status: "known" as const,
        ...restrictions,
        ...(score !== undefined && {
          user: {
            score,
            updatedAt: SECONDS,
            ...(elevatedAt !== undefined && { elevatedAt }),
            factors: completePoints({ impossibleTravel: score }),
          },
        }),
      })),
  },
);

const deployments: fc.Arbitrary<EvaluationSettings> = fc
  .record({
    timeZone: fc.constantFrom("UTC", "Asia/Kathmandu", "Pacific/Kiritimati"),
    countries: fc.constantFrom([], ["DE"], ["FR", "DE"]),
    deviceClaimCap: fc.constantFrom("low" as const, "medium" as const, "high" as const),
    limits: fc.record(
      { leeway: fc.constantFrom(0, 5, 120), maxAuthenticationAge: fc.constantFrom(10, 60, 86_400) },
      { requiredKeys: [] },
    ),
  })
  .map(({ limits, ...made }) => ({
    ...made,
    acrValues: { mfa: ["urn:mfa"] },
    issuers: [{ issuer: "https://issuer.example", ...limits }],
  }));

test("any request that was judged gets the same question and the same decision from its event alone", () => {
  const seen = { asked: 0, monitored: 0, before: 0, outcomes: new Set<string>() };
  fc.assert(
    fc.property(
      requests,
      identities,
      risks,
      deployments,
      fc.integer({ min: 0, max: 999 }),
      (request, identity, risk, settings, ms) => {
        const now = NOW + ms;
        const put: PolicyQuestion[] = [];
        const segmentMatch = segmentsOf(compiled.segments, request.path);
        const evaluation = evaluate(
          { request, identity, risk, segmentMatch },
          settings,
          (question) => {
            put.push(question);
            return engine(question);
          },
          now,
        );
        const { decision } = evaluation;
        const event: AccessEvent = JSON.parse(
          JSON.stringify(
            describeAccess({ ...accessResult(), ...evaluation, request, caller: identity }, "1"),
          ),
        );
        const again = askAgain(event, engine);
        if (again.status === "unreadable") throw new Error(again.why);
        expect(departuresFrom(event, again.decision)).toEqual([]);
        seen.outcomes.add(decision.outcome);
        if (again.status === "asked") {
          expect(readQuestion(event)?.question).toEqual(put[0]);
          seen.asked += 1;
          if (decision.monitored.length > 0) seen.monitored += 1;
        } else {
          expect(put.length === 0 || !request.path.isWellFormed()).toBe(true);
          seen.before += 1;
        }
      },
    ),
    { numRuns: 1200 },
  );
  // Otherwise the property says little.
  expect(seen.asked).toBeGreaterThan(100);
  expect(seen.before).toBeGreaterThan(20);
  expect(seen.monitored).toBeGreaterThan(5);
  expect([...seen.outcomes].sort()).toEqual(["allow", "deny", "step-up"]);
}, 60_000);
