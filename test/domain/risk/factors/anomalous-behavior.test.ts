import { access, assessAll, MORNING } from "../../../support/domain/accesses.ts";

const HOUR = 3600;
const pointsOf = (...accesses: Parameters<typeof assessAll>[0]) =>
  assessAll(accesses).risk.factors.anomalousBehavior;

test("an agent is new once; the agent of the first access never", () => {
  const first = access({ userAgent: "a" });
  const second = access({ at: MORNING + 10, userAgent: "b" });
  const again = access({ at: MORNING + 10 + HOUR, userAgent: "b" });
  expect(pointsOf(first, second)).toBe(10);
  expect(pointsOf(first, second, again)).toBe(0);
});
