import {
  createActiveTokens,
  createIntrospectionCache,
} from "../../../verification/token/introspection-cache.ts";

test("names of good tokens have an end, and the ones that were used last stay", () => {
  const names = createActiveTokens();
  names.add("first");
  names.add("second");
  for (let index = 0; index < 4094; index += 1) names.add(`name-${index}`);
  names.add("first");
  names.add("one too many");
  expect([names.has("first"), names.has("second"), names.has("one too many")]).toEqual([true, false, true]);
  names.remove("first");
  expect(names.has("first")).toBe(false);
});

test("an answer counts for its time, whichever way the clock goes", () => {
  const answers = createIntrospectionCache(1000);
  const keep = () => answers.add("a", { claims: { sub: "alice" }, bytes: 10, at: 5000 });
  for (const [now, counts] of [
    [5000, true],
    [5999, true],
    [6000, false],
    [4001, true],
    [4000, false],
  ] as const) {
    keep();
    expect(answers.find("a", now)).toEqual(counts ? { sub: "alice" } : undefined);
  }
});
