import fc from "fast-check";
import { readConfiguration } from "../../configuration/read-configuration.ts";
import { repeatedFields } from "../../configuration/repeated-fields.ts";

const paths = (text: string) => repeatedFields(text).map(({ path }) => path);

test.each([
  ['{"a":1,"a":1}', ["a"]],
  ['{"a":1,"\\u0061":2,"a":3}', ["a", "a"]],
  ['{"a":{"b":1},"c":{"b":1}}', []],
  ['{"a":[{"b":1},{"b":1,"c":{"d":[],"d":{}}}]}', ["a[1].c.d"]],
  ['[[1,"x","x"],{"x":"x","y":"x,{[\\"","x":"]}"}]', ["[1].x"]],
  ['{"a":"a","b":["a","a"],"":0, "" :1}', [""]],
  ['"a"', []],
])("finds in %s just %j", (text, expected) => {
  expect(paths(text)).toEqual(expected);
});

test("finds nothing in what was written out of objects, whatever is in them", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => paths(JSON.stringify(value, undefined, 1)).length === 0));
});

test("a configuration with a segment twice is refused, with its other mistakes", () => {
  const text = `{
    "issuers": [{ "preset": "oidc", "issuer": "https://id.example.com", "audience": ["https://api.example.com"] }],
    "segments": { "billing": { "maxTokenAge": 900 }, "billing": { "leeway": 9 } }
  }`;
  expect(() => readConfiguration(text, "sallyport.json")).toThrow(
    [
      "sallyport.json: 2 problems",
      "  segments.billing",
      "    found     the field again",
      "    accepted  each field once",
      "  segments.billing.leeway",
    ].join("\n"),
  );
});
