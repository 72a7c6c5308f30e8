import { assess } from "../../../domain/risk/assess.ts";
import type { Profile } from "../../../domain/risk/profile.ts";
import { access, assessAll, CITIES, MORNING, scoring } from "../../support/domain/accesses.ts";

const HOUR = 3600;
const NOTHING = {
  impossibleTravel: 0,
  unusualTime: 0,
  failedAttempts: 0,
  sensitiveDataAccess: 0,
  anomalousBehavior: 0,
};
const factorsOf = (...accesses: Parameters<typeof assessAll>[0]) => assessAll(accesses).risk.factors;
const failures = (count: number, from = MORNING) =>
  Array.from({ length: count }, (_, index) => access({ at: from + index, status: 403 }));

test("a first access by day causes nothing, wherever it comes from and with whatever agent", () => {
  expect(factorsOf(access({ place: CITIES.sydney, userAgent: "curl" }))).toEqual(NOTHING);
});

describe("impossible travel", () => {
  const between = (seconds: number) =>
    factorsOf(access({ place: CITIES.frankfurt }), access({ at: MORNING + seconds, place: CITIES.singapore }))
      .impossibleTravel;

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
    expect(factorsOf(...flight).impossibleTravel).toBe(0);
  });

  test("an access without a place neither travels nor hides a travel", () => {
    const [here, nowhere, there] = [
      access({ place: CITIES.frankfurt }),
      access({ at: MORNING + 60 }),
      access({ at: MORNING + 120, place: CITIES.singapore }),
    ];
    expect(factorsOf(here, nowhere).impossibleTravel).toBe(0);
    expect(factorsOf(here, nowhere, there).impossibleTravel).toBe(30);
  });

  test("a late access that shows the way between moves the travel to the moment it really happened", () => {
    const [start, end] = [
      access({ place: CITIES.london }),
      access({ at: MORNING + HOUR, place: CITIES.singapore }),
    ];
    const late = access({ at: MORNING + 60, place: CITIES.singapore });
    const later = access({ at: MORNING + 60 + HOUR });
    expect(factorsOf(start, end, later).impossibleTravel).toBe(30);
    expect(factorsOf(start, end, later, late).impossibleTravel).toBe(0);
    expect(factorsOf(start, late, end, later).impossibleTravel).toBe(0);
  });
});

test.each([
  ["05:59:59", 15],
  ["06:00:00", 0],
  ["21:59:59", 0],
  ["22:00:00", 15],
  ["00:00:00", 15],
])("at %s: %i points", (time, points) => {
  const at = Date.parse(`2026-03-02T${time}Z`) / 1000;
  expect(factorsOf(access({ at })).unusualTime).toBe(points);
});

test.each([
  [2, 0],
  [3, 5],
  [5, 5],
  [6, 15],
  [10, 15],
  [11, 25],
  [40, 25],
])("%i refusals: %i points", (count, points) => {
  expect(factorsOf(...failures(count)).failedAttempts).toBe(points);
});

test("the points of eleven refusals are held an hour, though ten of them are forgotten before", () => {
  const refused = [...failures(10, MORNING), ...failures(1, MORNING + 3000), ...failures(1, MORNING + 3700)];
  expect(factorsOf(...refused).failedAttempts).toBe(25);
  expect(factorsOf(...refused, access({ at: MORNING + 6599 })).failedAttempts).toBe(25);
  expect(factorsOf(...refused, access({ at: MORNING + 6600 })).failedAttempts).toBe(0);
});

test.each([
  ["/api/admin", 20],
  ["/api/admin/users", 20],
  ["/api/administration", 20],
  ["/API/Billing", 20],
  ["/api//billing", 20],
  ["/api/%61dmin", 20],
  ["/api/orders/../export", 20],
  ["/api/./export", 20],
  ["/api;v=1/export", 20],
  ["/%2561pi/billing", 20],
  ["/api/users/bulk", 20],
  ["/api/users", 0],
  ["/v1/api/admin", 0],
  ["/api/%zz", 0],
])("path %s: %i points", (path, points) => {
  expect(factorsOf(access({ path })).sensitiveDataAccess).toBe(points);
});

test("an agent is new once; the agent of the first access never", () => {
  const first = access({ userAgent: "a" });
  const second = access({ at: MORNING + 10, userAgent: "b" });
  const again = access({ at: MORNING + 10 + HOUR, userAgent: "b" });
  expect(factorsOf(first, second).anomalousBehavior).toBe(10);
  expect(factorsOf(first, second, again).anomalousBehavior).toBe(0);
});

describe("episodes", () => {
  const NIGHT = Date.parse("2026-03-03T02:00:00Z") / 1000;
  const theft = [
    access({ at: NIGHT, place: CITIES.frankfurt, userAgent: "home", path: "/api/orders" }),
    access({ at: NIGHT + 300, place: CITIES.singapore, userAgent: "home", path: "/api/orders" }),
    access({ at: NIGHT + 310, place: CITIES.singapore, userAgent: "other", path: "/api/orders" }),
    access({ at: NIGHT + 320, place: CITIES.singapore, userAgent: "other", path: "/api/admin" }),
  ];
  const sent = (profile: Profile): Profile =>
    profile.episode ? { ...profile, episode: { ...profile.episode, sent: true } } : profile;

  test("the score rises over both thresholds; each rise is announced with a later UpdatedAt", () => {
    const steps: unknown[] = [];
    let profile: Profile | undefined;
    for (const one of theft) {
      // A clock that stands still: the announcements must rise all the same.
      const result = assess(profile, one, scoring, (NIGHT + 400) * 1000);
      steps.push([
        result.risk.score,
        result.profile.episode?.score,
        result.profile.episode?.announcedAt,
        result.risk.elevatedAt,
      ]);
      profile = sent(result.profile);
    }
    const T = (NIGHT + 400) * 1000;
    expect(steps).toEqual([
      [15, undefined, undefined, undefined],
      [45, undefined, undefined, undefined],
      [55, 55, T, undefined],
      [75, 75, T + 1, NIGHT + 320],
    ]);
    expect(profile?.episode).toMatchObject({ start: NIGHT + 310, sent: true });
  });

  test("exactly 50 and exactly 70 are not above", () => {
    const exact = { ...scoring, thresholds: { medium: 55, high: 75 } };
    const { risk, profile } = assessAll(theft, exact);
    expect(risk).toMatchObject({ score: 75 });
    expect(risk.elevatedAt).toBeUndefined();
    expect(profile.episode).toMatchObject({ start: NIGHT + 320, score: 75 });
  });

  test("a rise after the old points have run out is a new episode and a new elevation, though no access came between", () => {
    const low = { ...scoring, thresholds: { medium: 40, high: 44 } };
    const first = sent(assessAll(theft, low).profile);
    const nextNight = access({ at: NIGHT + 24 * HOUR, path: "/api/admin", userAgent: "third" });
    const { risk, profile } = assess(first, nextNight, low, 0);
    expect(risk).toMatchObject({ score: 45, elevatedAt: nextNight.at });
    expect(profile.episode).toMatchObject({ start: nextNight.at, score: 45, sent: false });
  });

  test("an episode whose announcement is not out yet is kept until it is", () => {
    const unsent = assessAll(theft).profile;
    const calm = access({ at: NIGHT + 8 * HOUR });
    expect(assess(unsent, calm, scoring, 0).profile.episode).toEqual(unsent.episode);
    expect(assess(sent(unsent), calm, scoring, 0).profile.episode).toBeUndefined();
  });

  test("a score that falls and rises within an episode is announced only above what was announced", () => {
    const peak = sent(assessAll(theft).profile);
    const held = assess(peak, access({ at: NIGHT + 1000, path: "/api/admin" }), scoring, 0).profile;
    expect(held.episode).toEqual(peak.episode);
    const higher = assess(held, access({ at: NIGHT + 1001, status: 403 }), scoring, 0);
    expect(higher.profile.episode).toEqual(peak.episode);
    const failing = failures(3, NIGHT + 1002).reduce((at, one) => assess(at, one, scoring, 0).profile, held);
    expect(failing.episode).toMatchObject({
      start: NIGHT + 310,
      elevatedAt: NIGHT + 320,
      score: 80,
      sent: false,
    });
  });

  test("risk lasts an hour from the newest access", () => {
    expect(assessAll(theft).expiresAt).toBe(NIGHT + 320 + HOUR);
  });
});
