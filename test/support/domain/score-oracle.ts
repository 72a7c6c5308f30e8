import type { AccessObservation } from "../../../domain/event/access-observation.ts";

const HOUR = 3600;

/**
 * Points of the factors that the oracle knows: those of 0.1.0. Later ones are tested beside it,
 * each by its own test.
 */
type OraclePoints = Readonly<
  Record<
    "impossibleTravel" | "unusualTime" | "failedAttempts" | "sensitiveDataAccess" | "anomalousBehavior",
    number
  >
>;

/**
 * The table of the five factors computed from a whole history, with none of the scorer's code: no
 * profile, no stays, another formula for distances, hours by arithmetic (the zone is UTC + `offset`
 * seconds). Points are held for an hour after the access that caused them, at the newest access.
 */
export function oraclePoints(history: readonly AccessObservation[], offset = 0): OraclePoints {
  const accesses = [...new Map(history.map((access) => [access.event, access])).values()];
  const end = Math.max(...accesses.map(({ at }) => at));
  const held = (moments: readonly number[], points: number) =>
    moments.some((at) => at > end - HOUR && at <= end) ? points : 0;
  const hourOf = (at: number) => Math.floor(((((at + offset) % 86400) + 86400) % 86400) / HOUR);
  return {
    impossibleTravel: held(oracleTravels(accesses), 30),
    unusualTime: held(
      accesses.map(({ at }) => at).filter((at) => hourOf(at) < 6 || hourOf(at) >= 22),
      15,
    ),
    failedAttempts: failurePoints(accesses, end),
    sensitiveDataAccess: held(
      accesses
        .filter(({ path }) => /^\/api\/(admin|billing|export|users\/bulk)/i.test(path))
        .map(({ at }) => at),
      20,
    ),
    anomalousBehavior: held(newAgentMoments(accesses), 10),
  };
}

/** When each impossible travel happened. */
export function oracleTravels(accesses: readonly AccessObservation[]): number[] {
  const placed = accesses
    .flatMap(({ at, place }) => (place ? [{ at, ...place }] : []))
    .sort((a, b) => a.at - b.at || a.latitude - b.latitude || a.longitude - b.longitude);
  return placed.flatMap((to, index) => {
    const from = placed[index - 1];
    if (from === undefined) return [];
    const seconds = to.at - from.at;
    return seconds <= 24 * HOUR && distance(from, to) > (seconds / HOUR) * 1000 ? [to.at] : [];
  });
}

function failurePoints(accesses: readonly AccessObservation[], end: number): number {
  const failures = accesses.filter(({ status = 0 }) => status >= 400).map(({ at }) => at);
  const counts = failures
    .filter((at) => at > end - HOUR)
    .map((at) => failures.filter((other) => other <= at && other > at - HOUR).length);
  const most = Math.max(0, ...counts);
  if (most > 10) return 25;
  if (most > 5) return 15;
  return most > 2 ? 5 : 0;
}

function newAgentMoments(accesses: readonly AccessObservation[]): number[] {
  const seen = new Set<string>();
  const moments: number[] = [];
  for (const { at, userAgent } of [...accesses].sort((a, b) => a.at - b.at)) {
    if (userAgent === undefined) continue;
    if (seen.size > 0 && !seen.has(userAgent)) moments.push(at);
    seen.add(userAgent);
  }
  return moments;
}

type Point = { latitude: number; longitude: number };

/** The angle between two vectors to the sphere's surface. */
function distance(from: Point, to: Point): number {
  const vector = ({ latitude, longitude }: Point) => {
    const [phi, lambda] = [latitude, longitude].map((degrees) => (degrees / 180) * Math.PI) as [
      number,
      number,
    ];
    return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)] as const;
  };
  const [[a, b, c], [x, y, z]] = [vector(from), vector(to)];
  const cross = Math.hypot(b * z - c * y, c * x - a * z, a * y - b * x);
  return 6371.0088 * Math.atan2(cross, a * x + b * y + c * z);
}
