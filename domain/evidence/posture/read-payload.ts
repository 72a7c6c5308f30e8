import type { EpochSeconds } from "../../time.ts";
import { LARGEST_LEAD, type PostureReading } from "../device-posture.ts";

/** 2010-01-01: tools write a date long past where they have none, such as 0001-01-01T00:00:00Z */
const EARLIEST = 1_262_304_000;

export type Payload = Readonly<Record<string, unknown>>;

const isPayload = (value: unknown): value is Payload =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The member of nested objects that a path of names leads to; undefined where it breaks off. */
export function memberOf(payload: unknown, ...path: readonly string[]): unknown {
  let value = payload;
  for (const name of path) {
    if (!isPayload(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/**
 * The one record of a payload that is a record, or a list of one under a name; undefined for any
 * other number of them.
 */
export function onlyRecord(payload: unknown, listName: string): Payload | undefined {
  if (!isPayload(payload)) return undefined;
  const list = memberOf(payload, listName);
  if (!Array.isArray(list)) return payload;
  return list.length === 1 && isPayload(list[0]) ? list[0] : undefined;
}

/**
 * Makes a posture of the problems found; `when` is ISO 8601 with an offset. A time that cannot be
 * read, that no tool could write, or that is after `now` makes it unreadable: its age is unknown.
 */
export function toPosture(
  source: string,
  when: unknown,
  now: EpochSeconds,
  { compliant, details }: { readonly compliant: boolean; readonly details: readonly string[] },
): PostureReading {
  const isMoment =
    typeof when === "string" &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(when);
  const assessedAt = isMoment ? Math.floor(Date.parse(when) / 1000) : Number.NaN;
  if (!(assessedAt >= EARLIEST)) return { unreadable: "it does not say when the device was assessed" };
  if (assessedAt > now + LARGEST_LEAD) return { unreadable: "it was assessed in the future" };
  return { source, compliant, assessedAt, details };
}
