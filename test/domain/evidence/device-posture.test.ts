import { assessPosture } from "../../../domain/evidence/device-posture.ts";

const NOW = 1_790_000_000;
const posture = (assessedAt: number, compliant = true) => ({
  source: "x",
  compliant,
  assessedAt,
  details: [],
});

test.each([
  ["never reported", undefined, "none"],
  ["just now", posture(NOW), "healthy"],
  ["just now, amiss", posture(NOW, false), "unhealthy"],
  ["as long ago as may be", posture(NOW - 600), "healthy"],
  ["a second longer", posture(NOW - 601), "unknown"],
  ["a second longer, amiss", posture(NOW - 601, false), "unknown"],
  ["a clock a little ahead", posture(NOW + 300), "healthy"],
  ["a clock far ahead", posture(NOW + 301), "unknown"],
  ["a moment that is no number", posture(Number.NaN), "unknown"],
] as const)("%s", (_, given, verdict) => {
  expect(assessPosture(given, NOW, 600)).toBe(verdict);
});

test("an age limit of zero lets only this second count", () => {
  expect([assessPosture(posture(NOW), NOW, 0), assessPosture(posture(NOW - 1), NOW, 0)]).toEqual([
    "healthy",
    "unknown",
  ]);
});
