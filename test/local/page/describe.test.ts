import { type AccessEvent, describeAccess } from "../../../domain/event/access-event.ts";
import { RawToken } from "../../../domain/evidence/raw-token.ts";
import { FACTORS } from "../../../domain/risk/factor-pack.ts";
import { completePoints } from "../../../domain/risk/risk-state.ts";
import {
  describeDecision,
  describeFactor,
  describeFinding,
  describeRisk,
  factorsOf,
  ownFinding,
  userOf,
} from "../../../local/page/describe.ts";
import { DIGESTS } from "../../support/domain/access-events.ts";

const event = (location?: { country?: string; city?: string }): AccessEvent =>
  describeAccess(
    {
      decisionId: "d-1",
      request: {
        kind: "rest-request",
        arn: "",
        partition: "aws",
        region: "eu-central-1",
        accountId: "111122223333",
        apiId: "api-1",
        stage: "live",
        method: "GET",
        path: "/api/orders",
        sourceIp: "192.0.2.7",
        ...(location !== undefined && { location }),
        credentials: { status: "bearer", scheme: "Bearer", token: new RawToken("secret") },
        receivedAt: 1000,
      },
      caller: { status: "unverified", reason: "token-expired" },
      decision: { outcome: "deny", reasons: ["token-expired"], policies: [], monitored: [], segments: [] },
      digests: DIGESTS,
      enforced: true,
      latency: { verify: 1, risk: 2, evaluate: 4, total: 7 },
      risk: { status: "known" },
    },
    "0",
  );

describe("what the page shows", () => {
  it("describes a decision in plain words", () => {
    expect(
      describeDecision(event({ country: "DE", city: "Frankfurt am Main" }), new Map([["api-1", "REST API"]])),
    ).toEqual({
      kind: "decision",
      id: "d-1",
      at: 1000,
      user: "unverified",
      api: "REST API",
      method: "GET",
      path: "/api/orders",
      outcome: "deny",
      enforced: true,
      reasons: [{ code: "token-expired", says: "The token has expired." }],
      latency: 7,
      place: "Frankfurt am Main, Germany",
      address: "192.0.2.7",
      agent: "",
    });
  });

  it("does not guess what it does not know", () => {
    const unknown = describeDecision(event(), new Map());
    expect([unknown.place, unknown.api]).toEqual(["unknown place", "api-1"]);
    expect(describeDecision(event({ country: "Germany" }), new Map()).place).toBe("Germany");
    const later = event() as unknown as { unmapped: { sallyport: { reasons: string[] } } };
    later.unmapped.sallyport.reasons = ["of-a-later-version"];
    expect(describeDecision(later as unknown as AccessEvent, new Map()).reasons).toEqual([
      { code: "of-a-later-version", says: "of-a-later-version" },
    ]);
  });

  it("describes a risk with the points of every factor, in the order of the legend", () => {
    const factors = completePoints({ impossibleTravel: 30, failedAttempts: 5, anomalousBehavior: 10 });
    const seen = describeRisk("https://i", "anna", { score: 45, factors, updatedAt: 2 });
    expect(seen).toMatchObject({ key: "https://i|anna", user: "anna", score: 45, at: 2000 });
    expect(seen.factors.map(({ name }) => name)).toEqual(FACTORS.map(describeFactor).map(({ name }) => name));
    expect(seen.factors.filter(({ points }) => points > 0)).toEqual([
      { name: "impossibleTravel", label: "impossible travel", points: 30 },
      { name: "failedAttempts", label: "failed attempts", points: 5 },
      { name: "anomalousBehavior", label: "new browser", points: 10 },
    ]);
  });

  it("describes each factor in a sentence for the legend", () => {
    expect(FACTORS.map(describeFactor)).toContainEqual({
      name: "unusualTime",
      label: "unusual time",
      says: "An access before 6:00, or at 22:00 or later, in the time zone of the deployment",
    });
  });

  it("describes a finding of ours, and leaves those of other products alone", () => {
    const stored = {
      Id: "f-1",
      ProductName: "Sallyport",
      UpdatedAt: "2026-11-21T00:00:00.000Z",
      Severity: { Label: "HIGH" },
      Title: "t",
      Description: "d",
      Remediation: { Recommendation: { Text: "r" } },
      ProductFields: {
        "sallyport/factor/impossibleTravel": "30",
        "sallyport/factor/unusualTime": "0",
        "sallyport/techniques": "T1078.004,T1539",
        "sallyport/decisions": "",
      },
      Resources: [
        { Type: "Other", Id: "x" },
        { Type: "Other", Id: "y", Details: { Other: { issuer: "https://i", subject: "anna" } } },
      ],
    };
    const finding = ownFinding(stored)!;
    expect(describeFinding(finding)).toMatchObject({
      severity: "HIGH",
      user: "anna",
      techniques: ["T1078.004", "T1539"],
      decisions: [],
    });
    expect(factorsOf(finding)).toEqual(["impossibleTravel"]);
    expect(userOf({ ...finding, Resources: [] })).toBeUndefined();
    expect(ownFinding({ ...stored, ProductName: "GuardDuty" })).toBeUndefined();
  });
});
