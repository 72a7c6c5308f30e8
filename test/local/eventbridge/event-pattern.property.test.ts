import fc from "fast-check";
import { compileEventPattern } from "../../../local/eventbridge/event-pattern.ts";

const leaf = fc.oneof(fc.string({ minLength: 1 }), fc.integer(), fc.boolean(), fc.constant(null));
const name = fc.stringMatching(/^[a-z]{1,6}$/);

test("every event matches the pattern that spells out its own fields", () => {
  fc.assert(
    fc.property(fc.dictionary(name, leaf, { minKeys: 1 }), (fields) => {
      const pattern = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, [value]]));
      expect(compileEventPattern({ detail: pattern })({ detail: fields })).toBe(true);
    }),
  );
});

test("anything-but is the opposite of its operand for every string that is there", () => {
  const operand = fc.oneof(
    fc.string({ minLength: 1 }).map((text) => ({ prefix: text })),
    fc.string({ minLength: 1 }).map((text) => ({ suffix: text })),
    fc.string({ minLength: 1 }).map((text) => ({ "equals-ignore-case": text })),
  );
  fc.assert(
    fc.property(operand, fc.string(), (operator, value) => {
      const positive = compileEventPattern({ f: [operator] })({ f: value });
      const negative = compileEventPattern({ f: [{ "anything-but": operator }] })({ f: value });
      expect(negative).toBe(!positive);
    }),
  );
});

test("a wildcard pattern made by cutting pieces out of a text matches that text", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }), (pieces) => {
      const escaped = pieces.map((piece) => piece.replace(/[\\*]/g, "\\$&"));
      const wildcard = escaped.map((piece, index) => (index % 2 === 0 ? piece : "*")).join("");
      expect(compileEventPattern({ f: [{ wildcard }] })({ f: pieces.join("") })).toBe(true);
    }),
  );
});

test("no event, however odd, makes a matcher throw", () => {
  const matches = compileEventPattern({
    source: [{ prefix: "a" }, { exists: false }],
    detail: { f: [{ numeric: [">", 0] }, { wildcard: "*x*" }, { cidr: "10.0.0.0/8" }], g: { h: [null] } },
  });
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.record({ source: fc.anything(), detail: fc.anything() })),
      (event) => {
        expect(typeof matches(event)).toBe("boolean");
      },
    ),
  );
});
