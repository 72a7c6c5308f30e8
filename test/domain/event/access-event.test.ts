import type { AccessResult } from "../../../domain/decision/access-result.ts";
import { denial } from "../../../domain/decision/decision.ts";
import { REASONS, type ReasonCode } from "../../../domain/decision/reason.ts";
import { describeAccess } from "../../../domain/event/access-event.ts";
import type { AccessRequest } from "../../../domain/evidence/access-request.ts";
import { DIGESTS } from "../../support/domain/access-events.ts";
import { evaluation } from "../../support/domain/evaluation.ts";
import { identity as identityWith } from "../../support/domain/identities.ts";
import { loadOcsfSchema, ocsfProblems } from "../../support/domain/ocsf-schema.ts";

const NOW = 1_790_000_000_000;
const request: AccessRequest = {
  kind: "rest-request",
  arn: "arn:aws:execute-api:eu-central-1:111122223333:a1/prod/POST/api/orders",
  partition: "aws",
  region: "eu-central-1",
  accountId: "111122223333",
  apiId: "a1",
  stage: "prod",
  method: "POST",
  path: "/api/orders",
  route: "/api/{proxy+}",
  requestId: "141d6671-99b4-40ca-9997-7a22f01eac74",
  sourceIp: "203.0.113.7",
  userAgent: "test-agent/1.0",
  location: { country: "DE", city: "Frankfurt am Main", latitude: 50.11, longitude: 8.68 },
  credentials: { status: "absent" },
  receivedAt: NOW,
};
const identity = identityWith();
const result: AccessResult = {
  decisionId: "id-1",
  request,
  caller: identity,
  risk: { status: "known" },
  decision: {
    outcome: "allow",
    reasons: ["policy-permits"],
    policies: ["general-access"],
    monitored: [],
    segments: ["general"],
  },
  digests: DIGESTS,
  enforced: true,
  riskScore: 12,
  device: {
    trust: "medium",
    proven: true,
    registered: true,
    posture: "unknown",
    reasons: ["key-registered", "posture-stale"],
  },
  latency: { verify: 1, risk: 2, evaluate: 1, total: 4 },
};
const bare: AccessRequest = {
  kind: "rest-token",
  flaw: "request-malformed",
  arn: "",
  partition: "",
  region: "",
  accountId: "",
  apiId: "",
  stage: "",
  method: "",
  path: "",
  credentials: { status: "absent" },
  receivedAt: NOW,
};

describe("describeAccess", () => {
  test("tells who did what from where, and how it was judged", () => {
    expect(describeAccess(result, "0.1.0")).toMatchObject({
      class_uid: 6003,
      activity_id: 1,
      type_uid: 600301,
      time: NOW,
      duration: 4,
      status_id: 1,
      action_id: 1,
      disposition_id: 1,
      actor: {
        user: { uid: "alice", domain: "https://issuer.example", groups: [{ name: "admin" }] },
        session: { uid: "s1", is_mfa: true },
      },
      src_endpoint: { ip: "203.0.113.7", location: { country: "DE", lat: 50.11, long: 8.68 } },
      http_request: { http_method: "POST", url: { path: "/api/orders" }, user_agent: "test-agent/1.0" },
      authorizations: [{ decision: "allow", policy: { uid: "general-access" } }],
      risk_score: 12,
      unmapped: {
        sallyport: {
          decision: "allow",
          reasons: ["policy-permits"],
          device_id: "d1",
          device_trust: "medium",
          device_posture: "unknown",
          device_proven: true,
          device_registered: true,
          device_reasons: ["key-registered", "posture-stale"],
        },
      },
    });
    expect(describeAccess(result, "0.1.0")).not.toHaveProperty("http_response");
  });

  test.each<[string, ReasonCode, boolean, number]>([
    ["a denial of a verified user is blocked", "role-missing", true, 2],
    ["a bad token is unauthorized", "token-expired", false, 26],
    ["a revoked session has lost access", "session-revoked", true, 24],
  ])("%s", (_, reason, verified, disposition) => {
    const event = describeAccess(
      {
        ...result,
        decision: denial(reason),
        ...(!verified && { caller: { status: "unverified", reason } }),
      },
      "0.1.0",
      401,
    );
    expect(event).toMatchObject({
      disposition_id: disposition,
      action_id: 2,
      status_code: reason,
      http_response: { code: 401 },
    });
  });

  test("names no one for an unverified caller", () => {
    const event = describeAccess(
      {
        ...result,
        caller: { status: "unverified", reason: "token-expired" },
        decision: denial("token-expired"),
      },
      "0",
    );
    expect(JSON.stringify(event)).not.toContain("alice");
    expect(event.actor).toEqual({ user: { type_id: 0, name: "unverified" } });
  });

  test("tells a service from a user", () => {
    const caller = identityWith({ kind: "service", subject: "billing-job" });
    expect(describeAccess({ ...result, caller }, "0").actor.user).toMatchObject({
      type_id: 4,
      uid: "billing-job",
    });
  });

  test("cuts what a caller may make long", () => {
    const long = "x".repeat(50_000);
    const event = describeAccess(
      { ...result, request: { ...request, path: `/${long}`, userAgent: long, route: long } },
      "0",
    );
    expect(JSON.stringify(event).length).toBeLessThan(10_000);
  });

  const schema = loadOcsfSchema();
  const cases: [string, AccessResult, number | undefined][] = [
    ["an allow", result, undefined],
    ["an allow with its question", { ...result, ...evaluation() }, undefined],
    [
      "a denial that was not enforced",
      { ...result, decision: denial("token-missing"), enforced: false },
      undefined,
    ],
    [
      "a request without anything",
      {
        ...result,
        request: bare,
        caller: { status: "unverified", reason: "request-malformed" },
        decision: denial("request-malformed"),
      },
      401,
    ],
    ...(Object.keys(REASONS) as ReasonCode[]).map((reason): [string, AccessResult, number] => [
      reason,
      { ...result, decision: denial(reason) },
      403,
    ]),
  ];
  (schema === undefined ? test.skip.each(cases) : test.each(cases))(
    "is valid OCSF 1.8 API Activity: %s",
    (_, one, status) => {
      const event = JSON.parse(JSON.stringify(describeAccess(one, "0.1.0", status)));
      expect(schema && ocsfProblems(schema, "api_activity", event, event.metadata.profiles)).toEqual([]);
    },
  );

  (schema === undefined ? test.skip : test)("the schema check catches a wrong event", () => {
    const event = {
      ...describeAccess(result, "0.1.0"),
      activity_id: 77,
      nonsense: 1,
      time: "now",
      src_endpoint: {},
    };
    expect(
      schema && ocsfProblems(schema, "api_activity", event, ["security_control"]).length,
    ).toBeGreaterThanOrEqual(5);
  });
});
