import type { EpochSeconds } from "../time.ts";

/** What a management or security tool last found of a device. */
export interface DevicePosture {
  /** Who found it: `jamf`, `intune`, `crowdstrike`, or a word of the deployment's own */
  readonly source: string;
  readonly compliant: boolean;
  /** When the tool looked, by its own clock */
  readonly assessedAt: EpochSeconds;
  /**
   * What was found amiss, as short codes such as `disk-not-encrypted`; empty for a compliant device
   */
  readonly details: readonly string[];
}

/**
 * A report that says nothing about a device's posture, and why. Never to be taken for a healthy
 * one.
 */
export interface UnreadablePosture {
  readonly unreadable: string;
}

export type PostureReading = DevicePosture | UnreadablePosture;

/** `none`: never reported. `unknown`: reported too long ago to count. */
export type PostureVerdict = "healthy" | "unhealthy" | "unknown" | "none";

/** A day: management tools take inventory daily as they come. */
export const DEFAULT_POSTURE_MAX_AGE = 86_400;

/** Seconds by which a tool's clock may be ahead of ours. */
export const LARGEST_LEAD = 300;

/**
 * What a posture says at a moment. One that is older than `maxAge` seconds, or from more than five
 * minutes ahead, is unknown, whatever it found.
 */
export function assessPosture(
  posture: DevicePosture | undefined,
  now: EpochSeconds,
  maxAge: number,
): PostureVerdict {
  if (posture === undefined) return "none";
  const age = now - posture.assessedAt;
  // A comparison with NaN is false, so an age that is no number is unknown, too.
  if (!(age <= maxAge && age >= -LARGEST_LEAD)) return "unknown";
  return posture.compliant ? "healthy" : "unhealthy";
}
