import { access, assessAll } from "../../../support/domain/accesses.ts";

const pointsOf = (...accesses: Parameters<typeof assessAll>[0]) =>
  assessAll(accesses).risk.factors.unusualTime;

test.each([
  ["05:59:59", 15],
  ["06:00:00", 0],
  ["21:59:59", 0],
  ["22:00:00", 15],
  ["00:00:00", 15],
])("at %s: %i points", (time, points) => {
  const at = Date.parse(`2026-03-02T${time}Z`) / 1000;
  expect(pointsOf(access({ at }))).toBe(points);
});
