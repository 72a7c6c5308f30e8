import { readCrowdStrikePosture } from "../../../../domain/evidence/posture/crowdstrike.ts";
import { readIntunePosture } from "../../../../domain/evidence/posture/intune.ts";
import { readJamfPosture } from "../../../../domain/evidence/posture/jamf.ts";

const WHEN = "2026-11-20T08:15:30.123Z";
const AT = Date.parse("2026-11-20T08:15:30Z") / 1000;
const NOW = AT + 3600;
const UNREADABLE = { unreadable: expect.any(String) };

const managedDevice = {
  "@odata.type": "#microsoft.graph.managedDevice",
  id: "705c034c-034c-705c-4c03-5c704c035c70",
  deviceName: "LAPTOP-7",
  lastSyncDateTime: WHEN,
  complianceState: "compliant",
  jailBroken: "Unknown",
  isEncrypted: true,
};

describe("Intune", () => {
  test.each([
    ["compliant", true, []],
    ["inGracePeriod", true, ["state-in-grace-period"]],
    ["noncompliant", false, ["state-noncompliant"]],
    ["conflict", false, ["state-conflict"]],
    ["error", false, ["state-error"]],
  ])("takes %s for what it says", (complianceState, compliant, details) => {
    const expected = { source: "intune", compliant, assessedAt: AT, details };
    const device = { ...managedDevice, complianceState };
    expect(readIntunePosture(device, NOW)).toEqual(expected);
    expect(readIntunePosture({ value: [device] }, NOW)).toEqual(expected);
  });

  test("calls a jailbroken device unhealthy, whatever else is said", () => {
    for (const complianceState of ["compliant", "unknown", "<script>"]) {
      const reading = readIntunePosture({ ...managedDevice, complianceState, jailBroken: "True" }, NOW);
      expect(reading).toMatchObject({ compliant: false, details: expect.arrayContaining(["jailbroken"]) });
      expect(JSON.stringify(reading)).not.toContain("script");
    }
  });

  test.each([
    ["a state that tells neither way", { ...managedDevice, complianceState: "unknown" }],
    ["another manager", { ...managedDevice, complianceState: "configManager" }],
    ["a state of another spelling", { ...managedDevice, complianceState: "Compliant" }],
    ["no state", { ...managedDevice, complianceState: undefined }],
    ["no synchronisation yet", { ...managedDevice, lastSyncDateTime: "0001-01-01T00:00:00Z" }],
    ["a moment that is no moment", { ...managedDevice, lastSyncDateTime: "yesterday" }],
    ["a local time", { ...managedDevice, lastSyncDateTime: "2026-11-20T08:15:30" }],
    ["the future", { ...managedDevice, lastSyncDateTime: "2026-11-20T09:21:00Z" }],
    ["several devices", { value: [managedDevice, managedDevice] }],
    ["no device", { value: [] }],
  ])("does not read %s", (_, payload) => {
    expect(readIntunePosture(payload, NOW)).toEqual(UNREADABLE);
  });
});

const assessment = {
  aid: "a".repeat(32),
  cid: "c".repeat(32),
  event_platform: "Mac",
  modified_time: WHEN,
  assessment: { overall: 70, os: 80, sensor_config: 60, version: "3.1.0" },
};
const scored = (overall: unknown) => ({ ...assessment, assessment: { overall } });

describe("CrowdStrike", () => {
  test("calls a host healthy from the minimum score on", () => {
    const healthy = { source: "crowdstrike", compliant: true, assessedAt: AT, details: [] };
    expect(readCrowdStrikePosture(assessment, NOW)).toEqual(healthy);
    expect(readCrowdStrikePosture({ resources: [assessment], errors: [] }, NOW)).toEqual(healthy);
    expect(readCrowdStrikePosture(scored(69.9), NOW)).toEqual({
      ...healthy,
      compliant: false,
      details: ["score-69"],
    });
    expect(readCrowdStrikePosture(scored(69), NOW, 69)).toEqual(healthy);
    expect(readCrowdStrikePosture(scored(100), NOW, 101)).toMatchObject({ compliant: false });
  });

  test.each([
    ["no score", scored(undefined)],
    ["a score that is text", scored("90")],
    ["a score out of range", scored(101)],
    ["a negative score", scored(-1)],
    ["no number", scored(Number.NaN)],
    ["no moment", { ...assessment, modified_time: undefined }],
    ["several hosts", { resources: [assessment, assessment] }],
  ])("does not read %s", (_, payload) => {
    expect(readCrowdStrikePosture(payload, NOW)).toEqual(UNREADABLE);
  });
});

const computer = {
  id: "17",
  general: { name: "Mac", reportDate: WHEN, lastContactTime: WHEN, remoteManagement: { managed: true } },
  diskEncryption: { bootPartitionEncryptionDetails: { partitionFileVault2State: "ENCRYPTED" } },
  security: {
    sipStatus: "ENABLED",
    gatekeeperStatus: "APP_STORE_AND_IDENTIFIED_DEVELOPERS",
    firewallEnabled: true,
  },
};
const mac = (security: object) => ({ ...computer, security: { ...computer.security, ...security } });
const disk = (partitionFileVault2State: string) => ({
  ...computer,
  diskEncryption: { bootPartitionEncryptionDetails: { partitionFileVault2State } },
});

describe("Jamf", () => {
  test("calls a Mac healthy that has everything", () => {
    const healthy = { source: "jamf", compliant: true, assessedAt: AT, details: [] };
    expect(readJamfPosture(computer, NOW)).toEqual(healthy);
    expect(readJamfPosture({ totalCount: 1, results: [computer] }, NOW)).toEqual(healthy);
    expect(readJamfPosture(mac({ gatekeeperStatus: "APP_STORE" }), NOW)).toEqual(healthy);
  });

  test.each([
    ["not-managed", { ...computer, general: { ...computer.general, remoteManagement: { managed: false } } }],
    ["disk-not-encrypted", disk("UNENCRYPTED")],
    ["disk-not-encrypted", disk("ENCRYPTING")],
    ["system-integrity-protection-off", mac({ sipStatus: "DISABLED" })],
    ["gatekeeper-off", mac({ gatekeeperStatus: "DISABLED" })],
    ["firewall-off", mac({ firewallEnabled: false })],
  ])("tells of %s", (detail, payload) => {
    expect(readJamfPosture(payload, NOW)).toEqual({
      source: "jamf",
      compliant: false,
      assessedAt: AT,
      details: [detail],
    });
  });

  test("tells of a fault although something else was not collected", () => {
    expect(readJamfPosture(mac({ sipStatus: "NOT_COLLECTED", firewallEnabled: false }), NOW)).toMatchObject({
      compliant: false,
      details: ["firewall-off"],
    });
  });

  test.each([
    ["what was not collected", mac({ sipStatus: "NOT_COLLECTED" })],
    ["a word that is not documented", disk("MAYBE")],
    ["a boolean that is text", mac({ firewallEnabled: "true" })],
    ["a missing section", { general: computer.general, diskEncryption: computer.diskEncryption }],
    ["a missing report", { ...computer, general: { remoteManagement: { managed: true } } }],
    ["a webhook", { event: { jssID: 13 }, webhook: { webhookEvent: "ComputerCheckIn" } }],
    ["several computers", { results: [computer, computer] }],
  ])("does not read %s", (_, payload) => {
    expect(readJamfPosture(payload, NOW)).toEqual(UNREADABLE);
  });
});

describe.each([
  ["Intune", readIntunePosture],
  ["CrowdStrike", readCrowdStrikePosture],
  ["Jamf", readJamfPosture],
] as const)("%s", (_, read) => {
  test.each([undefined, null, 1, "compliant", [], [managedDevice], {}, { value: null }])(
    "does not read %p",
    (payload) => {
      expect(read(payload, NOW)).toEqual(UNREADABLE);
    },
  );

  test("reads no property that every object has", () => {
    const inherited = Object.create({ ...managedDevice, ...assessment, ...computer });
    expect(read(inherited, NOW)).toEqual(UNREADABLE);
  });
});
