import type { EpochSeconds } from "../time.ts";
import type { DevicePosture } from "./device-posture.ts";
import type { Identity, PossessionProof, UserId } from "./identity.ts";

/** A key that the registry binds to a device: what a proof of possession by it says of itself. */
export type DeviceKey = PossessionProof;

/** One device as the registry knows it. */
export interface RegisteredDevice {
  /** Whose it is; it never helps another user's request */
  readonly owner: UserId;
  /** Keys that live on the device; empty until the first is attested */
  readonly keys: readonly DeviceKey[];
  readonly enrolledAt: EpochSeconds;
  /** Lost, sold or worn out; for good, as are its keys. A moment in the future counts as well */
  readonly retiredAt?: EpochSeconds;
  /** The last that was reported */
  readonly posture?: DevicePosture;
}

/**
 * The id under which the request's device would be registered: the token's device claim; without
 * one `key:<thumbprint>` of the key that the caller was shown to hold, so that a device can be
 * enrolled by its key alone. With a certificate and a DPoP key the certificate counts: it belongs
 * to the device, the other may belong to one program on it.
 */
export function deviceIdOf({ deviceId, proofs }: Identity): string | undefined {
  if (deviceId !== undefined) return deviceId;
  const proof = proofs.find(({ method }) => method === "mtls") ?? proofs[0];
  return proof && deviceIdOfKey(proof.thumbprint);
}

/**
 * Thumbprints of the keys whose retirement bears on the request: those that the caller was shown to
 * hold, and the one that the device's id names, shown or not.
 */
export function keysToAskFor(identity: Identity): readonly string[] {
  const named = keyOfDeviceId(deviceIdOf(identity) ?? "");
  const shown = identity.proofs.map(({ thumbprint }) => thumbprint);
  return [...new Set([...shown, ...(named === undefined ? [] : [named])])];
}

/** @param thumbprint RFC 7638 of a key, or SHA-256 of a certificate's DER; base64url */
export const deviceIdOfKey = (thumbprint: string): string => `key:${thumbprint}`;

/** The thumbprint in an id that `deviceIdOfKey` gives; undefined for any other id. */
export const keyOfDeviceId = (id: string): string | undefined => /^key:([\w-]{43})$/.exec(id)?.[1];
