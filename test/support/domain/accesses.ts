import { createHash } from "node:crypto";
import fc from "fast-check";
import type { AccessObservation } from "../../../domain/event/access-observation.ts";
import { assess, type RiskAssessment, type ScoringRules } from "../../../domain/risk/assess.ts";
import type { Profile } from "../../../domain/risk/profile.ts";
import { DEFAULT_FACTOR_RULES, DEFAULT_THRESHOLDS } from "../../../domain/risk/risk-rules.ts";

/** 2026-03-02T10:00:00Z, a Monday morning. */
export const MORNING = 1_772_445_600;
export const alice = { issuer: "https://id.example.com", subject: "alice" };

export const CITIES = {
  frankfurt: { latitude: 50.11, longitude: 8.68 },
  offenbach: { latitude: 50.1, longitude: 8.77 },
  singapore: { latitude: 1.35, longitude: 103.82 },
  london: { latitude: 51.51, longitude: -0.13 },
  sydney: { latitude: -33.87, longitude: 151.21 },
  fiji: { latitude: -17.78, longitude: 177.95 },
  samoa: { latitude: -13.83, longitude: -171.77 },
  pole: { latitude: 90, longitude: 0 },
} as const;

export const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");

export const scoring: ScoringRules = {
  rules: DEFAULT_FACTOR_RULES,
  thresholds: DEFAULT_THRESHOLDS,
  timeZone: "UTC",
  digest,
};

let counter = 0;

/** An access that causes nothing: by day, allowed, no place, no agent. */
export function access(fields: Partial<AccessObservation> = {}): AccessObservation {
  counter += 1;
  return { event: `event-${counter}`, user: alice, at: MORNING, path: "/api/orders", ...fields };
}

/** Assesses accesses in the order of the list, each on the profile that the one before left. */
export function assessAll(
  accesses: readonly AccessObservation[],
  rules: ScoringRules = scoring,
): RiskAssessment & { readonly profile: Profile } {
  let last: RiskAssessment | undefined;
  for (const one of accesses) last = assess(last?.profile, one, rules, one.at * 1000);
  if (last === undefined) throw new Error("nothing to assess");
  return last;
}

const BUSY_SECONDS = [0, 1, 59, 600, 3599, 3600, 3601, 7200];

/** Moments with many ties and many that lie just on an edge of the hour. */
const moments = fc
  .tuple(fc.constantFrom(0, 0, 3600, 11 * 3600, 20 * 3600), fc.constantFrom(...BUSY_SECONDS), fc.nat(900))
  .map(([hour, edge, more]) => MORNING + hour + edge + (more % 7 === 0 ? 0 : more));

const paths = [
  "/api/orders",
  "/api/orders/7",
  "/API/Admin/x",
  "/api/billing",
  "/api/users",
  "/api/users/bulk",
];
const agents = Array.from({ length: 12 }, (_, index) => `agent/${index}`);

/** Histories of one user. Agents are at most twelve, as many as a profile keeps. */
export function histories(places: fc.Arbitrary<keyof typeof CITIES | undefined>, most = 60) {
  const one = fc.record({
    at: moments,
    path: fc.constantFrom(...paths),
    status: fc.constantFrom(undefined, undefined, 200, 399, 400, 401, 403, 500),
    userAgent: fc.constantFrom(undefined, "agent/0", "agent/0", ...agents),
    city: places,
  });
  return fc.array(one, { minLength: 1, maxLength: most }).map((list) =>
    list.map(
      ({ at, path, status, userAgent, city }, index): AccessObservation => ({
        event: `e${index}`,
        user: alice,
        at,
        path,
        ...(status !== undefined && { status }),
        ...(userAgent !== undefined && { userAgent }),
        ...(city !== undefined && { place: CITIES[city] }),
      }),
    ),
  );
}

export const anyCity = fc.constantFrom(undefined, ...(Object.keys(CITIES) as (keyof typeof CITIES)[]));

/** Every element at least once, some more often, in any order. */
export function arrivals<Element>(history: readonly Element[]): fc.Arbitrary<Element[]> {
  return fc
    .subarray([...history])
    .chain((again) =>
      fc.shuffledSubarray([...history, ...again], { minLength: history.length + again.length }),
    );
}

/** In the order in which accesses are taken: by time, those of one second by place. */
export function inOrder(history: readonly AccessObservation[]): AccessObservation[] {
  return [...history].sort(
    (a, b) =>
      a.at - b.at ||
      (a.place?.latitude ?? 0) - (b.place?.latitude ?? 0) ||
      (a.place?.longitude ?? 0) - (b.place?.longitude ?? 0),
  );
}
