import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { compilePolicies } from "../../policy/compile.ts";
import { PolicyError } from "../../policy/policy-error.ts";
import { folder, PERMIT, problemsWith, write } from "../support/policy/policy-folder.ts";

const own = join(import.meta.dirname, "../../policies/default");
const SEGMENTS = '{\n  "general": ["/**"]\n}\n';

const policyProblems = (text: string) => problemsWith({ "segments.json": SEGMENTS, "p.cedar": text });

describe("compilePolicies", () => {
  it("compiles the default policies to plain JSON", () => {
    const compiled = compilePolicies(own);
    expect(JSON.parse(JSON.stringify(compiled))).toEqual(compiled);
    expect(compiled.policies["risk-answered"]).toMatchObject({
      note: { id: "risk-answered", effect: "forbid", reason: "risk-elevated", stepUp: "mfa", maxAge: 0 },
      monitor: false,
    });
    expect(compiled.policies["general-access"]?.note).toEqual({ id: "general-access", effect: "permit" });
    expect(compiled.segments.admin).toEqual(["/api/admin/**"]);
  });

  it("keeps the order in which policies stand, file by file", () => {
    const forbid = (id: string) =>
      `@id("${id}") @reason("role-missing") forbid (principal, action, resource);`;
    write({
      "segments.json": SEGMENTS,
      "b/x.cedar": forbid("z"),
      "a.cedar": `${forbid("y")} // ; not the end\n${forbid("b")}`,
      "c.cedar": `${PERMIT}\n// nothing after`,
    });
    expect(Object.keys(compilePolicies(folder).policies)).toEqual(["y", "b", "z", "all"]);
  });

  it("takes report-only forbids", () => {
    write({
      "segments.json": SEGMENTS,
      "p.cedar": '@id("m") @reason("role-missing") @mode("monitor") forbid (principal, action, resource);',
    });
    expect(compilePolicies(folder).policies.m).toMatchObject({ monitor: true });
  });

  it("takes an unchanged copy of the schema and refuses any other", () => {
    write({ "segments.json": SEGMENTS, "p.cedar": PERMIT });
    copyFileSync(join(own, "../../policy/schema.cedarschema"), join(folder, "schema.cedarschema"));
    expect(() => compilePolicies(folder)).not.toThrow();
    expect(problemsWith({ "schema.cedarschema": "entity User;" })).toEqual([
      {
        file: "schema.cedarschema",
        line: 1,
        found: "a schema of the folder's own",
        accepted: expect.any(String),
      },
    ]);
  });

  it("says what a folder lacks", () => {
    expect(problemsWith({ "cases.md": "" }).map(({ found }) => found)).toEqual([
      "no segments.json",
      "no *.cedar file",
    ]);
    expect(() => compilePolicies(join(folder, "absent"))).toThrow(PolicyError);
  });

  it("tells everything at once, one line each", () => {
    write({ "segments.json": '{ "general": ["x"] }', "p.cedar": `${PERMIT}\n${PERMIT}` });
    expect(() => compilePolicies(folder)).toThrow(
      new RegExp(
        `^${folder}/p.cedar:2: found @id\\("all"\\) again; accepted: .+p.cedar:1 has this one\n${folder}/segments.json:1: found the pattern "x"; accepted: .+$`,
      ),
    );
  });
});

describe("a policy is refused for", () => {
  const forbid = (annotations: string) =>
    `\n// é\n@id("x")\n${annotations}\nforbid (principal, action, resource);`;

  it.each([
    ["no id", "\npermit (principal, action, resource);", 2, "a policy without @id"],
    ["an id without a value", "@id permit (principal, action, resource);", 1, "@id without a value"],
    ["a strange id", '@id("__proto__") permit (principal, action, resource);', 1, '@id("__proto__")'],
    ["an endless id", `@id("${"a".repeat(65)}") permit (principal, action, resource);`, 1, /^@id\("a/],
    [
      "a reason on a permit",
      '@id("a")\n@reason("policy-permits")\npermit (principal, action, resource);',
      2,
      "@reason on a permit",
    ],
    [
      "a report-only permit",
      '@id("a")\n@mode("monitor")\npermit (principal, action, resource);',
      2,
      "@mode on a permit",
    ],
    ["an unknown annotation", forbid('@reason("role-missing") @raeson("x")'), 4, "@raeson on a forbid"],
    ["no reason", forbid(""), 3, "a forbid without @reason"],
    ["a reason without a value", forbid("@reason"), 4, "@reason without a value"],
    ["an unknown reason", forbid('@reason("because")'), 4, '@reason("because")'],
    ["a reason to allow", forbid('@reason("policy-permits")'), 4, '@reason("policy-permits")'],
    ["a step-up reason without step-up", forbid('@reason("mfa-required")'), 4, '@reason("mfa-required")'],
    [
      "a final reason with step-up",
      forbid('@step_up("mfa") @reason("role-missing")'),
      4,
      '@reason("role-missing")',
    ],
    ["a step-up to nothing", forbid('@reason("mfa-required") @step_up("")'), 4, '@step_up("")'],
    [
      "an age without step-up",
      forbid('@reason("role-missing")\n@max_age("3")'),
      5,
      "@max_age without @step_up",
    ],
    [
      "an age that is no number",
      forbid('@reason("mfa-required") @step_up("mfa")\n@max_age("5m")'),
      5,
      '@max_age("5m")',
    ],
    [
      "an age in fractions",
      forbid('@reason("mfa-required") @step_up("mfa")\n@max_age("1.5")'),
      5,
      '@max_age("1.5")',
    ],
    ["an unknown mode", forbid('@reason("role-missing")\n@mode("monitr")'), 5, '@mode("monitr")'],
    [
      "a segment that is not there",
      '@id("a") permit (\n principal, action,\n resource in Sallyport::Segment::"genral");',
      3,
      'the segment "genral"',
    ],
    [
      "one in a condition",
      '@id("a") permit (principal, action, resource) when {\n [1].isEmpty() ||\n resource in [Sallyport::Segment::"nowhere"] };',
      3,
      'the segment "nowhere"',
    ],
    [
      "a misspelled attribute",
      '// é\n@id("a") permit (principal, action, resource)\nwhen { "é" == "é" &&\n context.risk.scor > 3 };',
      4,
      /attribute `risk.scor` in context not found/,
    ],
    [
      "an optional attribute read blindly",
      '@id("a") permit (principal, action, resource)\nwhen { context.risk.elevatedAt > 3 };',
      2,
      /optional attribute/,
    ],
    [
      "a wrong type",
      '@id("a") permit (principal, action, resource)\nwhen { context.risk.score > "3" };',
      2,
      /type/,
    ],
    [
      "an unknown action",
      '@id("a") permit (principal,\n action == Sallyport::Action::"GTE", resource);',
      2,
      /unrecognized action/,
    ],
    [
      "a condition that never holds",
      '\n@id("a") permit (principal, action, resource) when { context.risk.known && false };',
      2,
      /impossible/,
    ],
    [
      "a number that JSON cannot carry",
      '@id("a") permit (principal, action, resource) when { context.risk.score < 9007199254740993 };',
      1,
      /^the number 9007199254740992$/,
    ],
    ["a template", '@id("a") permit (principal == ?principal, action, resource);', 1, /template/],
    [
      "a forgotten semicolon",
      '@id("a") permit (principal, action, resource)\n@id("b") permit (principal, action, resource);',
      2,
      /unexpected token/,
    ],
    ["broken syntax", '@id("a")\npermit (principal, acton, resource);', 2, /acton/],
    [
      "an id twice in one policy",
      '@id("a")\n@id("a") permit (principal, action, resource);',
      2,
      /duplicate annotation/,
    ],
  ])("%s", (_, text, line, found) => {
    const problems = policyProblems(text);
    expect(problems).toContainEqual({
      file: "p.cedar",
      line,
      found: typeof found === "string" ? found : expect.stringMatching(found),
      accepted: expect.stringMatching(/./),
    });
  });

  it("everything that is wrong with it", () => {
    const text =
      '@reason("because") forbid (principal, action, resource)\nwhen { context.risk.scor > 3 ||\n resource in Sallyport::Segment::"x" };';
    expect(policyProblems(text).map(({ line, found }) => `${line} ${found}`)).toEqual([
      "1 a policy without @id",
      '1 @reason("because")',
      "2 attribute `risk.scor` in context not found",
      '3 the segment "x"',
    ]);
  });

  it("one mistake once, however many actions it concerns", () => {
    expect(
      policyProblems('@id("a") permit (principal, action, resource) when { context.risk.scor > 3 };'),
    ).toHaveLength(1);
  });
});
