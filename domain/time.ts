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
const MINUTE_MS = 60_000;

interface Clock {
  readonly formatter: Intl.DateTimeFormat;
  readonly minute: number;
  readonly reading: LocalTime;
}

const clocks = new Map<string, Clock>();

/**
 * Reads the wall clock of a time zone.
 *
 * @param zone IANA name such as `Europe/Berlin`; an unknown name throws a RangeError, so
 *   configuration checks it first.
 */
export function localTime(at: EpochMs, zone: string): LocalTime {
  // Formatting takes ten microseconds, and the reading changes once a minute: since 1972 every
  // offset from UTC is a whole number of minutes.
  const minute = Math.floor(at / MINUTE_MS);
  const clock = clocks.get(zone);
  if (clock?.minute === minute) return clock.reading;
  const formatter = clock?.formatter ?? createFormatter(zone);
  const reading = readClock(formatter, at);
  clocks.set(zone, { formatter, minute, reading });
  return reading;
}

function createFormatter(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
}

function readClock(formatter: Intl.DateTimeFormat, at: EpochMs): LocalTime {
  const parts: Record<string, string> = {};
  for (const { type, value } of formatter.formatToParts(at)) parts[type] = value;
  return {
    hour: Number(parts.hour),
    minute: Number(parts.minute),
    dayOfWeek: WEEKDAYS.indexOf(parts.weekday ?? "") + 1,
  };
}
