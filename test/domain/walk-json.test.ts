import fc from "fast-check";
import { stringAt, walkJson } from "../../domain/walk-json.ts";

const marksOf = (text: string) => {
  const marks: string[] = [];
  walkJson(text, (mark, at, open) => {
    const inner = open.at(-1);
    marks.push(
      `${mark}@${at}${mark === "name" ? `=${inner?.name}${inner?.isRepeated ? " again" : ""}` : ""}`,
    );
    return false;
  });
  return marks;
};

test("A walk comes to brackets, commas, names and strings in order, each at its first character", () => {
  expect(marksOf('{"a": ["x", 1], "a":{}}')).toEqual([
    ...["open@0", "name@1=a", "open@6", "string@7", "comma@10", "close@13"],
    ...["comma@14", "name@16=a again", "open@20", "close@21", "close@22"],
  ]);
});

test("A string is a name only before a colon of the same object, with any characters", () => {
  expect(marksOf('["a","a",{"\\u0061,{\\"":"a"}]').filter((mark) => mark.startsWith("name"))).toEqual([
    'name@10=a,{"',
  ]);
});

test("Brackets balance, and every string is found with its value, in whatever a serializer writes", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), fc.nat(3), (value, blanks) => {
      const text = JSON.stringify(value, undefined, blanks);
      let depth = 0;
      const found: string[] = [];
      const wanted: string[] = [];
      const finished = walkJson(text, (mark, at, open) => {
        if (mark === "open") depth += 1;
        expect(open).toHaveLength(depth);
        if (mark === "close") depth -= 1;
        if (mark === "name" || mark === "string") found.push(stringAt(text, at));
        return false;
      });
      const collect = (inner: unknown): void => {
        if (typeof inner === "string") wanted.push(inner);
        else if (Array.isArray(inner)) inner.forEach(collect);
        else if (inner !== null && typeof inner === "object") {
          for (const [name, member] of Object.entries(inner)) {
            wanted.push(name);
            collect(member);
          }
        }
      };
      // As JSON.parse has it: a member `__proto__` is one like others.
      collect(JSON.parse(text));
      expect([finished, depth, found]).toEqual([true, 0, wanted]);
    }),
  );
});

test("A walk ends where its visitor says so", () => {
  let seen = 0;
  expect(walkJson("[1,2,3]", () => ++seen === 2)).toBe(false);
  expect(seen).toBe(2);
});
