import { assessDevice, type DeviceEvidence } from "../../../domain/evidence/assess-device.ts";

const NOW = 1_790_000_000;
const user = { issuer: "https://issuer.example", subject: "alice" };
const KEY = { method: "dpop", thumbprint: "k" } as const;
const OTHER = { method: "dpop", thumbprint: "o" } as const;
const posture = (compliant: boolean, age = 0) => ({
  source: "x",
  compliant,
  assessedAt: NOW - age,
  details: [],
});
const device = { owner: user, keys: [KEY], enrolledAt: 1 };
const bound = { proofs: [KEY], binding: { jkt: "k" } };

const assess = (change: Partial<DeviceEvidence>) =>
  assessDevice({
    claimed: "medium",
    cap: "medium",
    proofs: [],
    user,
    now: NOW,
    postureMaxAge: 60,
    ...change,
  });

describe("assessDevice gives as reasons", () => {
  test.each<[string, Partial<DeviceEvidence>, readonly string[]]>([
    ["that the device is not registered, and nothing proven", {}, ["not-registered", "unproven"]],
    [
      "that a claim above the cap was capped",
      { claimed: "high" },
      ["not-registered", "unproven", "claim-capped"],
    ],
    [
      "that the token is bound, and no cap then",
      { ...bound, claimed: "high" },
      ["not-registered", "token-bound"],
    ],
    [
      "that the registry was not available, and nothing proven",
      { device: "unavailable" },
      ["registry-unavailable", "unproven"],
    ],
    [
      "that alone of a claim that would have been capped",
      { device: "unavailable", claimed: "high" },
      ["registry-unavailable", "unproven"],
    ],
    [
      "that the registry was not available to a bound token",
      { device: "unavailable", ...bound },
      ["registry-unavailable", "token-bound"],
    ],
    ["that a key is retired", { keyRetired: true }, ["key-retired"]],
    [
      "that a key and the device are retired",
      { keyRetired: true, device: { ...device, retiredAt: 1 } },
      ["key-retired", "retired"],
    ],
    [
      "that the device belongs to another subject",
      { device: { ...device, owner: { ...user, subject: "bob" } } },
      ["owned-by-another"],
    ],
    [
      "that the device belongs to a user of another issuer",
      { device: { ...device, owner: { ...user, issuer: "i" } } },
      ["owned-by-another"],
    ],
    [
      "only that of another's device, though it is retired",
      { device: { ...device, owner: { ...user, subject: "bob" }, retiredAt: 1 } },
      ["owned-by-another"],
    ],
    ["that a registered device has no posture and is unproven", { device }, ["unproven", "posture-missing"]],
    [
      "that a registered device's key was shown",
      { device, proofs: [KEY] },
      ["key-registered", "posture-missing"],
    ],
    [
      "that it was shown, and the token is bound to it",
      { device, ...bound },
      ["key-registered", "token-bound", "posture-missing"],
    ],
    [
      "that it was shown, and that the claim was capped",
      { device, proofs: [KEY], claimed: "high" },
      ["key-registered", "claim-capped", "posture-missing"],
    ],
    [
      "that the key shown is not the device's",
      { device, proofs: [OTHER] },
      ["key-not-registered", "unproven", "posture-missing"],
    ],
    [
      "that it is not, although the token is bound to it",
      { device, proofs: [OTHER], binding: { jkt: "o" } },
      ["key-not-registered", "unproven", "posture-missing"],
    ],
    [
      "that the token is bound, for a device without keys",
      { device: { ...device, keys: [] }, ...bound },
      ["token-bound", "posture-missing"],
    ],
    [
      "that the posture is healthy",
      { device: { ...device, posture: posture(true) } },
      ["unproven", "posture-healthy"],
    ],
    [
      "that the posture is unhealthy",
      { device: { ...device, posture: posture(false) } },
      ["unproven", "posture-unhealthy"],
    ],
    [
      "that a healthy posture is too old",
      { device: { ...device, posture: posture(true, 61) } },
      ["unproven", "posture-stale"],
    ],
    [
      "that an unhealthy posture is too old",
      { device: { ...device, posture: posture(false, 61) } },
      ["unproven", "posture-stale", "posture-unhealthy"],
    ],
  ])("%s", (_, change, reasons) => {
    expect(assess(change).reasons).toEqual(reasons);
  });
});

test("A claim below the cap stays as it is, and trust does not rise for a device that is known to be unhealthy", () => {
  expect(assess({ claimed: "low" }).trust).toBe("low");
  expect(assess({ claimed: "unknown", device: { ...device, posture: posture(false) } }).trust).toBe(
    "unknown",
  );
  expect(assess({ claimed: "unknown", keyRetired: true }).trust).toBe("unknown");
});

test("A key counts for its own method alone", () => {
  const certificate = { method: "mtls", thumbprint: "k" } as const;
  expect(assess({ device, proofs: [certificate] })).toMatchObject({ proven: false });
  expect(assess({ proofs: [certificate], binding: { jkt: "k" } })).toMatchObject({ proven: false });
  expect(assess({ proofs: [certificate], binding: { x5t: "k" } })).toMatchObject({ proven: true });
});
