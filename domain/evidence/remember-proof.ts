import type { EpochSeconds } from "../time.ts";

/**
 * Records that a DPoP proof was used: `first` exactly once for each key and `jti` until
 * `expiresAt`, in whichever environment. Never rejects: trouble comes back as `unavailable`, which
 * must not count as `first`.
 *
 * @param jkt RFC 7638 thumbprint of the proof's key
 * @see RFC 9449 §11.1
 */
export type RememberProof = (
  jkt: string,
  jti: string,
  expiresAt: EpochSeconds,
) => Promise<"first" | "replayed" | "unavailable">;
