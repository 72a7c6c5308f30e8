import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertKnownSegments } from "../../cli/known-segments.ts";

const folder = mkdtempSync(join(tmpdir(), "segments-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a mistyped segment is refused with the nearest name and the flag for other policies", () => {
  expect(() => assertKnownSegments(["admin", "biling"])).toThrow(
    /--enforce: "biling" is not a segment of .*segments\.json: did you mean billing\?/,
  );
});

test.each([["all" as const], [[]], [["admin", "billing"]]])("%j is accepted", (enforcement) => {
  expect(() => assertKnownSegments(enforcement)).not.toThrow();
});

test("the segments are those of the folder that is named", () => {
  writeFileSync(join(folder, "segments.json"), '{ "payments": ["/pay/**"] }');
  expect(() => assertKnownSegments(["payments"], folder)).not.toThrow();
  expect(() => assertKnownSegments(["billing"], folder)).toThrow(/"billing" is not a segment/);
});

test("a folder whose segments cannot be read is refused", () => {
  expect(() => assertKnownSegments(["admin"], join(folder, "none"))).toThrow(/cannot be read/);
  writeFileSync(join(folder, "segments.json"), "{");
  expect(() => assertKnownSegments(["admin"], folder)).toThrow(/segments\.json:1 has text that is not JSON/);
});
