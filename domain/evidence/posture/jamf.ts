import type { EpochSeconds } from "../../time.ts";
import type { PostureReading } from "../device-posture.ts";
import { memberOf, onlyRecord, toPosture } from "./read-payload.ts";

interface Rule {
  readonly path: readonly string[];
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
  readonly detail: string;
}

/**
 * What a Mac must be to count as healthy. An inventory record of Jamf has no verdict.
 */
const RULES: readonly Rule[] = [
  {
    path: ["general", "remoteManagement", "managed"],
    good: [true],
    bad: [false],
    detail: "not-managed",
  },
  {
    path: ["diskEncryption", "bootPartitionEncryptionDetails", "partitionFileVault2State"],
    good: ["ENCRYPTED"],
    bad: [
      ...["UNENCRYPTED", "DECRYPTED", "DECRYPTING", "DECRYPTING_PAUSED", "INELIGIBLE"],
      ...["ENCRYPTING", "ENCRYPTING_PAUSED", "RESTART_NEEDED", "OPTIMIZING"],
    ],
    detail: "disk-not-encrypted",
  },
  {
    path: ["security", "sipStatus"],
    good: ["ENABLED"],
    bad: ["DISABLED"],
    detail: "system-integrity-protection-off",
  },
  {
    path: ["security", "gatekeeperStatus"],
    good: ["APP_STORE_AND_IDENTIFIED_DEVELOPERS", "APP_STORE"],
    bad: ["DISABLED"],
    detail: "gatekeeper-off",
  },
  { path: ["security", "firewallEnabled"], good: [true], bad: [false], detail: "firewall-off" },
];

/**
 * Reads a Mac's posture out of a computer inventory record of the Jamf Pro API
 * (`GET /api/v1/computers-inventory-detail/{id}`), or a list of one (`results`), with the sections
 * GENERAL, DISK_ENCRYPTION and SECURITY.
 *
 * Healthy is a Mac that is managed, whose boot volume is encrypted, with system integrity
 * protection, Gatekeeper and firewall on. One fault is enough for unhealthy; without a fault, a
 * field that is missing or was not collected makes the record unreadable. The moment is
 * `general.reportDate`, the last inventory. Jamf's webhooks carry no such fields; nor are mobile
 * devices' records read. Tested by the documented shape only: no Jamf Pro was asked.
 * @see https://developer.jamf.com/jamf-pro/reference/get_v1-computers-inventory-detail-id
 */
export function readJamfPosture(payload: unknown, now: EpochSeconds): PostureReading {
  const computer = onlyRecord(payload, "results");
  if (computer === undefined) return { unreadable: "it is no inventory record of one computer" };
  const details = RULES.filter(({ path, bad }) => bad.includes(memberOf(computer, ...path))).map(
    ({ detail }) => detail,
  );
  const open = RULES.find(({ path, good, bad }) => ![...good, ...bad].includes(memberOf(computer, ...path)));
  if (details.length === 0 && open !== undefined)
    return { unreadable: `it does not tell ${open.path.join(".")}` };
  return toPosture("jamf", memberOf(computer, "general", "reportDate"), now, {
    compliant: details.length === 0,
    details,
  });
}
