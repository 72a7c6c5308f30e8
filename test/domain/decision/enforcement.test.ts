import fc from "fast-check";
import {
  ENFORCE_VARIABLE,
  isEnforced,
  readEnforcement,
  writeEnforcement,
} from "../../../domain/decision/enforcement.ts";

const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).filter((name) => name !== "all" && name !== "none");

describe("the stage variable", () => {
  test("is named sallyport_enforce", () => {
    expect(ENFORCE_VARIABLE).toBe("sallyport_enforce");
  });

  test.each([
    ["none", []],
    ["billing", ["billing"]],
    ["admin,billing", ["admin", "billing"]],
    ["all", "all"],
  ])("%j is read", (text, enforcement) => {
    expect(readEnforcement(text)).toEqual(enforcement);
  });

  test.each([
    undefined,
    "",
    " ",
    "None",
    "NONE",
    " none",
    "none,billing",
    "billing,all",
    "billing,",
    ",billing",
    "billing, admin",
    "billing;admin",
    "Billing",
    "constructor\n",
    "%6eone",
  ])("%j enforces everything", (text) => {
    expect(readEnforcement(text)).toBe("all");
  });

  test("reads back what is written", () => {
    fc.assert(
      fc.property(fc.uniqueArray(names), (segments) => {
        expect(readEnforcement(writeEnforcement(segments))).toEqual([...segments].sort());
      }),
    );
    expect(readEnforcement(writeEnforcement("all"))).toBe("all");
  });

  test("holds only characters that a stage variable may have", () => {
    fc.assert(
      fc.property(fc.array(names), (segments) => {
        expect(writeEnforcement(segments)).toMatch(/^[A-Za-z0-9\-._~:/?#&=,]+$/);
      }),
    );
  });
});

describe("a verdict counts", () => {
  test.each([
    ["all", ["general"], true],
    ["all", undefined, true],
    [[], ["general"], false],
    [[], undefined, false],
    [["billing"], ["general", "billing"], true],
    [["billing"], ["general"], false],
    [["billing"], [], false],
    // It might be a request for billing.
    [["billing"], undefined, true],
  ] as const)("where %j is enforced, on %j: %j", (enforcement, segments, counts) => {
    expect(isEnforced(enforcement, segments)).toBe(counts);
  });
});
