import type { AccessObservation } from "../../../domain/event/access-observation.ts";
import { describeFinding } from "../../../domain/risk/finding.ts";
import { access, assessAll, CITIES, digest, MORNING, scoring } from "../../support/domain/accesses.ts";

const NIGHT = MORNING + 13 * 3600;
const origin = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
const api = { accountId: "111122223333", region: "eu-central-1", apiId: "a1b2c3", stage: "prod" };

function finding(fields: Partial<AccessObservation> = {}, from = origin) {
  const accesses = [
    ...Array.from({ length: 11 }, (_, index) =>
      access({ at: NIGHT + index, status: 401, userAgent: "a", place: CITIES.frankfurt, ...fields }),
    ),
    access({ at: NIGHT + 60, userAgent: "b", path: "/api/admin", place: CITIES.singapore, api, ...fields }),
  ];
  const { profile } = assessAll(accesses);
  if (profile.episode === undefined) throw new Error("no episode");
  return {
    accesses,
    announced: describeFinding(profile, profile.episode, accesses.at(-1) as AccessObservation, from, scoring),
  };
}

test("a finding says who, how much, why, since when, and what to do", () => {
  const { announced, accesses } = finding();
  expect(announced).toMatchObject({
    SchemaVersion: "2018-10-08",
    Id: `sallyport/user/${digest("https://id.example.com|alice")}/${NIGHT + 60}`,
    ProductArn: "arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default",
    AwsAccountId: "111122223333",
    CreatedAt: "2026-03-02T23:01:00.000Z",
    UpdatedAt: "2026-03-02T23:01:00.000Z",
    FirstObservedAt: "2026-03-02T23:00:10.000Z",
    LastObservedAt: "2026-03-02T23:01:00.000Z",
    Severity: { Label: "HIGH", Original: "100" },
    FindingProviderFields: { Severity: { Label: "HIGH", Original: "100" }, Types: announced.Types },
    Title: "Risk score 100 of 100 for user alice",
    RecordState: "ACTIVE",
  });
  expect(announced.Description).toBe(
    "User alice of https://id.example.com has risk score 100 of 100: " +
      "two accesses 10258 km apart within 50 seconds (30 points); an access before 6:00, or at 22:00 or later (15 points); " +
      "11 recent failed requests (25 points); access to sensitive data (20 points); " +
      "a new user agent (10 points).",
  );
  expect(announced.Types).toEqual([
    "Unusual Behaviors/User",
    "TTPs/Initial Access",
    "TTPs/Credential Access",
    "TTPs/Collection",
  ]);
  expect(announced.ProductFields).toMatchObject({
    "sallyport/score": "100",
    "sallyport/factor/impossibleTravel": "30",
    "sallyport/techniques": "T1078.004,T1550.001,T1078,T1110.003,T1213,T1539",
  });
  const decisions = announced.ProductFields["sallyport/decisions"]?.split(",");
  expect(decisions).toContain(accesses[0]?.event);
  expect(decisions).toContain(accesses.at(-1)?.event);
  expect(announced.Resources).toEqual([
    {
      Type: "Other",
      Id: `sallyport/user/${digest("https://id.example.com|alice")}`,
      Partition: "aws",
      Region: "eu-central-1",
      Details: { Other: { issuer: "https://id.example.com", subject: "alice" } },
    },
    {
      Type: "Other",
      Id: "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3/prod",
      Partition: "aws",
      Region: "eu-central-1",
    },
  ]);
  expect(announced).not.toHaveProperty("Workflow");
});

test("another partition is another product", () => {
  const { announced } = finding({}, { ...origin, partition: "aws-cn", region: "cn-north-1" });
  expect(announced.ProductArn).toMatch(/^arn:aws-cn:securityhub:cn-north-1:/);
  expect(announced.Resources[0]?.Partition).toBe("aws-cn");
});

test("hostile names are cut to the format's lengths, without control characters or broken pairs", () => {
  const { announced } = finding({
    user: { issuer: `https://${"i".repeat(700)}`, subject: `a\u0000\n\u202eb\ud83d${"😀".repeat(400)}` },
    userAgent: undefined as never,
    api: { ...api, apiId: "x".repeat(128), stage: "s".repeat(600) },
  });
  expect(announced.Title.length).toBeLessThanOrEqual(256);
  expect(announced.Description.length).toBeLessThanOrEqual(1024);
  expect(announced.Description).toContain("points).");
  expect(announced.Remediation.Recommendation.Text.length).toBeLessThanOrEqual(512);
  for (const { Id } of [announced, ...announced.Resources]) expect(Id.length).toBeLessThanOrEqual(512);
  for (const value of Object.values(announced.ProductFields)) expect(value.length).toBeLessThanOrEqual(2048);
  const all = JSON.stringify(announced);
  expect(all).not.toMatch(/\\u0000|\\n|\u202e|\\ud8/i);
  expect(announced.Title).toContain("ab😀");
});

test("severity follows the score: MEDIUM up to 70", () => {
  const accesses = [
    access({ at: NIGHT, place: CITIES.frankfurt, userAgent: "a" }),
    access({ at: NIGHT + 60, place: CITIES.singapore, userAgent: "b" }),
  ];
  const { profile } = assessAll(accesses);
  const announced = describeFinding(profile, profile.episode as never, accesses[1] as never, origin, scoring);
  expect(announced.Severity).toEqual({ Label: "MEDIUM", Original: "55" });
});
