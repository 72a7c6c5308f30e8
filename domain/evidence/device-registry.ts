import type { EpochSeconds } from "../time.ts";
import type { DevicePosture } from "./device-posture.ts";
import type { DeviceKey, RegisteredDevice } from "./registered-device.ts";

/** A device's data in the table. */
export interface DeviceRecord {
  /** Absent: not enrolled */
  readonly device?: RegisteredDevice;
  /** A quarantine is a separate item and may exist without a registration */
  readonly quarantinedUntil?: EpochSeconds;
  /** Names of restrictions of the device that cannot be read, which denies; absent: none */
  readonly unreadable?: readonly string[];
  /** Thumbprints of its retired keys; for `key:<thumbprint>` that key too. Absent: none */
  readonly retiredKeys?: readonly string[];
}

/** Maximum keys of a device; the authorizer reads all of them for each request. */
export const MOST_KEYS = 16;

/**
 * The registry of devices in the table. Each write is one conditional, atomic update of one item,
 * and resolves to whether it happened. A retirement writes each key first and the device last: what
 * it did before a failure holds, and a repetition does the rest. Every call rejects if the table
 * cannot be reached or an item is of another layout version.
 *
 * A registration that 0.1.0 wrote stays in the device's ACCESS item and is changed there; new ones
 * are REGISTRATION items.
 */
export interface DeviceRegistry {
  /** False: the id is or was enrolled */
  readonly enrol: (id: string, device: Omit<RegisteredDevice, "retiredAt" | "posture">) => Promise<boolean>;
  /**
   * Adds a key, or replaces all others with it. False: not enrolled, retired, or MOST_KEYS reached
   */
  readonly attest: (id: string, key: DeviceKey, mode: "add" | "replace") => Promise<boolean>;
  /** False: not enrolled, retired, or a later assessment exists */
  readonly report: (id: string, posture: DevicePosture) => Promise<boolean>;
  /**
   * Retires the device and all its keys, or by `key:<thumbprint>` one key; permanent and
   * idempotent. False: neither enrolled nor a key
   */
  readonly retire: (id: string, at: EpochSeconds) => Promise<boolean>;
  readonly read: (id: string) => Promise<DeviceRecord>;
}
