import { capClaimedTrust, readDeviceTrust, trustRank } from "../../../domain/evidence/device-trust.ts";

test.each([
  ["high", "high"],
  ["MEDIUM", "medium"],
  ["Low", "low"],
  ["unknown", "unknown"],
  ["highest", "unknown"],
  ["", "unknown"],
  [3, "unknown"],
  [null, "unknown"],
])("readDeviceTrust(%p) is %s", (claim, expected) => {
  expect(readDeviceTrust(claim)).toBe(expected);
});

test("ranks rise with trust", () => {
  expect((["unknown", "low", "medium", "high"] as const).map(trustRank)).toEqual([0, 1, 2, 3]);
});

test("a claim counts up to the cap and no further", () => {
  expect(capClaimedTrust("high", "medium")).toBe("medium");
  expect(capClaimedTrust("low", "medium")).toBe("low");
  expect(capClaimedTrust("medium", "medium")).toBe("medium");
  expect(capClaimedTrust("high", "high")).toBe("high");
});
