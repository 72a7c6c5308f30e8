import fc from "fast-check";
import { retryDelay } from "../../domain/retry-delay.ts";

const delays = { first: 100, longest: 1000, spread: 0.5 };

test("A delay doubles with each failure up to the longest", () => {
  expect([1, 2, 3, 4, 5, 6].map((failures) => retryDelay(failures, delays))).toEqual([
    100, 200, 400, 800, 1000, 1000,
  ]);
});

test("Chance takes off the stated share of a delay at most, also of the longest", () => {
  expect([1, 3, 9].map((failures) => retryDelay(failures, delays, 0))).toEqual([50, 200, 500]);
  expect(retryDelay(2, delays, 0.5)).toBe(150);
});

test("A delay is finite and within its bounds after any number of failures", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (failures, random) => {
        const delay = retryDelay(failures, delays, random);
        expect(delay).toBeGreaterThanOrEqual(50);
        expect(delay).toBeLessThanOrEqual(1000);
      },
    ),
  );
});
