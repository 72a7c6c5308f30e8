import { readCrowdStrikePosture } from "../../../../domain/evidence/posture/crowdstrike.ts";
import { readIntunePosture } from "../../../../domain/evidence/posture/intune.ts";
import { readJamfPosture } from "../../../../domain/evidence/posture/jamf.ts";
import { memberOf, onlyRecord, toPosture } from "../../../../domain/evidence/posture/read-payload.ts";

const AT = Date.parse("2026-11-20T08:15:30Z") / 1000;
const posture = (when: unknown, now = AT) => toPosture("x", when, now, { compliant: true, details: [] });
const reasonOf = (reading: object) => ("unreadable" in reading ? reading.unreadable : "was read");

describe("toPosture", () => {
  test.each([
    ["2026-11-20T08:15:30Z", AT],
    ["2026-11-20T08:15:30.999Z", AT],
    ["2026-11-20T08:15:30.1234567Z", AT],
    ["2026-11-20T08:15Z", AT - 30],
    ["2026-11-20T10:15:30+02:00", AT],
    ["2026-11-20T10:15:30+0200", AT],
    ["2026-11-20T03:15:30-05:00", AT],
    ["2010-01-01T00:00:00Z", 1_262_304_000],
  ])("reads the moment %s", (when, assessedAt) => {
    expect(posture(when)).toEqual({ source: "x", compliant: true, assessedAt, details: [] });
  });

  test.each([
    ["2026-11-20T08:15:30"],
    ["2026-11-20 08:15:30Z"],
    ["2026-11-20"],
    ["x2026-11-20T08:15:30Z"],
    ["+002026-11-20T08:15:30Z"],
    ["2026-11-20T08:15:30Z "],
    ["2026-11-20T08:15:30Z\u0000"],
    [["2026-11-20T08:15:30Z"]],
    ["2026-13-20T08:15:30Z"],
    ["2026-11-20T08:15:30 02:00"],
    ["2009-12-31T23:59:59Z"],
    ["0001-01-01T00:00:00Z"],
    [AT * 1000],
    [undefined],
  ])("does not take %j for a moment", (when) => {
    expect(reasonOf(posture(when))).toMatch(/when the device was assessed/);
  });

  test("takes a moment up to five minutes ahead, and none beyond", () => {
    expect(reasonOf(posture("2026-11-20T08:15:30Z", AT - 300))).toBe("was read");
    expect(reasonOf(posture("2026-11-20T08:15:30Z", AT - 301))).toMatch(/future/);
  });
});

test("A member is found along its path, and nothing on a prototype or behind a list", () => {
  expect(memberOf({ a: { b: 1 } }, "a", "b")).toBe(1);
  expect(memberOf({ a: 1 })).toEqual({ a: 1 });
  for (const path of [["a", "c"], ["b"], ["a", "b", "c"], ["toString"], ["list", "0"]]) {
    expect(memberOf({ a: { b: 1 }, list: [1] }, ...path)).toBeUndefined();
  }
});

test("A payload is one record, or a list of exactly one", () => {
  const record = { id: 1 };
  expect(onlyRecord(record, "list")).toBe(record);
  expect(onlyRecord({ list: [record] }, "list")).toBe(record);
  for (const payload of [
    { list: [] },
    { list: [record, record] },
    { list: [7] },
    { list: [[record]] },
    [record],
    null,
    "x",
  ]) {
    expect(onlyRecord(payload, "list")).toBeUndefined();
  }
  const odd = { list: "no list" };
  expect(onlyRecord(odd, "list")).toBe(odd);
});

describe("A reading says why it cannot be used:", () => {
  test.each([
    ["no host of CrowdStrike", readCrowdStrikePosture({}, AT), /overall score from 0 to 100/],
    ["no device of Intune", readIntunePosture({}, AT), /complianceState/],
    [
      "a device of Intune with a state that is no text",
      readIntunePosture({ complianceState: 7 }, AT),
      /no managedDevice|not a managedDevice/,
    ],
    [
      "a state of Intune that decides nothing",
      readIntunePosture({ complianceState: "unknown" }, AT),
      /its complianceState/,
    ],
    ["two computers of Jamf", readJamfPosture({ results: [{}, {}] }, AT), /inventory record of one computer/],
    ["a computer of Jamf without a section", readJamfPosture({}, AT), /general\.remoteManagement\.managed/],
  ])("%s", (_, reading, why) => {
    expect(reasonOf(reading)).toMatch(why);
  });
});

test("CrowdStrike's lowest score is a score", () => {
  const host = { assessment: { overall: 0 }, modified_time: "2026-11-20T08:15:30Z" };
  expect(readCrowdStrikePosture(host, AT)).toMatchObject({ compliant: false, details: ["score-0"] });
});

test("Intune's word for a jailbroken device counts as a text alone, and an unknown state is called other", () => {
  const device = { complianceState: "compliant", lastSyncDateTime: "2026-11-20T08:15:30Z" };
  expect(readIntunePosture({ ...device, jailBroken: true }, AT)).toMatchObject({
    compliant: true,
    details: [],
  });
  expect(readIntunePosture({ ...device, complianceState: "odd", jailBroken: "True" }, AT)).toMatchObject({
    compliant: false,
    details: ["state-other", "jailbroken"],
  });
});

test.each([
  ...["UNENCRYPTED", "DECRYPTED", "DECRYPTING", "DECRYPTING_PAUSED", "INELIGIBLE"],
  ...["ENCRYPTING", "ENCRYPTING_PAUSED", "RESTART_NEEDED", "OPTIMIZING"],
])("Jamf's FileVault state %s is a disk that is not encrypted", (partitionFileVault2State) => {
  const computer = {
    general: { reportDate: "2026-11-20T08:15:30Z" },
    diskEncryption: { bootPartitionEncryptionDetails: { partitionFileVault2State } },
  };
  expect(readJamfPosture(computer, AT)).toMatchObject({ compliant: false, details: ["disk-not-encrypted"] });
});
