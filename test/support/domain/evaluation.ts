import { type EvaluationSettings, evaluate } from "../../../domain/decision/evaluate.ts";
import type { PolicyAnswer, PolicyNote, PolicyQuestion } from "../../../domain/decision/policy-question.ts";
import { type SegmentTable, segmentsOf } from "../../../domain/decision/segment.ts";
import type { AccessRequest } from "../../../domain/evidence/access-request.ts";
import type { Identity } from "../../../domain/evidence/identity.ts";
import type { RiskState } from "../../../domain/risk/risk-state.ts";
import { identity as identityWith } from "./identities.ts";

export const NOW = Date.UTC(2026, 5, 15, 10, 30, 0);
export const SECONDS = NOW / 1000;
export const settings: EvaluationSettings = {
  timeZone: "Europe/Berlin",
  countries: ["DE"],
  deviceClaimCap: "medium",
  acrValues: { mfa: ["urn:mfa", "phr"] },
};
const segments: SegmentTable = { general: ["/**"], admin: ["/api/admin/**"] };
export const request: AccessRequest = {
  kind: "rest-request",
  arn: "arn:aws:execute-api:eu-central-1:111122223333:a1/prod/GET/api/admin",
  partition: "aws",
  region: "eu-central-1",
  accountId: "111122223333",
  apiId: "a1",
  stage: "prod",
  method: "GET",
  path: "/api/admin",
  sourceIp: "203.0.113.7",
  location: { country: "DE" },
  credentials: { status: "absent" },
  receivedAt: NOW,
};
const aliceWith = (change: Partial<Identity>) =>
  identityWith({
    claimedDeviceTrust: "high",
    authenticatedAt: SECONDS - 100,
    issuedAt: SECONDS - 90,
    expiresAt: SECONDS + 100,
    ...change,
  });
export const identity = aliceWith({});
export const calm: RiskState = { status: "known" };

export const answer = (parts: Partial<PolicyAnswer> = {}): PolicyAnswer => ({
  verdict: "deny",
  determining: [],
  monitored: [],
  errors: [],
  ...parts,
});
export const forbid = (id: string, note: Partial<PolicyNote> = {}): PolicyNote => ({
  id,
  effect: "forbid",
  ...note,
});

/** What differs from a request that everything speaks for. */
export interface Parts {
  readonly request?: object;
  readonly identity?: { readonly [Name in keyof Identity]?: Identity[Name] | undefined };
  readonly risk?: RiskState;
  readonly answer?: PolicyAnswer;
  readonly settings?: Partial<EvaluationSettings>;
}

/** The evaluation of such a request, with the question that was put to the policies. */
export function evaluation(parts: Parts = {}) {
  const questions: PolicyQuestion[] = [];
  const asking: AccessRequest = { ...request, ...parts.request };
  const evaluated = evaluate(
    {
      request: asking,
      identity: aliceWith(parts.identity as Partial<Identity>),
      risk: parts.risk ?? calm,
      segmentMatch: segmentsOf(segments, asking.path),
    },
    { ...settings, ...parts.settings },
    (question) => {
      questions.push(question);
      return parts.answer ?? answer({ verdict: "allow", determining: [{ id: "general", effect: "permit" }] });
    },
    NOW,
  );
  return { ...evaluated, question: questions[0] };
}
