import type { EpochMs } from "../domain/time.ts";

/**
 * Names a fixed-offset zone in which it is now between 12:00 and 13:00, so that hours in policies
 * and risk rules give the same result at any time of day. IANA names have the sign inverted:
 * `Etc/GMT-2` is two hours ahead of UTC.
 */
export function noonZone(now: EpochMs): string {
  const ahead = 12 - new Date(now).getUTCHours();
  if (ahead === 0) return "Etc/GMT";
  return ahead > 0 ? `Etc/GMT-${ahead}` : `Etc/GMT+${-ahead}`;
}
