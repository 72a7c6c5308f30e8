import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAuthorized } from "@cedar-policy/cedar-wasm/nodejs";
import fc from "fast-check";
import type { PolicyQuestion } from "../../domain/decision/policy-question.ts";
import { compilePolicies } from "../../policy/compile.ts";
import { createPolicyEngine } from "../../policy/engine.ts";
import { phraseQuestion } from "../../policy/phrase-question.ts";

const folder = join(import.meta.dirname, "../../policies/default");
const compiled = compilePolicies(folder);
const ask = createPolicyEngine(compiled);
const schema = readFileSync(join(folder, "../../policy/schema.cedarschema"), "utf8");
const text = readFileSync(join(folder, "default.cedar"), "utf8");

const seconds = fc.integer({ min: 0, max: 10 });
const boolean = fc.boolean();
const rarely = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const questions: fc.Arbitrary<PolicyQuestion> = fc.record({
  principal: fc.record({
    kind: fc.constantFrom("user", "service"),
    issuer: fc.string(),
    subject: fc.string(),
    roles: fc.array(fc.constantFrom("admin", "auditor", "")),
    scopes: fc.array(fc.string()),
  }),
  method: fc.constantFrom("GET", "POST", "PURGE"),
  resource: fc.record({
    api: fc.string(),
    stage: fc.string(),
    path: fc.string(),
    segments: fc.subarray(Object.keys(compiled.segments)),
  }),
  context: fc
    .record({
      mfa: boolean,
      authenticatedAt: optional(seconds),
      trustRank: fc.integer({ min: 0, max: 3 }),
      restricted: fc.tuple(rarely, rarely, rarely, rarely, rarely),
      known: rarely.map((no) => !no),
      score: fc.constantFrom(0, 70, 71, 90, 91, 100),
      elevatedAt: optional(seconds),
      country: optional(fc.constantFrom("DE", "SG")),
      countries: fc.constantFrom([], ["DE"]),
      hour: fc.integer({ min: 0, max: 23 }),
    })
    .map((c) => ({
      authentication: {
        mfa: c.mfa,
        issuedAt: 0,
        ...(c.authenticatedAt !== undefined && { authenticatedAt: c.authenticatedAt }),
      },
      device: {
        trust: "low" as const,
        trustRank: c.trustRank,
        proven: false,
        registered: false,
        posture: "none" as const,
        quarantined: c.restricted[0],
      },
      session: { revoked: c.restricted[1], quarantined: c.restricted[2] },
      user: { tokensRevoked: c.restricted[3], quarantined: c.restricted[4] },
      risk: {
        known: c.known,
        score: c.score,
        ...(c.elevatedAt !== undefined && { elevatedAt: c.elevatedAt }),
      },
      network: c.country === undefined ? {} : { country: c.country },
      time: { epochSeconds: 0, hour: c.hour, minute: 0, dayOfWeek: 1 },
      deployment: { countries: c.countries },
    })),
});

/** Milliseconds; generous, for machines that do other work */
const TIMEOUT = 60_000;

describe("the engine", () => {
  it(
    "answers as Cedar does from the policies' source text",
    () => {
      fc.assert(
        fc.property(questions, (question) => {
          const phrased = phraseQuestion(question);
          if (phrased.status === "unaskable") throw new Error(phrased.problems.join());
          const oracle = isAuthorized({
            ...phrased.question,
            schema,
            validateRequest: true,
            policies: { staticPolicies: text },
          });
          if (oracle.type === "failure") throw new Error(oracle.errors[0]?.message);
          const answer = ask(question);
          expect(answer.errors).toEqual([]);
          expect(answer.verdict).toBe(oracle.response.decision);
          expect(answer.determining).toHaveLength(oracle.response.diagnostics.reason.length);
        }),
        { numRuns: 100 },
      );
    },
    TIMEOUT,
  );

  it(
    "allows nothing that one of the rules, written in TypeScript, forbids",
    () => {
      fc.assert(
        fc.property(questions, (question) => {
          expect(ask(question).verdict === "allow").toBe(rulesAllow(question));
        }),
        { numRuns: 400 },
      );
    },
    TIMEOUT,
  );
});

/** The default policies once more, by another hand. */
function rulesAllow({ principal, method, resource: { segments }, context }: PolicyQuestion): boolean {
  const { authentication, device, session, user, risk, network, time, deployment } = context;
  const answered =
    authentication.mfa &&
    (authentication.authenticatedAt ?? -1) > (risk.elevatedAt ?? Number.POSITIVE_INFINITY);
  const isUser = principal.kind === "user";
  const sensitive = ["admin", "billing", "identity"].some((name) => segments.includes(name));
  const admin = segments.includes("admin");
  const rules = [
    segments.includes("general"),
    !(session.revoked || session.quarantined || user.tokensRevoked || user.quarantined || device.quarantined),
    risk.known,
    risk.score <= 70 || (risk.score <= 90 && isUser && answered),
    method === "GET" || device.trustRank >= 2,
    deployment.countries.length === 0 || deployment.countries.includes(network.country ?? ""),
    !sensitive || (isUser && authentication.mfa),
    !admin || (principal.roles.includes("admin") && time.hour >= 6 && time.hour <= 21),
  ];
  return rules.every(Boolean);
}
