import type { EpochSeconds } from "../time.ts";
import type { Cause } from "./factor.ts";
import { type LayoutOf, SECONDS, TEXT } from "./part-layout.ts";

/** One access that mattered: when, and its decision id. */
export interface Moment {
  readonly at: EpochSeconds;
  readonly event: string;
}

export const MOMENT_LAYOUT: LayoutOf<Moment> = { kind: "record", fields: { at: SECONDS, event: TEXT } };

/**
 * Returns the newer of two moments, or in the same second the one with the greater id, so that the
 * order of arrival does not matter.
 */
export function newerMoment(a: Moment | undefined, b: Moment): Moment;
export function newerMoment(a: Moment | undefined, b: Moment | undefined): Moment | undefined;
export function newerMoment(a: Moment | undefined, b: Moment | undefined): Moment | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.at > a.at || (b.at === a.at && b.event > a.event) ? b : a;
}

/** Returns the cause of the points that a moment gave. */
export const causeOf = (says: string, moment: Moment | undefined): Cause =>
  moment === undefined ? { says, events: [] } : { says, at: moment.at, events: [moment.event] };
