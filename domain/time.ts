/** Seconds since 1970-01-01T00:00:00Z, as JWT NumericDate and DynamoDB TTL use them. */
export type EpochSeconds = number;

/** Milliseconds since 1970-01-01T00:00:00Z, as `Date.now()` and OCSF `time` use them. */
export type EpochMs = number;

/** The clock, handed in by the shell so that the rules stay pure. */
export type Now = () => EpochMs;

export interface LocalTime {
  /** 0 to 23 */
  readonly hour: number;
  /** 0 to 59 */
  readonly minute: number;
  /** 1 is Monday, 7 is Sunday (ISO 8601) */
  readonly dayOfWeek: number;
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const formatters = new Map<string, Intl.DateTimeFormat>();

/**
 * Reads the wall clock of a time zone.
 *
 * @param zone IANA name such as `Europe/Berlin`; an unknown name throws a RangeError, so
 *   configuration checks it first.
 */
export function localTime(at: EpochMs, zone: string): LocalTime {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
    });
    formatters.set(zone, formatter);
  }
  const parts: Record<string, string> = {};
  for (const { type, value } of formatter.formatToParts(at)) parts[type] = value;
  return {
    hour: Number(parts.hour),
    minute: Number(parts.minute),
    dayOfWeek: WEEKDAYS.indexOf(parts.weekday ?? "") + 1,
  };
}
