import { compileEventPattern, EventPatternError } from "../../../local/eventbridge/event-pattern.ts";

describe("patterns that EventBridge would refuse", () => {
  test.each([
    ["an unknown operator", { f: [{ contains: "x" }] }, "contains"],
    ["an unknown form of anything-but", { f: [{ "anything-but": { cidr: "10.0.0.0/8" } }] }, "cidr"],
    ["two operators in one alternative", { f: [{ prefix: "a", suffix: "b" }] }, "one operator"],
    ["a value that is not in a list", { f: "x" }, "object"],
    ["an empty list", { f: [] }, "empty"],
    ["an empty pattern", {}, "object"],
    ["an empty object below a field", { f: {} }, "object"],
    ["no pattern", null, "object"],
    ["a list within a list", { f: [["x"]] }, "string"],
    ["$or of one", { $or: [{ a: [1] }] }, "two"],
    ["$or of values", { $or: [1, 2] }, "object"],
    ["exists of a text", { f: [{ exists: "true" }] }, "true or false"],
    ["an empty prefix", { f: [{ prefix: "" }] }, "non-empty"],
    ["a prefix of a number", { f: [{ prefix: 3 }] }, "string"],
    ["a prefix of another operator", { f: [{ prefix: { suffix: "x" } }] }, "suffix"],
    ["an unknown comparison", { f: [{ numeric: ["!=", 3] }] }, "!="],
    ["half a comparison", { f: [{ numeric: [">"] }] }, "numeric"],
    ["a bound out of range", { f: [{ numeric: ["<", 1e10] }] }, "bound"],
    ["a bound of text", { f: [{ numeric: ["<", "1"] }] }, "bound"],
    ["an address without a range", { f: [{ cidr: "10.0.0.1" }] }, "range"],
    ["a range that is too long", { f: [{ cidr: "10.0.0.0/33" }] }, "range"],
    ["a range of no address", { f: [{ cidr: "ten/8" }] }, "range"],
    ["two wildcards in a row", { f: [{ wildcard: "a**" }] }, "wildcards"],
    ["a lone backslash", { f: [{ wildcard: "a\\b" }] }, "backslash"],
    ["anything-but nothing", { f: [{ "anything-but": [] }] }, "empty"],
    ["anything-but a boolean", { f: [{ "anything-but": true }] }, "strings or numbers"],
  ])("%s", (_, pattern, says) => {
    expect(() => compileEventPattern(pattern)).toThrow(EventPatternError);
    expect(() => compileEventPattern(pattern)).toThrow(says);
  });
});
