import { join } from "node:path";
import { compilePolicies } from "../../policy/compile.ts";
import { describePolicySet, digestOf, policyDigest } from "../../policy/digest.ts";
import { folder, write } from "../support/policy/policy-folder.ts";

const FORBID =
  '@id("no") @reason("role-missing") forbid (principal, action, resource) when { context.risk.known };';
const PERMIT = '@id("yes") permit (principal, action, resource in Sallyport::Segment::"whole");';
const SEGMENTS = { whole: ["/**"], some: ["/a", "/b/**"] };
const BASE: Readonly<Record<string, string>> = {
  "segments.json": JSON.stringify(SEGMENTS),
  "a.cedar": FORBID,
  "b/more.cedar": PERMIT,
};

let nth = 0;
function digestWith(files: Readonly<Record<string, string>>): string {
  nth += 1;
  const own = Object.entries(files).map(([name, text]) => [`${nth}/${name}`, text]);
  write(Object.fromEntries(own));
  return policyDigest(compilePolicies(join(folder, String(nth))));
}

describe("policyDigest", () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ["files written in another order", Object.fromEntries(Object.entries(BASE).toReversed())],
    [
      "files of other names in the same order",
      { "segments.json": BASE["segments.json"] ?? "", "x.cedar": FORBID, "y.cedar": PERMIT },
    ],
    [
      "all policies in one file",
      { "segments.json": BASE["segments.json"] ?? "", "x.cedar": `${FORBID}\n${PERMIT}` },
    ],
    [
      "the line endings of Windows, and another layout of the JSON",
      {
        "segments.json": JSON.stringify(SEGMENTS, undefined, 2).replaceAll("\n", "\r\n"),
        "a.cedar": FORBID.replaceAll(" ", "\r\n"),
        "b/more.cedar": PERMIT.replaceAll(" ", "\r\n"),
      },
    ],
    ["comments", { ...BASE, "a.cedar": `// why\n${FORBID} // so` }],
    [
      "annotations in another order",
      {
        ...BASE,
        "a.cedar": FORBID.replace('@id("no") @reason("role-missing")', '@reason("role-missing") @id("no")'),
      },
    ],
    [
      "segments and patterns in another order",
      { ...BASE, "segments.json": JSON.stringify({ some: ["/b/**", "/a"], whole: ["/**"] }) },
    ],
  ])("does not change with %s", (_, files) => {
    expect(digestWith(files)).toBe(digestWith(BASE));
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["a condition", { ...BASE, "a.cedar": FORBID.replace("risk.known", "device.proven") }],
    ["an effect", { ...BASE, "b/more.cedar": PERMIT.replace("permit", '@reason("role-missing") forbid') }],
    ["an id", { ...BASE, "a.cedar": FORBID.replace('"no"', '"never"') }],
    ["a reason", { ...BASE, "a.cedar": FORBID.replace("role-missing", "outside-hours") }],
    [
      "a step-up",
      {
        ...BASE,
        "a.cedar": FORBID.replace('@reason("role-missing")', '@reason("mfa-required") @step_up("mfa")'),
      },
    ],
    ["report-only mode", { ...BASE, "a.cedar": FORBID.replace("forbid", '@mode("monitor") forbid') }],
    ["a policy more", { ...BASE, "c.cedar": '@id("c") permit (principal, action, resource);' }],
    ["a policy less", { "segments.json": BASE["segments.json"] ?? "", "b/more.cedar": PERMIT }],
    ["a segment more", { ...BASE, "segments.json": JSON.stringify({ ...SEGMENTS, other: ["/c"] }) }],
    ["a pattern", { ...BASE, "segments.json": JSON.stringify({ ...SEGMENTS, some: ["/a", "/b"] }) }],
    ["the order of policies, which ranks reasons", { ...BASE, "b/more.cedar": FORBID, "a.cedar": PERMIT }],
  ])("changes with %s", (_, files) => {
    expect(digestWith(files)).not.toBe(digestWith(BASE));
  });

  it("changes with the schema", () => {
    write(BASE);
    const compiled = compilePolicies(folder);
    expect(policyDigest({ ...compiled, schema: {} })).not.toBe(policyDigest(compiled));
  });

  it("survives the way to the function, through JSON", () => {
    write(BASE);
    const compiled = compilePolicies(folder);
    expect(policyDigest(JSON.parse(JSON.stringify(compiled)))).toBe(policyDigest(compiled));
    expect(describePolicySet(compiled)).toBe(`Policy digest: ${policyDigest(compiled)}, 2 policies`);
  });
});

describe("digestOf", () => {
  it("is the SHA-256 of the canonical JSON", () => {
    // printf '{"a":[2,1],"b":"x"}' | sha256sum
    const expected = "sha256:6fc7fe25026d312beebdf7979c61c71528e2ef57373ffe061110c4cd05cb0d15";
    expect(digestOf({ b: "x", a: [2, 1], c: undefined })).toBe(expected);
    expect(digestOf({ a: [1, 2], b: "x" })).not.toBe(expected);
  });
});
