import fc from "fast-check";
import type { AccessObservation } from "../../../domain/event/access-observation.ts";
import { AGENTS_KEPT } from "../../../domain/risk/agents.ts";
import { assess } from "../../../domain/risk/assess.ts";
import { newestTravel, STAYS_KEPT } from "../../../domain/risk/stays.ts";
import {
  access,
  anyCity,
  arrivals,
  assessAll,
  CITIES,
  histories,
  inOrder,
  MORNING,
  scoring,
} from "../../support/domain/accesses.ts";
import { oraclePoints, oracleTravels } from "../../support/domain/score-oracle.ts";

const withArrivals = (history: fc.Arbitrary<AccessObservation[]>) =>
  history.chain((accesses) => fc.tuple(fc.constant(accesses), arrivals(accesses)));

test("in the order of time, all five factors are those of the whole history, after each access", () => {
  fc.assert(
    fc.property(histories(anyCity), (history) => {
      const ordered = inOrder(history);
      let profile: ReturnType<typeof assess>["profile"] | undefined;
      for (const [index, one] of ordered.entries()) {
        const result = assess(profile, one, scoring, one.at * 1000);
        profile = result.profile;
        const expected = oraclePoints(ordered.slice(0, index + 1));
        expect(result.risk.factors).toMatchObject(expected);
        expect(result.risk.score).toBe(
          Object.values(result.risk.factors).reduce((sum, points) => sum + points),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test("in another zone the hours are that zone's", () => {
  fc.assert(
    fc.property(histories(fc.constant(undefined), 5), (history) => {
      const { risk } = assessAll(history, { ...scoring, timeZone: "Asia/Kolkata" });
      expect(risk.factors.unusualTime).toBe(oraclePoints(history, 5.5 * 3600).unusualTime);
    }),
  );
});

test("any order and any repetition end in the same four factors", () => {
  fc.assert(
    fc.property(withArrivals(histories(anyCity)), ([history, arrived]) => {
      const { impossibleTravel: _, ...expected } = oraclePoints(history);
      const { impossibleTravel: __, ...found } = assessAll(arrived).risk.factors;
      expect(found).toMatchObject(expected);
    }),
    { numRuns: 500 },
  );
});

test("any order and any repetition end in the same travel, if no access falls inside a stay at another place", () => {
  const names = Object.keys(CITIES) as (keyof typeof CITIES)[];
  // Each place is visited once, for some accesses in a row, and no more places than are kept.
  const tours = fc
    .tuple(
      fc.shuffledSubarray(names, { minLength: 2, maxLength: STAYS_KEPT }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 4 * 3600 }), fc.integer({ min: 1, max: 4 })), {
        minLength: STAYS_KEPT,
        maxLength: STAYS_KEPT,
      }),
    )
    .map(([visited, plan]) => {
      let at = MORNING;
      return visited.flatMap((city, index) => {
        const [gap, times] = plan[index] ?? [1, 1];
        return Array.from({ length: times }, () => {
          at += gap;
          return access({ at, place: CITIES[city] });
        });
      });
    });
  fc.assert(
    fc.property(withArrivals(tours), ([history, arrived]) => {
      expect(assessAll(arrived).risk.factors).toMatchObject(oraclePoints(history));
    }),
    { numRuns: 500 },
  );
});

test("whatever the order, a travel that is found did happen between the two moments it names", () => {
  let found = 0;
  fc.assert(
    fc.property(withArrivals(histories(anyCity)), ([history, arrived]) => {
      const { profile } = assessAll(arrived);
      const travel =
        profile.parts.impossibleTravel &&
        newestTravel(profile.parts.impossibleTravel, scoring.rules.impossibleTravel);
      if (travel === undefined) return;
      found += 1;
      const between = oracleTravels(history).filter(
        (at) => at >= travel.at - travel.seconds && at <= travel.at,
      );
      expect(between).not.toEqual([]);
    }),
    { numRuns: 500 },
  );
  expect(found).toBeGreaterThan(100);
});

test("an access that comes again right away changes nothing at all", () => {
  fc.assert(
    fc.property(histories(anyCity, 30), fc.nat(), (history, pick) => {
      const before = assessAll(history);
      const again = history[pick % history.length] as AccessObservation;
      // One from within a stay that was split since may come as news, which is the stated
      // tolerance; the newest cannot.
      const newest = inOrder(history).at(-1) as AccessObservation;
      expect(assess(before.profile, newest, scoring, 0).profile).toEqual(before.profile);
      const { impossibleTravel: _, ...others } = assess(before.profile, again, scoring, 0).risk.factors;
      expect(before.risk.factors).toMatchObject(others);
    }),
    { numRuns: 300 },
  );
});

test("a travel is remembered through more short moves than stays are kept", () => {
  const moves = fc.array(fc.record({ far: fc.boolean(), gap: fc.integer({ min: 100, max: 500 }) }), {
    minLength: STAYS_KEPT + 2,
    maxLength: 25,
  });
  const journeys = moves.map((list) => {
    let at = MORNING;
    let latitude = 0;
    return list.map(({ far, gap }, index) => {
      at += gap;
      // Most steps go one or two kilometres, which any of the gaps allows.
      latitude = Math.round((latitude + (far && index < 3 ? 40 : 0.02) * (index % 2 ? 1 : -1)) * 100) / 100;
      return access({ at, place: { latitude, longitude: index / 100 } });
    });
  });
  fc.assert(
    fc.property(journeys, (history) => {
      expect(assessAll(history).risk.factors).toMatchObject(oraclePoints(history));
    }),
    { numRuns: 300 },
  );
});

test("refused requests of two hours, in any order, give the highest step of the last hour", () => {
  const bursts = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 7000 }), fc.integer({ min: 1, max: 11 })), {
      minLength: 1,
      maxLength: 6,
    })
    .map((list) =>
      list.flatMap(([after, count]) =>
        Array.from({ length: count }, () => access({ at: MORNING + after, status: 403 })),
      ),
    );
  fc.assert(
    fc.property(withArrivals(bursts), ([history, arrived]) => {
      expect(assessAll(arrived).risk.factors.failedAttempts).toBe(oraclePoints(history).failedAttempts);
    }),
    { numRuns: 1000 },
  );
});

test("with more agents than are kept, each new one is still found", () => {
  fc.assert(
    fc.property(fc.integer({ min: AGENTS_KEPT, max: 30 }), (count) => {
      const uses = Array.from({ length: count }, (_, index) =>
        access({ at: MORNING + index * 7200, userAgent: `agent/${index}` }),
      );
      const { risk, profile } = assessAll(uses);
      expect(risk.factors.anomalousBehavior).toBe(10);
      expect(profile.parts.anomalousBehavior?.agents).toHaveLength(AGENTS_KEPT);
    }),
  );
});
