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

test("answers are kept up to 512 KB in all, the oldest making room, and each counts once", () => {
  const answers = createIntrospectionCache(1000);
  const keep = (name: string, bytes: number) => answers.add(name, { claims: { name }, bytes, at: 0 });
  const kept = () => ["a", "b", "c"].filter((name) => answers.find(name, 0) !== undefined);
  keep("a", 262_144);
  keep("b", 262_144);
  expect(kept()).toEqual(["a", "b"]);
  keep("a", 262_144);
  expect(kept()).toEqual(["a", "b"]);
  keep("c", 1);
  expect(kept()).toEqual(["a", "c"]);
});

test("nothing is kept of answers that count for no time, whatever the clock says", () => {
  const answers = createIntrospectionCache(0);
  answers.add("large", { claims: {}, bytes: 600_000, at: 0 });
  expect(answers.find("large", 0)).toBeUndefined();
});

test("4,096 names of good tokens are kept", () => {
  const names = createActiveTokens();
  for (let index = 0; index < 4096; index += 1) names.add(`name-${index}`);
  expect(names.has("name-0")).toBe(true);
  names.add("one more");
  expect([names.has("name-0"), names.has("name-1")]).toEqual([false, true]);
});
