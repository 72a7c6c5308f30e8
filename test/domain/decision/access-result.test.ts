import { goesThrough } from "../../../domain/decision/access-result.ts";
import { denial } from "../../../domain/decision/decision.ts";

const allow = {
  outcome: "allow",
  reasons: ["policy-permits"],
  policies: [],
  monitored: [],
  segments: [],
} as const;

test.each([
  ["an allow", allow, true, true],
  ["an allow in monitor mode", allow, false, true],
  ["a denial", denial("token-expired"), true, false],
  ["a denial in monitor mode", denial("token-expired"), false, true],
] as const)("%s reaches the back end, or does not", (_, decision, enforced, reaches) => {
  expect(goesThrough({ decision, enforced })).toBe(reaches);
});
