import { parseStrictList } from "../../../verification/jws/strict-json.ts";

const parse = (text: string) => parseStrictList(new TextEncoder().encode(text), "keys");
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

test("parseStrictList reads 256 KB of the smallest entries and of the deepest nesting within a second", () => {
  const started = performance.now();
  expect(parse(`{"keys":[0${",0".repeat(130_000)}]}`)).toHaveLength(130_001);
  expect(parse(`{"keys":[${nested(130_000)},1]}`)).toEqual([undefined, 1]);
  expect(performance.now() - started).toBeLessThan(1000);
});
