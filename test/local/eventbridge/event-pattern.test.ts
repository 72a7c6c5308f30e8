import { compileEventPattern } from "../../../local/eventbridge/event-pattern.ts";

/**
 * Expectations follow the examples and rules of the AWS page named in
 * local/eventbridge/event-pattern.ts.
 */
const match = (pattern: unknown, event: unknown): boolean => compileEventPattern(pattern)(event);
/** Matches one field `f` against alternatives. */
const field = (alternatives: readonly unknown[], value: unknown): boolean =>
  match({ detail: { f: alternatives } }, { detail: value === undefined ? {} : { f: value } });

const ec2 = {
  version: "0",
  id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
  "detail-type": "EC2 Instance State-change Notification",
  source: "aws.ec2",
  account: "111122223333",
  time: "2017-12-22T18:43:48Z",
  region: "us-west-1",
  resources: ["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0"],
  detail: { "instance-id": "i-1234567890abcdef0", state: "terminated", code: null, note: "" },
};

describe("structure", () => {
  test("all fields have to match, and fields that the pattern leaves out do not matter", () => {
    const pattern = { source: ["aws.ec2"], detail: { state: ["terminated"] } };
    expect(match(pattern, ec2)).toBe(true);
    expect(match({ ...pattern, region: ["eu-central-1"] }, ec2)).toBe(false);
  });

  test("any alternative of a list may match", () => {
    expect(match({ detail: { state: ["stopping", "terminated"] } }, ec2)).toBe(true);
    expect(match({ detail: { state: ["stopping", "stopped"] } }, ec2)).toBe(false);
  });

  test("any element of an array in the event may match, nested arrays too", () => {
    expect(match({ resources: [{ prefix: "arn:aws:ec2:" }] }, ec2)).toBe(true);
    expect(field(["b"], ["a", "b"])).toBe(true);
    expect(field(["b"], [["a"], ["b"]])).toBe(true);
    expect(field(["c"], ["a", "b"])).toBe(false);
    expect(field(["a"], [])).toBe(false);
  });

  test("fields of one pattern object match within one element of an array of objects", () => {
    const pattern = { detail: { users: { name: ["ann"], role: ["admin"] } } };
    const both = [{ name: "ann", role: "admin" }];
    const mixed = [
      { name: "ann", role: "guest" },
      { name: "bob", role: "admin" },
    ];
    expect(match(pattern, { detail: { users: both } })).toBe(true);
    expect(match(pattern, { detail: { users: mixed } })).toBe(false);
  });

  test("is case-sensitive and folds nothing", () => {
    expect(field(["Terminated"], "terminated")).toBe(false);
    expect(field(["é"], "e\u0301")).toBe(false);
  });

  test("what is no object matches nothing", () => {
    for (const event of [null, undefined, 3, "x", []])
      expect(match({ a: [{ exists: false }] }, event)).toBe(false);
  });

  test("names of Object.prototype are no fields of an event", () => {
    expect(match({ constructor: [{ exists: true }] }, {})).toBe(false);
    expect(match({ detail: { toString: [{ exists: false }] } }, { detail: {} })).toBe(true);
  });
});

describe("values", () => {
  test("types are not mixed", () => {
    expect(field([300], 300)).toBe(true);
    expect(field([300], "300")).toBe(false);
    expect(field([true], true)).toBe(true);
    expect(field([true], "true")).toBe(false);
    expect(field([false], true)).toBe(false);
  });

  test("null matches null, an empty string an empty string, and neither a missing field", () => {
    expect(match({ detail: { code: [null] } }, ec2)).toBe(true);
    expect(match({ detail: { note: [""] } }, ec2)).toBe(true);
    expect(match({ detail: { code: [""] } }, ec2)).toBe(false);
    expect(match({ detail: { note: [null] } }, ec2)).toBe(false);
    expect(field([null], undefined)).toBe(false);
    expect(field([""], undefined)).toBe(false);
  });
});

describe("prefix and suffix", () => {
  test("match the beginning and the end of strings", () => {
    expect(match({ time: [{ prefix: "2017-12-22" }] }, ec2)).toBe(true);
    expect(match({ time: [{ prefix: "2017-10-02" }] }, ec2)).toBe(false);
    expect(field([{ suffix: ".png" }], "a.png")).toBe(true);
    expect(field([{ suffix: ".png" }], "a.PNG")).toBe(false);
    expect(field([{ prefix: "3" }], 3)).toBe(false);
  });

  test("ignore case where they are asked to", () => {
    expect(field([{ prefix: { "equals-ignore-case": "EventB" } }], "eventbridge")).toBe(true);
    expect(field([{ suffix: { "equals-ignore-case": ".pNg" } }], "a.PnG")).toBe(true);
    expect(field([{ prefix: { "equals-ignore-case": "EventB" } }], "my-eventbridge")).toBe(false);
  });
});

test("equals-ignore-case compares the whole string", () => {
  expect(field([{ "equals-ignore-case": "alice" }], "ALICE")).toBe(true);
  expect(field([{ "equals-ignore-case": "alice" }], "ALICES")).toBe(false);
});

describe("anything-but", () => {
  test("takes one value or a list, and never a missing field", () => {
    expect(field([{ "anything-but": "initializing" }], "running")).toBe(true);
    expect(field([{ "anything-but": "initializing" }], "initializing")).toBe(false);
    expect(field([{ "anything-but": "initializing" }], undefined)).toBe(false);
    expect(field([{ "anything-but": ["stopped", "overloaded"] }], "running")).toBe(true);
    expect(field([{ "anything-but": ["stopped", "overloaded"] }], "stopped")).toBe(false);
    expect(field([{ "anything-but": 123 }], 124)).toBe(true);
    expect(field([{ "anything-but": [100, 200, 300] }], 200)).toBe(false);
  });

  test.each([
    ["prefix", "init", "initializing", "running"],
    ["suffix", ".png", "a.png", "a.jpg"],
    ["equals-ignore-case", "initializing", "INITIALIZING", "running"],
    ["wildcard", "*/lib/*", "/usr/lib/x", "/usr/bin/x"],
  ])("takes %s of a string or a list", (operator, operand, unwanted, wanted) => {
    for (const operands of [operand, ["zzz", operand]]) {
      expect(field([{ "anything-but": { [operator]: operands } }], unwanted)).toBe(false);
      expect(field([{ "anything-but": { [operator]: operands } }], wanted)).toBe(true);
    }
    expect(field([{ "anything-but": { [operator]: operand } }], undefined)).toBe(false);
  });
});

describe("numeric", () => {
  test.each([
    [["=", 100], 100, true],
    [["=", 301.8], 301.8, true],
    [[">", 10, "<=", 20], 20, true],
    [[">", 10, "<=", 20], 10, false],
    [[">=", 0, "<", 5], 0, true],
    [[">=", 0, "<", 5], 5, false],
    [["<", 0], "-1", false],
    [["<", 5e9], -5e9, true],
    [["<", 5e9], -6e9, false],
  ])("%j against %j is %j", (numeric, value, expected) => {
    expect(field([{ numeric }], value)).toBe(expected);
  });
});

describe("cidr", () => {
  test("matches addresses of both families", () => {
    expect(field([{ cidr: "10.0.0.0/24" }], "10.0.0.255")).toBe(true);
    expect(field([{ cidr: "10.0.0.0/24" }], "10.0.1.0")).toBe(false);
    expect(field([{ cidr: "2001:db8::/32" }], "2001:db8:1::5")).toBe(true);
    expect(field([{ cidr: "2001:db8::/32" }], "2001:db9::5")).toBe(false);
    expect(field([{ cidr: "0.0.0.0/0" }], "no address")).toBe(false);
    expect(field([{ cidr: "0.0.0.0/0" }], "::1")).toBe(false);
  });
});

describe("exists", () => {
  test("asks for a leaf, whatever its value", () => {
    for (const value of ["x", "", 0, false, null]) {
      expect(field([{ exists: true }], value)).toBe(true);
      expect(field([{ exists: false }], value)).toBe(false);
    }
    expect(field([{ exists: true }], undefined)).toBe(false);
    expect(field([{ exists: false }], undefined)).toBe(true);
  });

  test("does not see objects, since it works on leaves only", () => {
    expect(field([{ exists: true }], { inner: 1 })).toBe(false);
    expect(field([{ exists: false }], { inner: 1 })).toBe(true);
  });

  test("false holds below a parent that is missing, and may be an alternative of a value", () => {
    expect(match({ detail: { a: { b: [{ exists: false }] } } }, { detail: {} })).toBe(true);
    expect(match({ detail: { a: { b: [{ exists: true }] } } }, { detail: {} })).toBe(false);
    expect(field([{ exists: false }, "x"], undefined)).toBe(true);
    expect(field([{ exists: false }, "x"], "y")).toBe(false);
  });
});

describe("wildcard", () => {
  test.each([
    ["dir/*.png", "dir/a.png", true],
    ["dir/*.png", "dir/a.png.txt", false],
    ["*", "", true],
    ["a*b*c", "a--b--c", true],
    ["a*b*c", "acb", false],
    ["1\\*2", "1*2", true],
    ["1\\*2", "1x2", false],
    ["a\\\\b", "a\\b", true],
    ["a.c", "abc", false],
    ["(x)*[y]", "(x) and [y]", true],
    ["*\u{1F600}", "\n\u{1F600}", true],
  ])("%j against %j is %j", (wildcard, value, expected) => {
    expect(field([{ wildcard }], value)).toBe(expected);
  });
});

describe("$or", () => {
  test("joins whole patterns, at any depth, beside other fields", () => {
    const pattern = {
      source: ["aws.cloudwatch"],
      $or: [
        { metricName: ["CPUUtilization", "ReadLatency"] },
        { metricType: ["MetricType"], namespace: [{ prefix: "AWS/" }] },
      ],
      detail: { $or: [{ c: [{ numeric: [">", 0] }] }, { d: [{ exists: false }] }] },
    };
    const base = { source: "aws.cloudwatch", detail: { c: 1, d: 1 } };
    expect(match(pattern, { ...base, metricName: "ReadLatency" })).toBe(true);
    expect(match(pattern, { ...base, metricType: "MetricType", namespace: "AWS/EC2" })).toBe(true);
    expect(match(pattern, { ...base, metricType: "MetricType" })).toBe(false);
    expect(match(pattern, base)).toBe(false);
    expect(match(pattern, { ...base, metricName: "ReadLatency", detail: { c: 0, d: 1 } })).toBe(false);
    expect(match(pattern, { ...base, metricName: "ReadLatency", detail: { c: 0 } })).toBe(true);
  });
});
