import { access, assessAll, CITIES, MORNING } from "../../../support/domain/accesses.ts";

const HOUR = 3600;
const pointsOf = (...accesses: Parameters<typeof assessAll>[0]) =>
  assessAll(accesses).risk.factors.impossibleTravel;

const between = (seconds: number) =>
  pointsOf(access({ place: CITIES.frankfurt }), access({ at: MORNING + seconds, place: CITIES.singapore }));

// 10,260 km by any great-circle calculator: 10.26 hours at 1000 km/h.
test.each([
  [300, 30],
  [10 * HOUR, 30],
  [11 * HOUR, 0],
  [24 * HOUR + 1, 0],
])("Frankfurt to Singapore within %i seconds: %i points", (seconds, points) => {
  expect(between(seconds)).toBe(points);
});

test("crossing the date line is not a journey round the world", () => {
  const flight = [access({ place: CITIES.fiji }), access({ at: MORNING + 2 * HOUR, place: CITIES.samoa })];
  expect(pointsOf(...flight)).toBe(0);
});

test("an access without a place neither travels nor hides a travel", () => {
  const [here, nowhere, there] = [
    access({ place: CITIES.frankfurt }),
    access({ at: MORNING + 60 }),
    access({ at: MORNING + 120, place: CITIES.singapore }),
  ];
  expect(pointsOf(here, nowhere)).toBe(0);
  expect(pointsOf(here, nowhere, there)).toBe(30);
});

test("a late access that shows the way between moves the travel to the moment it really happened", () => {
  const [start, end] = [
    access({ place: CITIES.london }),
    access({ at: MORNING + HOUR, place: CITIES.singapore }),
  ];
  const late = access({ at: MORNING + 60, place: CITIES.singapore });
  const later = access({ at: MORNING + 60 + HOUR });
  expect(pointsOf(start, end, later)).toBe(30);
  expect(pointsOf(start, end, later, late)).toBe(0);
  expect(pointsOf(start, late, end, later)).toBe(0);
});
