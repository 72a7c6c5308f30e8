import { access, assessAll, MORNING } from "../../../support/domain/accesses.ts";

const failures = (count: number, from = MORNING) =>
  Array.from({ length: count }, (_, index) => access({ at: from + index, status: 403 }));
const pointsOf = (...accesses: Parameters<typeof assessAll>[0]) =>
  assessAll(accesses).risk.factors.failedAttempts;

test.each([
  [2, 0],
  [3, 5],
  [5, 5],
  [6, 15],
  [10, 15],
  [11, 25],
  [40, 25],
])("%i refusals: %i points", (count, points) => {
  expect(pointsOf(...failures(count))).toBe(points);
});

test("the points of eleven refusals are held an hour, though ten of them are forgotten before", () => {
  const refused = [...failures(10, MORNING), ...failures(1, MORNING + 3000), ...failures(1, MORNING + 3700)];
  expect(pointsOf(...refused)).toBe(25);
  expect(pointsOf(...refused, access({ at: MORNING + 6599 }))).toBe(25);
  expect(pointsOf(...refused, access({ at: MORNING + 6600 }))).toBe(0);
});
