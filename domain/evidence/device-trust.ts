/** How far a device is trusted, from nothing known to proven and healthy. */
export type DeviceTrust = "unknown" | "low" | "medium" | "high";

/** Lowest first, so that an index compares. */
export const DEVICE_TRUST_LEVELS: readonly DeviceTrust[] = ["unknown", "low", "medium", "high"];

export function trustRank(trust: DeviceTrust): number {
  return DEVICE_TRUST_LEVELS.indexOf(trust);
}

/**
 * Reads a device trust level out of a claim. Anything but the four words, in any letter case, is
 * `unknown`.
 */
export function readDeviceTrust(claim: unknown): DeviceTrust {
  const word = typeof claim === "string" ? claim.toLowerCase() : "";
  return DEVICE_TRUST_LEVELS.find((level) => level === word) ?? "unknown";
}

/** A claim without a proof of possession is a hint: it counts up to `cap` and no further. */
export function capClaimedTrust(claimed: DeviceTrust, cap: DeviceTrust): DeviceTrust {
  return trustRank(claimed) <= trustRank(cap) ? claimed : cap;
}
