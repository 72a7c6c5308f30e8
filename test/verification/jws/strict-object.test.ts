import { parseStrictObject } from "../../../verification/jws/strict-json.ts";

const parse = (text: string) => parseStrictObject(new TextEncoder().encode(text));
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("parseStrictObject", () => {
  test("gives the object that the text writes", () => {
    expect(parse('{"a":1,"b":{"a":[{"a":null}]}}')).toEqual({ a: 1, b: { a: [{ a: null }] } });
    expect(parse(" {} ")).toEqual({});
  });

  test("takes a member named like one of every object", () => {
    expect(parse('{"constructor":1,"toString":2}')).toEqual({ constructor: 1, toString: 2 });
  });

  test.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["null", "null"],
    ["a text", '"{}"'],
    ["a number", "1"],
    ["a list", "[{}]"],
    ["an object with a member twice", '{"a":1,"a":1}'],
    ["an object with a member twice, once by an escape", '{"a":1,"\\u0061":1}'],
    ["an object that holds one with a member twice", '{"a":[{"b":1,"b":1}]}'],
    ["an object behind a byte order mark", "\ufeff{}"],
  ])("gives nothing of a text that is %s", (_, text) => {
    expect(parse(text)).toBeUndefined();
  });

  test("takes objects and lists that are nested 16 deep, and none that are 17 deep", () => {
    expect(parse(`{"a":${nested(15)}}`)).toBeDefined();
    expect(parse(`{"a":${nested(16)}}`)).toBeUndefined();
  });

  test("gives nothing of bytes that are not UTF-8", () => {
    expect(parseStrictObject(Buffer.from('{"a":"\xff"}', "latin1"))).toBeUndefined();
  });
});
