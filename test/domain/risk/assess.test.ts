import { assess } from "../../../domain/risk/assess.ts";
import type { Profile } from "../../../domain/risk/profile.ts";
import { completePoints } from "../../../domain/risk/risk-state.ts";
import { access, assessAll, CITIES, MORNING, scoring } from "../../support/domain/accesses.ts";

const HOUR = 3600;
const factorsOf = (...accesses: Parameters<typeof assessAll>[0]) => assessAll(accesses).risk.factors;
const failures = (count: number, from = MORNING) =>
  Array.from({ length: count }, (_, index) => access({ at: from + index, status: 403 }));

test("a first access by day causes nothing, wherever it comes from and with whatever agent", () => {
  expect(factorsOf(access({ place: CITIES.sydney, userAgent: "curl" }))).toEqual(completePoints());
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
