import type { EpochSeconds } from "../../time.ts";
import type { PostureReading } from "../device-posture.ts";
import { memberOf, onlyRecord, toPosture } from "./read-payload.ts";

const COMPLIANT = new Set(["compliant", "inGracePeriod"]);
const NOT_COMPLIANT = new Set(["noncompliant", "conflict", "error"]);

/**
 * Reads Intune's opinion of a device out of a `managedDevice` resource of Microsoft Graph, or a
 * list of one (`value`).
 *
 * `complianceState` decides, as in Conditional Access: a device within its grace period is
 * compliant, and the details say so. `unknown` and `configManager` say nothing. A device that is
 * reported as jailbroken is not compliant, whatever else is said. The moment is `lastSyncDateTime`.
 * Tested by the documented shape only: no tenant was asked.
 * @see https://learn.microsoft.com/en-us/graph/api/resources/intune-devices-manageddevice
 */
export function readIntunePosture(payload: unknown, now: EpochSeconds): PostureReading {
  const device = onlyRecord(payload, "value");
  const state = memberOf(device, "complianceState");
  if (typeof state !== "string") return { unreadable: "it is no managedDevice with a complianceState" };
  const jailBroken = memberOf(device, "jailBroken");
  const jailbroken = typeof jailBroken === "string" && jailBroken.toLowerCase() === "true";
  const compliant = COMPLIANT.has(state);
  if (!compliant && !NOT_COMPLIANT.has(state) && !jailbroken)
    return { unreadable: "its complianceState tells neither way" };
  const details = [
    ...(state === "compliant" ? [] : [`state-${wordOf(state)}`]),
    ...(jailbroken ? ["jailbroken"] : []),
  ];
  return toPosture("intune", memberOf(device, "lastSyncDateTime"), now, {
    compliant: compliant && !jailbroken,
    details,
  });
}

/** Only the documented words become details, so that no text of a payload's reaches an event. */
const wordOf = (state: string): string =>
  COMPLIANT.has(state) || NOT_COMPLIANT.has(state)
    ? state.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    : "other";
