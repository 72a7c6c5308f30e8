import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCases } from "../../policy/cases.ts";
import { compilePolicies } from "../../policy/compile.ts";
import type { CompiledPolicies } from "../../policy/compiled-policies.ts";
import { PolicyError } from "../../policy/policy-error.ts";

const folder = join(import.meta.dirname, "../../policies/default");
const text = readFileSync(join(folder, "cases.md"), "utf8");
const compiled = compilePolicies(folder);
const HEADER = "| case | who | device | risk | when | request | outcome | reasons |";

describe("policies/default/cases.md", () => {
  const results = runCases(compiled, text);

  it.each(results.map((result) => [result.case.name, result] as const))("%s", (_, result) => {
    const { outcome, reasons } = result.decision;
    expect({ outcome, reasons: reasons.toSorted() }).toEqual({
      outcome: result.case.outcome,
      reasons: result.case.reasons.toSorted(),
    });
    expect(result.passed).toBe(true);
  });

  it("has at least sixty cases, and none of them meets a policy error", () => {
    expect(results.length).toBeGreaterThanOrEqual(60);
    expect(results.filter(({ decision }) => decision.reasons.includes("policy-error"))).toEqual([]);
  });
});

describe("the cases as guards of the policies", () => {
  it.each(Object.keys(compiled.policies))("fail without %s", (id) => {
    expect(failures(without(id)).length).toBeGreaterThan(0);
  });

  it.each([
    ["risk-bearable", "90", "91"],
    ["risk-bearable", "90", "89"],
    ["risk-answered", "70", "71"],
    ["risk-answered", "70", "69"],
    ["risk-answered", "authenticatedAt > ", "authenticatedAt >= "],
    ["risk-answered", "context.authentication.mfa &&", ""],
    ["admin-hours", "hour >= 6", "hour >= 5"],
    ["admin-hours", "hour >= 6", "hour > 6"],
    ["admin-hours", "hour < 22", "hour <= 22"],
    ["admin-hours", "hour < 22", "hour < 21"],
    ["untrusted-device-reads-only", "< 2", "< 1"],
    ["untrusted-device-reads-only", "< 2", "< 3"],
    ["untrusted-device-reads-only", 'action in Sallyport::Action::"Write"', "action"],
    ["sensitive-routes-need-mfa", 'Sallyport::Segment::"admin",', ""],
    ["sensitive-routes-need-mfa", 'Sallyport::Segment::"billing",', ""],
    ["sensitive-routes-need-mfa", ',\n   Sallyport::Segment::"identity"', ""],
    ["admin-needs-role", '"admin")', '"administrator")'],
    ["country-allowed", "context.deployment.countries.isEmpty() ||", ""],
  ])("fail when in %s %j becomes %j", (id, from, to) => {
    const policy = compiled.policies[id]!;
    expect(policy.text).toContain(from);
    const text = policy.text.replace(from, to);
    const changed = { ...compiled.policies, [id]: { ...policy, text, json: text as never } };
    expect(failures({ ...compiled, policies: changed }).length).toBeGreaterThan(0);
  });

  it.each(["general", "admin", "billing", "identity"])("fail when the segment %s holds nothing", (name) => {
    expect(failures({ ...compiled, segments: { ...compiled.segments, [name]: [] } }).length).toBeGreaterThan(
      0,
    );
  });
});

describe("runCases", () => {
  const row = "| a | user | medium | 0 | 12:00 | `GET /x` | allow | policy-permits |";

  it("reads the words of every column", () => {
    const said =
      "| a | user, role x, role y, mfa, signed in 01:02 | high, quarantined | 7, rose 00:59 | 23:59, Tuesday | `PUT /a/b`, from DE, only DE FR | deny | device-quarantined |";
    const [result] = runCases(compiled, `${HEADER}\n|---|\n${said}`);
    expect(result?.case).toMatchObject({
      roles: ["x", "y"],
      mfa: true,
      signedInAt: 62,
      deviceTrust: "high",
      deviceQuarantined: true,
      score: 7,
      roseAt: 59,
      at: 1439,
      dayOfWeek: 2,
      method: "PUT",
      path: "/a/b",
      country: "DE",
      countries: ["DE", "FR"],
    });
    expect(result?.passed).toBe(true);
  });

  it.each([
    ["outcome", row.replace("allow", "deny")],
    ["reason", row.replace("policy-permits", "mfa-required")],
    ["further reason", row.replace("policy-permits", "policy-permits, mfa-required")],
  ])("does not pass a case with another %s", (_, wrong) => {
    expect(runCases(compiled, wrong).map(({ passed }) => passed)).toEqual([false]);
  });

  it.each([
    ["medium", "mediun", '"mediun" under device'],
    ["user", "root", '"root" under who'],
    ["| 0 |", "| 101 |", '"101" under risk'],
    ["12:00", "24:00", '"24:00" under when'],
    ["12:00", "12:00, Someday", '"Someday" under when'],
    ["`GET /x`", "`GET x`", '"GET x" under request'],
    ["allow", "maybe", '"maybe" under outcome'],
    ["policy-permits", "because", '"because" under reasons'],
    ["| 12:00 ", "", "7 columns"],
    ["| a |", "|  |", "a case without a name"],
  ])("refuses a row in which %j is %j, and says where", (from, to, found) => {
    const problems = problemsOf(() =>
      runCases(compiled, `${HEADER}\n|---|\n${row.replace(from, to)}`, "x.md"),
    );
    expect(problems).toEqual([{ file: "x.md", line: 3, found, accepted: expect.stringMatching(/./) }]);
  });

  it("refuses a name that is taken and a text without cases", () => {
    expect(problemsOf(() => runCases(compiled, `${row}\n${row}`))).toMatchObject([{ line: 2 }]);
    expect(problemsOf(() => runCases(compiled, "# Nothing"))).toMatchObject([{ found: "no case" }]);
  });
});

function without(id: string): CompiledPolicies {
  const { [id]: _, ...policies } = compiled.policies;
  return { ...compiled, policies };
}

function failures(changed: CompiledPolicies): readonly string[] {
  return runCases(changed, text).flatMap((result) => (result.passed ? [] : result.case.name));
}

function problemsOf(act: () => unknown): PolicyError["problems"] {
  try {
    act();
  } catch (error) {
    if (error instanceof PolicyError) return error.problems;
    throw error;
  }
  throw new Error("nothing was refused");
}
