import { createTokenCache } from "../../../verification/token/token-cache.ts";

const NOW = 1_790_000_000_000;
/** A token that counts for a second, recognised by its number of roles. */
const cached = (roles = 0, until = NOW + 1000) =>
  ({ token: { roles: Array.from({ length: roles }, () => "r") }, until }) as never;

describe("The cache of verified tokens", () => {
  test("finds a token by its exact characters until it expires, and not at that moment", () => {
    const cache = createTokenCache();
    const entry = cached();
    cache.add("a.b.c", entry);
    expect(cache.find("a.b.c", NOW)).toBe(entry);
    expect(cache.find("a.b.c", NOW + 999)).toBe(entry);
    expect(cache.find("a.b.d", NOW)).toBeUndefined();
    expect(cache.find("a.b.c", NOW + 1000)).toBeUndefined();
    // It is gone for good, although the clock was set back.
    expect(cache.find("a.b.c", NOW)).toBeUndefined();
  });

  test("holds 524,288 characters, and evicts the oldest tokens for more", () => {
    const cache = createTokenCache();
    const names = ["a", "b", "c", "d"].map((name) => name.repeat(131_072)) as [
      string,
      string,
      string,
      string,
    ];
    for (const name of names) cache.add(name, cached());
    expect(names.map((name) => cache.find(name, NOW) !== undefined)).toEqual([true, true, true, true]);
    cache.add("e", cached());
    expect(names.map((name) => cache.find(name, NOW) !== undefined)).toEqual([false, true, true, true]);
    // The room that the first one left is free.
    cache.add("f".repeat(131_071), cached());
    expect(names.map((name) => cache.find(name, NOW) !== undefined)).toEqual([false, true, true, true]);
    expect(cache.find("e", NOW)).toBeDefined();
    cache.add("g", cached());
    expect(names.map((name) => cache.find(name, NOW) !== undefined)).toEqual([false, false, true, true]);
  });

  test("counts a token once that is added again, and takes it for a new one", () => {
    const cache = createTokenCache();
    const [large, other] = ["a".repeat(262_144), "b".repeat(262_144)] as const;
    cache.add(large, cached());
    cache.add(other, cached());
    cache.add(large, cached(1));
    expect(cache.find(large, NOW)?.token.roles).toHaveLength(1);
    expect(cache.find(other, NOW)).toBeDefined();
    cache.add("c", cached());
    expect(cache.find(other, NOW)).toBeUndefined();
    expect(cache.find(large, NOW)).toBeDefined();
  });

  test("keeps no token that is larger than all the room", () => {
    const cache = createTokenCache();
    const name = "a".repeat(524_289);
    cache.add(name, cached());
    expect(cache.find(name, NOW)).toBeUndefined();
    cache.add("b", cached());
    expect(cache.find("b", NOW)).toBeDefined();
  });
});
