import type { EpochMs } from "../domain/time.ts";

/**
 * Names a fixed-offset zone in which it is between 12:00 and 13:00 now, so that hours in policies and risk rules judge a
 * demonstration alike at any time of day. The IANA names have the sign turned around: `Etc/GMT-2` is two hours ahead of UTC.
 */
export function noonZone(now: EpochMs): string {
  const ahead = 12 - new Date(now).getUTCHours();
  if (ahead === 0) return "Etc/GMT";
  return ahead > 0 ? `Etc/GMT-${ahead}` : `Etc/GMT+${-ahead}`;
}
