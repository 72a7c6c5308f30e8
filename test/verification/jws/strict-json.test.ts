import fc from "fast-check";
import { parseStrictList } from "../../../verification/jws/strict-json.ts";

const parse = (text: string) => parseStrictList(new TextEncoder().encode(text), "keys");
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const TWIN = '{"a":1,"a":2}';

describe("parseStrictList", () => {
  test("gives the list of any document that a serializer writes, blanks or not", () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 4, stringUnit: "binary" })),
        fc.dictionary(
          fc.string({ unit: "binary" }).filter((name) => name !== "keys"),
          fc.jsonValue({ maxDepth: 3 }),
        ),
        fc.nat(3),
        (keys, others, blanks) => {
          const text = JSON.stringify({ ...others, keys }, undefined, blanks);
          expect(parse(text)).toEqual(JSON.parse(text).keys);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("gives up the entries alone that are ambiguous, wherever they stand", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined))), (entries) => {
        const words = entries.map((entry) => (entry === undefined ? TWIN : JSON.stringify(entry)));
        expect(parse(`{"a":[0,[1,2]],"keys":[${words}]}`)).toEqual(
          JSON.parse(JSON.stringify({ entries })).entries.map((entry: unknown, at: number) =>
            entries[at] === undefined ? undefined : entry,
          ),
        );
      }),
    );
  });

  test("gives an empty list as one without entries, whatever is between its brackets", () => {
    for (const text of ['{"keys":[]}', '{"keys":[ ]}']) expect(parse(text)).toStrictEqual([]);
  });

  test("knows an ambiguous entry from one that is null", () => {
    expect(parse(`{"keys":[null,${TWIN},1]}`)).toEqual([null, undefined, 1]);
  });

  test("bounds the nesting of an entry as that of a document", () => {
    expect(parse(`{"keys":[${nested(14)},1]}`)?.[0]).toBeDefined();
    expect(parse(`{"keys":[${nested(15)},1]}`)).toEqual([undefined, 1]);
  });

  test.each([
    ["no JSON", "<html>"],
    ["nothing", ""],
    ["a list", "[[]]"],
    ["another member alone", '{"Keys":[]}'],
    ["a map in the list's place", '{"keys":{"keys":[1]}}'],
    ["the list twice", '{"keys":[1],"keys":[1]}'],
    ["the list twice, once as a text", '{"keys":"x","keys":[1]}'],
    ["the list twice, once by an escape", '{"keys":[1],"\\u006beys":[1]}'],
    ["twins beside the list", '{"keys":[1],"a":1,"a":1}'],
    ["twins deep beside the list", `{"keys":[1],"a":[${TWIN}]}`],
    ["too deep a member beside the list", `{"keys":[1],"a":${nested(16)}}`],
    ["a byte order mark", '\ufeff{"keys":[1]}'],
  ])("gives nothing of a document that is %s", (_, text) => {
    expect(parse(text)).toBeUndefined();
  });

  test("gives nothing of bytes that are not UTF-8, even if only in one entry", () => {
    const bytes = Buffer.from('{"keys":[1,"\xff"]}', "latin1");
    expect(parseStrictList(bytes, "keys")).toBeUndefined();
  });
});
