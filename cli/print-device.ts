import type { DeviceRecord } from "../domain/evidence/device-registry.ts";
import { momentOf } from "./print-restriction.ts";
import { printable } from "./printable.ts";

/** Tells what the registry holds of a device in lines for a person. */
export function printDevice(
  id: string,
  { device, quarantinedUntil, unreadable, retiredKeys }: DeviceRecord,
): string {
  const { posture } = device ?? {};
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["device", id],
    ["enrolled", device === undefined ? "no" : momentOf(device.enrolledAt)],
    ["owner", device && `${device.owner.subject} of ${device.owner.issuer}`],
    [
      "keys",
      device && (device.keys.map(({ method, thumbprint }) => `${method} ${thumbprint}`).join(", ") || "none"),
    ],
    [
      "posture",
      device &&
        (posture === undefined
          ? "not assessed"
          : `${posture.compliant ? "healthy" : "unhealthy"} at ${momentOf(posture.assessedAt)}, by ${posture.source}`),
    ],
    ["details", posture && posture.details.length > 0 ? posture.details.join(", ") : undefined],
    ["keys retired", retiredKeys?.join(", ")],
    ["retired", device?.retiredAt === undefined ? undefined : momentOf(device.retiredAt)],
    ["quarantined", quarantinedUntil === undefined ? undefined : `until ${momentOf(quarantinedUntil)}`],
    ["unreadable", unreadable && `${unreadable.join(", ")}: see sallyport restrict show device`],
  ];
  const rows = lines.flatMap(([name, words]) => (words === undefined ? [] : [[name, words] as const]));
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, words]) => `${name.padEnd(width)}  ${printable(words)}\n`).join("");
}
