import { type SegmentTable, segmentsOf } from "../../../domain/decision/segment.ts";

const TABLE: SegmentTable = {
  general: ["/**"],
  admin: ["/api/admin/**"],
  orders: ["/api/orders", "/api/v1/orders"],
  keys: ["/api/*/keys/**"],
  items: ["/api/lists/*/items/*"],
  export: ["/api/export/**", "/api/export.csv"],
  root: ["/"],
};

const of = (path: string, table = TABLE) => {
  const match = segmentsOf(table, path);
  return match.status === "matched" ? match.segments.join(" ") : match.status;
};

describe("segmentsOf", () => {
  it.each([
    ["/", "general root"],
    ["/api", "general"],
    ["/api/orders", "general orders"],
    ["/api/v1/orders", "general orders"],
    ["/api/orders/17", "general"],
    ["/api/admin", "general admin"],
    ["/api/admin/", "general admin"],
    ["/api/admin/users/17", "general admin"],
    ["/api/administrators", "general"],
    ["/api/x/keys", "general keys"],
    ["/api/x/keys/1/2", "general keys"],
    ["/api/x/y/keys", "general"],
    ["/api//keys", "general"],
    ["/api/admin/keys", "general admin keys"],
    ["/api/lists/1/items/2", "general items"],
    ["/api/lists/1/items", "general"],
    ["/api/lists/1/items/2/3", "general"],
  ])("puts %s into %s", (path, segments) => {
    expect(of(path)).toBe(segments);
  });

  it.each([
    ["dot segments", "/api/orders/../admin"],
    ["dot segments in the wrong order with doubled slashes", "/api//x/../..//admin"],
    ["a dot", "/api/./admin"],
    ["escaped dots", "/api/x/%2e%2E/admin"],
    ["half escaped dots", "/api/x/.%2e/admin"],
    ["an escaped slash", "/api%2fadmin"],
    ["an escaped letter", "/api/%61dmin"],
    ["a letter escaped twice", "/api/%2561dmin"],
    ["a letter escaped five times", "/api/%252525252561dmin"],
    ["mixed rounds of escaping", "/api%252f%61dmin"],
    ["capital letters", "/api/Admin/users"],
    ["a letter that folds to an ASCII one", "/api/adm\u0131n"],
    ["the same, escaped", "/api/adm%C4%B1n"],
    ["full-width letters", "/api/%EF%BD%81dmin"],
    ["a full-width slash", "/api\uff0fadmin"],
    ["a doubled slash", "/api//admin"],
    ["a leading doubled slash", "//api/admin"],
    ["a backslash", "/api\\admin"],
    ["an escaped backslash", "/api%5cadmin"],
    ["a parameter", "/api/admin;jsessionid=1"],
    ["a parameter in the middle", "/api;x/admin"],
    ["a parameter that hides dots", "/api/x/..;a=b/admin"],
    ["an escaped semicolon", "/api/admin%3bx"],
    ["an escaped question mark", "/api/admin%3fx"],
    ["an escaped hash", "/api/admin%23x"],
    ["a suffix", "/api/admin.json"],
    ["a dot at the end", "/api/admin."],
    ["a space at the end", "/api/admin%20"],
    ["a slash at the end of an exact route", "/api/orders/"],
  ])("finds a path ambiguous with %s", (_, path) => {
    expect(of(path)).toBe("ambiguous");
  });

  it.each([
    ["nothing", ""],
    ["no slash at the start", "api/orders"],
    ["a broken escape", "/x/%"],
    ["a broken escape at the end", "/x/%2"],
    ["an escape that is not hexadecimal", "/x/%u0061"],
    ["an escape that is not UTF-8", "/x/%ff"],
    ["an overlong escape", "/x/%c0%ae"],
    ["NUL", "/x/\u0000"],
    ["an escaped NUL", "/x/%00"],
    ["a newline escaped twice", "/x/%250a"],
    ["delete", "/x/\u007f"],
    ["a C1 control character", "/x/%C2%85"],
    ["more readings than anyone tells", `/x/${"a.".repeat(300)}`],
    ["length without plainness", `/${"x/".repeat(2000)}%20`],
  ])("finds a path ambiguous with %s, wherever it leads", (_, path) => {
    expect(of(path, { general: ["/**"] })).toBe("ambiguous");
  });

  it.each([
    ["/api/files/My%20Report%2FQ1;v=2.PDF/", "general"],
    ["/api/admin/x/../y", "general admin"],
    ["/api/admin/%2e", "general admin"],
    ["/x/100%25", "general"],
    ["/x/%C3%A9", "general"],
    ["/x/someone@example.com", "general"],
    ["/API/files", "general"],
    ["/api/export.csv", "general export"],
    [`/${"x/".repeat(4000)}x`, "general"],
  ])("does not mind readings that agree: %s", (path, segments) => {
    expect(of(path)).toBe(segments);
  });

  it("finds a path ambiguous with a reading that only another letter case puts in the same segment", () => {
    expect(of("/a/../A/b", { x: ["/a/**"] })).toBe("ambiguous");
  });

  it("finds a path ambiguous whose readings are in as many segments, but in others", () => {
    expect(of("/a/../b/c", { x: ["/a/**"], y: ["/b/**"] })).toBe("ambiguous");
  });

  it("does not cover a path that is shorter than the pattern", () => {
    expect(of("/a", { deep: ["/a/*/**"] })).toBe("");
    expect(of("/a/b", { deep: ["/a/*/**"] })).toBe("deep");
  });

  it("covers one path alone by a pattern that ends in a name or in one wildcard", () => {
    const table = { exact: ["/a/b"], one: ["/c/*"] };
    for (const path of ["/a", "/a/c", "/a/b/c", "/c", "/c/d/e"]) expect(of(path, table)).toBe("");
    expect([of("/a/b", table), of("/c/d", table)]).toEqual(["exact", "one"]);
  });

  it("folds the letters of patterns, too", () => {
    const table = { general: ["/**"], admin: ["/api/Admin/**"] };
    expect(of("/api/Admin/x", table)).toBe("general admin");
    expect(of("/api/admin/x", table)).toBe("ambiguous");
  });

  it("puts a path that no pattern covers into no segment", () => {
    expect(of("/x", { admin: ["/api/admin/**"] })).toBe("");
    expect(of("/x", {})).toBe("");
  });
});
