import fc from "fast-check";
import { describeDrift } from "../../../domain/attach/drift-finding.ts";
import { keyOf, type OpenProblem, reconcile } from "../../../domain/attach/drift-ledger.ts";
import type { DriftProblem } from "../../../domain/attach/drift-problem.ts";
import { findFault, type SentFinding } from "../../../local/security-hub/asff.ts";
import { NOW } from "../../support/attach/attached.ts";

const problem = (subject: string, change: Partial<DriftProblem> = {}): DriftProblem => ({
  kind: "route-unguarded",
  subject,
  severity: "HIGH",
  says: `${subject} is open.`,
  remedy: "Guard it.",
  ...change,
});
const open = (subject: string, sentAt = NOW - 3_600_000): OpenProblem => ({
  problem: problem(subject),
  since: "2026-11-01T00:00:00.000Z",
  sentAt: new Date(sentAt).toISOString(),
});
const digest = (text: string): string => Buffer.from(text).toString("base64url");

describe("after a check", () => {
  test("a new problem is reported, as of now", () => {
    const { news, open: left } = reconcile([], [problem("GET /a")], NOW);
    expect(news).toEqual([{ problem: problem("GET /a"), since: "2026-11-21T12:00:00.000Z", over: false }]);
    expect(left).toEqual([
      { problem: problem("GET /a"), since: "2026-11-21T12:00:00.000Z", sentAt: "2026-11-21T12:00:00.000Z" },
    ]);
  });

  test("a lasting problem is reported once a day at most", () => {
    expect(reconcile([open("GET /a")], [problem("GET /a")], NOW).news).toEqual([]);
    const { news } = reconcile([open("GET /a", NOW - 86_400_000)], [problem("GET /a")], NOW);
    expect(news).toMatchObject([{ since: "2026-11-01T00:00:00.000Z", over: false }]);
  });

  test("a changed problem is reported at once, with the time it began", () => {
    const { news } = reconcile([open("GET /a")], [problem("GET /a", { severity: "LOW" })], NOW);
    expect(news).toMatchObject([{ since: "2026-11-01T00:00:00.000Z", problem: { severity: "LOW" } }]);
  });

  test("a fixed problem is reported as over, and forgotten", () => {
    const { news, open: left } = reconcile([open("GET /a"), open("GET /b")], [problem("GET /b")], NOW);
    expect(news).toEqual([{ problem: problem("GET /a"), since: "2026-11-01T00:00:00.000Z", over: true }]);
    expect(left.map(({ problem: { subject } }) => subject)).toEqual(["GET /b"]);
  });

  test("the open problems are those found, and every change is reported, after any history", () => {
    const subjects = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"));
    fc.assert(
      fc.property(fc.array(subjects, { maxLength: 8 }), (checks) => {
        let known: readonly OpenProblem[] = [];
        const announced = new Set<string>();
        checks.forEach((found, index) => {
          const { news, open: left } = reconcile(
            known,
            found.map((one) => problem(one)),
            NOW + index,
          );
          for (const { problem: one, over } of news) {
            if (over) announced.delete(one.subject);
            else announced.add(one.subject);
          }
          known = left;
          expect([...announced].sort()).toEqual([...found].sort());
          expect(known.map((one) => one.problem.subject).sort()).toEqual([...found].sort());
        });
      }),
    );
  });
});

describe("as a finding", () => {
  const origin = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
  const api = {
    address: { accountId: "111122223333", region: "eu-central-1", apiId: "a1b2c3d4e5" },
    kind: "rest",
    name: "orders",
  } as const;
  const since = "2026-11-01T00:00:00.000Z";
  const find = (over: boolean, change: Partial<DriftProblem> = {}, name = "orders") =>
    describeDrift({ problem: problem("GET /a", change), since, over }, { ...api, name }, origin, NOW, digest);
  const fault = (finding: object) => findFault(finding as SentFinding, origin);

  test("it is active and failed while it lasts, archived and passed when it is over, under one Id", () => {
    const [active, archived] = [find(false), find(true)];
    expect(active).toMatchObject({
      RecordState: "ACTIVE",
      Compliance: { Status: "FAILED" },
      CreatedAt: since,
    });
    expect(archived).toMatchObject({ RecordState: "ARCHIVED", Compliance: { Status: "PASSED" } });
    expect(archived.Id).toBe(active.Id);
    expect([fault(active), fault(archived)]).toEqual([undefined, undefined]);
  });

  test("it names the API by its ARN", () => {
    expect(find(false).Resources).toEqual([
      {
        Type: "AwsApiGatewayRestApi",
        Id: "arn:aws:apigateway:eu-central-1::/restapis/a1b2c3d4e5",
        Partition: "aws",
        Region: "eu-central-1",
      },
    ]);
  });

  test("each problem of an API has its own Id", () => {
    const ids = [problem("GET /a"), problem("GET /b"), problem("GET /a", { kind: "route-diverted" })].map(
      (one) => describeDrift({ problem: one, since, over: false }, api, origin, NOW, digest).Id,
    );
    expect(new Set(ids).size).toBe(3);
    expect(keyOf(problem("x"))).toBe("route-unguarded/x");
  });

  test("Security Hub takes it whatever the API and its routes are called", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 3000 }),
        fc.string({ maxLength: 3000 }),
        (subject, name) => {
          expect(fault(find(false, { subject, says: `${subject} is open.` }, name))).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });
});
