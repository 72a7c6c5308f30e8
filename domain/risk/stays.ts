import type { EpochSeconds } from "../time.ts";
import { comparePlaces, kilometresBetween, type Place } from "./distance.ts";
import { DEGREES, type LayoutOf, SECONDS, TEXT } from "./part-layout.ts";

/** Consecutive accesses from one place; only the first and the last moment are kept. */
export interface Stay extends Place {
  readonly first: EpochSeconds;
  readonly last: EpochSeconds;
  /** One access of the stay, to show */
  readonly event: string;
}

/** Two consecutive accesses, too far apart for the time between them. */
export interface Travel {
  /** When the second one happened */
  readonly at: EpochSeconds;
  readonly from: string;
  readonly to: string;
  readonly kilometres: number;
  readonly seconds: number;
}

/** A user's recent places in order, and the newest impossible travel among those no longer kept. */
export interface Itinerary {
  readonly stays: readonly Stay[];
  readonly settled?: Travel;
}

const STAY: LayoutOf<Stay> = {
  kind: "record",
  fields: { latitude: DEGREES, longitude: DEGREES, first: SECONDS, last: SECONDS, event: TEXT },
};

const TRAVEL: LayoutOf<Travel> = {
  kind: "record",
  fields: {
    at: SECONDS,
    from: TEXT,
    to: TEXT,
    kilometres: { kind: "whole", bytes: 2 },
    seconds: { kind: "whole", bytes: 4 },
  },
};

export const ITINERARY_LAYOUT: LayoutOf<Itinerary> = {
  kind: "record",
  fields: { stays: { kind: "list", of: STAY }, settled: { kind: "optional", of: TRAVEL } },
};

/** Stays that are kept. */
export const STAYS_KEPT = 6;

/** The rules for impossible travel. */
export interface TravelRules {
  readonly kilometresPerHour: number;
  /** Seconds after which two accesses are not compared */
  readonly memory: number;
}

/**
 * Inserts one access into an itinerary by its time.
 *
 * Accesses are ordered by time, and by place within one second, so that the order of arrival does
 * not matter. Two tolerances may miss a travel: an access within a stay at another place is
 * compared with that stay's first and last moment, because those between are not kept; and an
 * access older than all of `STAYS_KEPT` kept stays is ignored.
 */
export function addAccess(
  itinerary: Itinerary,
  place: Place,
  at: EpochSeconds,
  event: string,
  rules: TravelRules,
): Itinerary {
  const { stays } = itinerary;
  const here: Stay = { latitude: place.latitude, longitude: place.longitude, first: at, last: at, event };
  // The first stay that does not end before the access.
  const found = stays.findIndex((stay) => compareMoments(stay.last, stay, at, place) >= 0);
  const index = found < 0 ? stays.length : found;
  const before = stays[index - 1];
  const next = stays[index];
  if (next !== undefined && compareMoments(next.first, next, at, place) <= 0) {
    if (comparePlaces(next, place) === 0) return itinerary;
    const halves = [{ ...next, last: next.first }, here, { ...next, first: next.last }];
    return shorten({ ...itinerary, stays: stays.toSpliced(index, 1, ...halves) }, rules);
  }
  if (index === 0 && stays.length >= STAYS_KEPT) return itinerary;
  if (before !== undefined && comparePlaces(before, place) === 0) {
    return { ...itinerary, stays: stays.with(index - 1, { ...before, last: at }) };
  }
  if (next !== undefined && comparePlaces(next, place) === 0) {
    return { ...itinerary, stays: stays.with(index, { ...next, first: at, event }) };
  }
  return shorten({ ...itinerary, stays: stays.toSpliced(index, 0, here) }, rules);
}

/** Drops stays that cannot matter to an access at `horizon` or later. */
export function forgetStays(itinerary: Itinerary, horizon: EpochSeconds): Itinerary {
  const stays = itinerary.stays.filter((stay) => stay.last > horizon);
  const { settled } = itinerary;
  return { stays, ...(settled !== undefined && settled.at > horizon && { settled }) };
}

/**
 * Returns the newest impossible travel, computed each time because a late access can move it to an
 * earlier moment.
 */
export function newestTravel(itinerary: Itinerary, rules: TravelRules): Travel | undefined {
  const { stays } = itinerary;
  for (let index = stays.length - 1; index > 0; index--) {
    const [from, to] = [stays[index - 1], stays[index]];
    const travel = from && to && travelBetween(from, to, rules);
    if (travel) return travel;
  }
  return itinerary.settled;
}

function travelBetween(from: Stay, to: Stay, rules: TravelRules): Travel | undefined {
  const seconds = to.first - from.last;
  const kilometres = kilometresBetween(from, to);
  if (seconds > rules.memory || kilometres <= (seconds / 3600) * rules.kilometresPerHour) return undefined;
  return { at: to.first, from: from.event, to: to.event, kilometres: Math.round(kilometres), seconds };
}

function shorten(itinerary: Itinerary, rules: TravelRules): Itinerary {
  let { stays, settled } = itinerary;
  while (stays.length > STAYS_KEPT) {
    const [oldest, next] = stays;
    const travel = oldest && next && travelBetween(oldest, next, rules);
    // A travel that is settled already is older than what is dropped now.
    if (travel) settled = travel;
    stays = stays.slice(1);
  }
  return { stays, ...(settled !== undefined && { settled }) };
}

function compareMoments(a: EpochSeconds, placeA: Place, b: EpochSeconds, placeB: Place): number {
  return a - b || comparePlaces(placeA, placeB);
}
