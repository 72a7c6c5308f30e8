import { compilePolicies } from "../../policy/compile.ts";
import { folder, PERMIT, problemsWith, write } from "../support/policy/policy-folder.ts";

describe("segments.json is refused for", () => {
  it.each([
    ["no JSON", '{\n "a": [,] }', 2, /^text that is not JSON/],
    ["a truncated text", '{\n "a": ["/**"]', 2, /^text that is not JSON/],
    ["a list", "[]", 1, "JSON of another shape"],
    ["a pattern without a list", '{ "general": "/**" }', 1, "JSON of another shape"],
    ["a number for a pattern", '{ "general": [1] }', 1, "JSON of another shape"],
    ["a name twice", '{\n "a": ["/a"],\n "a": ["/b"] }', 3, 'the segment "a" again'],
    ["a strange name", '{\n "A b": ["/a"] }', 2, 'the segment "A b"'],
    ["the word for all segments", '{\n "all": ["/a"] }', 2, 'the segment "all"'],
    ["the word for no segment", '{\n "none": ["/a"] }', 2, 'the segment "none"'],
    ["the name __proto__", '{\n "__proto__": ["/a"] }', 2, 'the segment "__proto__"'],
    ["no slash at the start", '{ "a": [\n"/ok",\n"api/**"] }', 3, 'the pattern "api/**"'],
    ["a slash at the end", '{ "a": ["/api/"] }', 1, 'the pattern "/api/"'],
    ["an empty part", '{ "a": ["/api//x"] }', 1, 'the pattern "/api//x"'],
    ["a star within a part", '{ "a": ["/api/x*"] }', 1, 'the pattern "/api/x*"'],
    ["two stars in the middle", '{ "a": ["/**/x"] }', 1, 'the pattern "/**/x"'],
    ["a star behind two", '{ "a": ["/x/**/*"] }', 1, 'the pattern "/x/**/*"'],
    ["dots", '{ "a": ["/x/../y"] }', 1, 'the pattern "/x/../y"'],
    ["an escape", '{ "a": ["/x%20"] }', 1, 'the pattern "/x%20"'],
    ["a letter beyond ASCII", '{ "a": ["/é"] }', 1, 'the pattern "/é"'],
    ["a question mark", '{ "a": ["/x?"] }', 1, 'the pattern "/x?"'],
  ])("%s", (_, text, line, found) => {
    const problems = problemsWith({ "segments.json": text, "p.cedar": PERMIT });
    expect(problems).toEqual([
      {
        file: "segments.json",
        line,
        found: typeof found === "string" ? found : expect.stringMatching(found),
        accepted: expect.stringMatching(/./),
      },
    ]);
  });

  it.each(["/", "/**", "/api", "/api/**", "/api/*", "/*/x/**", "/a-b_c.d~e/@f:1", "/api/export.csv"])(
    "nothing when it says %s",
    (pattern) => {
      write({ "segments.json": JSON.stringify({ a: [pattern] }), "p.cedar": PERMIT });
      expect(compilePolicies(folder).segments).toEqual({ a: [pattern] });
    },
  );
});
