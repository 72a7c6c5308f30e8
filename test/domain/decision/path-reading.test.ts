import { everyReadingOf, foldCase } from "../../../domain/decision/path-reading.ts";

describe("everyReadingOf", () => {
  test.each([
    ["the root", "/", []],
    ["letters, digits, `_`, `~` and `-`", "/Az09_~-/b", []],
    ["a plain path of any length", `/${"x/".repeat(4000)}x`, []],
    ["an escape", "/a%2fb", ["/a/b"]],
    ["several bytes escaped", "/%C3%A9", ["/é"]],
    ["an escape of an escape", "/%2561", ["/%61", "/a"]],
    ["three rounds of escapes", "/a%252520b", ["/a%2520b", "/a%20b", "/a b"]],
    ["an escape of an unreserved character beside another", "/%61%2fb", ["/a/b", "/a%2fb"]],
    ["each unreserved character", "/%41%7A%30%39%7e%5f%2d%2fb", ["/Az09~_-/b", "/Az09~_-%2fb"]],
    ["a broken escape that a decoded one leaves behind", "/x/100%25", ["/x/100%"]],
    ["dots for the parent", "/a/b/../c", ["/a/c"]],
    ["dots for the parent of the root", "/../a", ["/a"]],
    ["dots for the parent at the end", "/a/b/..", ["/a/", "/a"]],
    ["a dot for the same folder", "/a/./b", ["/a/b"]],
    ["a dot for the same folder at the end", "/a/.", ["/a/", "/a"]],
    ["doubled slashes", "/a//b///c", ["/a/b/c"]],
    ["slashes alone", "//", ["/"]],
    ["a backslash", "/a\\b\\c", ["/a/b/c"]],
    ["a parameter in the middle", "/a;x=1/b", ["/a/b"]],
    ["several parameters", "/a;x=1/b;y", ["/a/b"]],
    ["a parameter instead of a name", "/;x", ["/"]],
    ["a question mark", "/a?b c", ["/a"]],
    ["a question mark before another", "/a?b?c", ["/a"]],
    ["an escaped question mark", "/a%3fb", ["/a?b", "/a"]],
    ["an escaped hash", "/a%23b", ["/a#b", "/a"]],
    ["a slash at the end", "/a/b/", ["/a/b"]],
    ["dots and spaces at the end of a name", "/a. ./b", ["/a/b"]],
    ["a name of dots alone", "/...", ["/"]],
    ["a suffix", "/a.json", ["/a"]],
    ["a suffix before a slash at the end", "/a.json/", ["/a.json", "/a/", "/a"]],
    ["several suffixes", "/a.b.c", ["/a.b", "/a"]],
    ["a suffix in the middle", "/a.php/b", ["/a/b"]],
    ["a suffix in the middle of one character", "/a.b/c/d", ["/a/c/d"]],
    ["a name that begins with a dot", "/.a/.b", []],
    ["characters without a shape", "/a\u00ad\u200b\u200fb\u2060\ufeff", ["/ab"]],
    ["letters that look like slashes", "/a\u2215b\u2044c", ["/a/b/c"]],
    ["full-width letters", "/\uff41\uff0fb", ["/a/b"]],
  ])("reads a path with %s in each way that servers do", (_, path, others) => {
    expect([...(everyReadingOf(path) ?? [])].sort()).toEqual([path, ...others].sort());
  });

  test.each([
    ["without a slash at the start", "a/b"],
    ["without a slash at the start, plain but for that", "a"],
    ["that is empty", ""],
    ["with an escape that is broken", "/a%"],
    ["with an escape that is broken in its second digit", "/a%2"],
    ["with an escape that is broken in its first digit", "/a%g0"],
    ["with an escape that is broken after a whole one", "/%20%4z"],
    ["with an escape that is not UTF-8", "/a%ff"],
    ["with a control character", "/a\u001fb"],
    ["with a control character behind an escape", "/a%00"],
    ["with DEL", "/a\u007f"],
    ["with a C1 control character", "/a\u009fb"],
    ["that is too long for its characters", `/${"x".repeat(2047)} `],
    ["that has too many readings", `/x/${"a.".repeat(300)}`],
  ])("gives no reading of a path %s", (_, path) => {
    expect(everyReadingOf(path)).toBeUndefined();
  });

  test("reads a path of 2,048 characters that is not plain, and none of one more", () => {
    const path = `/ ${"x".repeat(2046)}`;
    expect(path).toHaveLength(2048);
    expect(everyReadingOf(path)).toEqual([path]);
    expect(everyReadingOf(`${path}x`)).toBeUndefined();
  });

  test("gives 256 readings at most", () => {
    // Decoded up to 15 times, and without up to so many suffixes.
    const path = (suffixes: number) => `/%${"25".repeat(15)}${".y".repeat(suffixes)}`;
    expect(everyReadingOf(path(15))).toHaveLength(256);
    expect(everyReadingOf(path(16))).toBeUndefined();
  });

  test("gives 65,536 characters in all at most", () => {
    // 32 readings of 2,048 characters and fewer: each loses a suffix of one character.
    const total = (readings: readonly string[] | undefined) => readings?.join("").length;
    const path = (suffixes: number, length: number) =>
      `/${"x".repeat(length - 1 - 2 * suffixes)}${".y".repeat(suffixes)}`;
    const sum = (suffixes: number, length: number) => (suffixes + 1) * length - suffixes * (suffixes + 1);
    expect(total(everyReadingOf(path(31, 2048)))).toBe(sum(31, 2048));
    // 33 readings: 33 · length − 32 · 33 characters.
    expect(total(everyReadingOf(path(32, 2017)))).toBe(sum(32, 2017));
    expect(sum(32, 2017)).toBeLessThanOrEqual(65_536);
    expect(sum(32, 2018)).toBeGreaterThan(65_536);
    expect(everyReadingOf(path(32, 2018))).toBeUndefined();
    // 64 readings that have exactly as many.
    expect(sum(63, 1087)).toBe(65_536);
    expect(total(everyReadingOf(path(63, 1087)))).toBe(65_536);
  });
});

describe("foldCase", () => {
  test.each([
    ["/API/Admin", "/api/admin"],
    ["ſ", "s"],
    ["\u212a", "k"],
    ["ı", "i"],
    ["İx İ", "ix i"],
  ])("unifies the letter case of %j", (text, folded) => {
    expect(foldCase(text)).toBe(folded);
  });
});
