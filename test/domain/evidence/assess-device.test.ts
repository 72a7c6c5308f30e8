import { assessDevice, type DeviceEvidence } from "../../../domain/evidence/assess-device.ts";
import {
  capClaimedTrust,
  DEVICE_TRUST_LEVELS,
  type DeviceTrust,
  trustRank,
} from "../../../domain/evidence/device-trust.ts";
import type { RegisteredDevice } from "../../../domain/evidence/registered-device.ts";

const NOW = 1_790_000_000;
const MAX_AGE = 3600;
const user = { issuer: "https://issuer.example", subject: "alice" };
const other = { issuer: "https://other.example", subject: "alice" };
const OWN = { method: "dpop", thumbprint: "key-of-the-device" } as const;
const ODD = { method: "dpop", thumbprint: "key-of-nobody" } as const;

/**
 * Who was shown to hold what: no proof; the token's key; the device's; both in one; one that
 * neither knows of.
 */
const PROOFS = {
  none: { proofs: [] },
  "token's": { proofs: [ODD], binding: { jkt: ODD.thumbprint } },
  "device's": { proofs: [OWN] },
  both: { proofs: [OWN], binding: { jkt: OWN.thumbprint } },
  "nobody's": { proofs: [ODD] },
} as const;

const posture = (compliant: boolean, age: number) => ({
  source: "jamf",
  compliant,
  assessedAt: NOW - age,
  details: [],
});
const POSTURES = {
  missing: undefined,
  healthy: posture(true, 0),
  unhealthy: posture(false, 0),
  "was healthy": posture(true, MAX_AGE + 1),
  "was unhealthy": posture(false, MAX_AGE + 1),
} as const;

const RECORDS = {
  absent: undefined,
  unavailable: "unavailable",
  own: {},
  keyless: { keys: [] },
  retired: { retiredAt: NOW - 1 },
  "other's": { owner: other },
} as const;

type ProofName = keyof typeof PROOFS;
type PostureName = keyof typeof POSTURES;
type RecordName = keyof typeof RECORDS;

function recordOf(name: RecordName, state: PostureName): RegisteredDevice | "unavailable" | undefined {
  const record = RECORDS[name];
  if (record === undefined || record === "unavailable") return record;
  const found = POSTURES[state];
  return {
    owner: user,
    keys: [OWN],
    enrolledAt: NOW - 100_000,
    ...record,
    ...(found !== undefined && { posture: found }),
  };
}

interface Combination {
  readonly claimed: DeviceTrust;
  readonly cap: DeviceTrust;
  readonly proof: ProofName;
  readonly record: RecordName;
  readonly state: PostureName;
}

function evidenceOf({ claimed, cap, proof, record, state }: Combination): DeviceEvidence {
  const device = recordOf(record, state);
  return {
    claimed,
    cap,
    ...PROOFS[proof],
    ...(device !== undefined && { device }),
    user,
    now: NOW,
    postureMaxAge: MAX_AGE,
  };
}

const assess = (one: Combination) => assessDevice(evidenceOf(one));
const rank = (one: Combination) => trustRank(assess(one).trust);

const names = <T extends object>(record: T) => Object.keys(record) as (keyof T)[];
const ALL: readonly Combination[] = DEVICE_TRUST_LEVELS.flatMap((claimed) =>
  DEVICE_TRUST_LEVELS.flatMap((cap) =>
    names(PROOFS).flatMap((proof) =>
      names(RECORDS).flatMap((record) =>
        names(POSTURES).map((state) => ({ claimed, cap, proof, record, state })),
      ),
    ),
  ),
);

/** What the answer must be; `?` stands for "the claim, capped", `!` for "the claim, uncapped". */
type Answer = readonly [
  trust: "?" | "!" | "low" | "at least medium" | "!, at least medium" | "high",
  proven: boolean,
];
type Row = Readonly<Record<ProofName, Answer>>;

const claimOnly: Answer = ["?", false];
const bad: Answer = ["low", false];
const badButProven: Answer = ["low", true];
const everyProof = (answer: Answer): Row => ({
  none: answer,
  "token's": answer,
  "device's": answer,
  both: answer,
  "nobody's": answer,
});

/** The table of docs/devices.md. */
const TABLE: Readonly<Record<RecordName, Readonly<Record<PostureName, Row>>>> = (() => {
  const same = (row: Row) => ({
    missing: row,
    healthy: row,
    unhealthy: row,
    "was healthy": row,
    "was unhealthy": row,
  });
  const unregistered: Row = { ...everyProof(claimOnly), "token's": ["!", true], both: ["!", true] };
  const unavailable: Row = { ...everyProof(bad), "token's": badButProven, both: badButProven };
  const own: Row = {
    none: claimOnly,
    "token's": bad,
    "device's": ["at least medium", true],
    both: ["!, at least medium", true],
    "nobody's": bad,
  };
  const ownHealthy: Row = { ...own, "device's": ["high", true], both: ["high", true] };
  const ownUnhealthy: Row = { ...everyProof(bad), "device's": badButProven, both: badButProven };
  const keylessUnhealthy: Row = unavailable;
  return {
    absent: same(unregistered),
    unavailable: same(unavailable),
    retired: same(everyProof(bad)),
    "other's": same(everyProof(bad)),
    own: {
      missing: own,
      healthy: ownHealthy,
      unhealthy: ownUnhealthy,
      "was healthy": own,
      "was unhealthy": ownUnhealthy,
    },
    keyless: {
      ...same(unregistered),
      unhealthy: keylessUnhealthy,
      "was unhealthy": keylessUnhealthy,
    },
  };
})();

const highest = (...levels: DeviceTrust[]): DeviceTrust =>
  DEVICE_TRUST_LEVELS[Math.max(...levels.map(trustRank))] ?? "unknown";
const lowest = (...levels: DeviceTrust[]): DeviceTrust =>
  DEVICE_TRUST_LEVELS[Math.min(...levels.map(trustRank))] ?? "unknown";

function expected({ claimed, cap, proof, record, state }: Combination): {
  trust: DeviceTrust;
  proven: boolean;
} {
  const [trust, proven] = TABLE[record][state][proof];
  const capped = lowest(claimed, cap);
  const isClaimSupported = proof === "both" || (proof === "token's" && record !== "own");
  // "low" is a ceiling: where nothing at all is known, the answer stays "unknown".
  const low = (): DeviceTrust => {
    if (record === "retired" || record === "other's") return lowest("low", capped);
    if (record === "own" && (proof === "device's" || proof === "both")) return "low";
    return lowest("low", isClaimSupported ? claimed : capped);
  };
  switch (trust) {
    case "?":
      return { trust: capped, proven };
    case "!":
      return { trust: claimed, proven };
    case "high":
      return { trust: "high", proven };
    case "at least medium":
      return { trust: highest("medium", capped), proven };
    case "!, at least medium":
      return { trust: highest("medium", claimed), proven };
    case "low":
      return { trust: low(), proven };
  }
}

describe("assessDevice", () => {
  test(`answers each of the ${ALL.length} combinations as the table says`, () => {
    expect(ALL).toHaveLength(4 * 4 * 5 * 6 * 5);
    for (const one of ALL) {
      const { trust, proven } = assess(one);
      expect([one, { trust, proven }]).toEqual([one, expected(one)]);
    }
  });

  test("gives a reason for every answer, and calls nothing proven or registered without cause", () => {
    for (const one of ALL) {
      const { proven, registered, posture, reasons } = assess(one);
      expect(reasons.length).toBeGreaterThan(0);
      expect(new Set(reasons).size).toBe(reasons.length);
      if (proven) expect(["token's", "device's", "both"]).toContain(one.proof);
      expect(reasons.includes("unproven") && proven).toBe(false);
      expect(registered).toBe(one.record === "own" || one.record === "keyless");
      if (!registered) expect(posture).toBe("none");
      expect(reasons.includes("posture-stale")).toBe(registered && one.state.startsWith("was"));
    }
  });

  test("lets no claim alone pass the cap", () => {
    for (const one of ALL) {
      const { trust, proven } = assess(one);
      if (!proven) expect(trust).toBe(capClaimedTrust(trust, one.cap));
    }
  });

  /** Each list goes from worse evidence to better, all else equal. */
  const RISING: readonly (readonly [what: string, steps: readonly Partial<Combination>[]])[] = [
    ["a higher claim", DEVICE_TRUST_LEVELS.map((claimed) => ({ claimed }))],
    ["a higher cap", DEVICE_TRUST_LEVELS.map((cap) => ({ cap }))],
    ["a better posture", [{ state: "unhealthy" }, { state: "missing" }, { state: "healthy" }]],
    ["a fresher healthy posture", [{ state: "was healthy" }, { state: "healthy" }]],
    [
      "proof by the device's key",
      [{ proof: "nobody's" }, { proof: "none" }, { proof: "device's" }, { proof: "both" }],
    ],
    ["a readable registry", [{ record: "unavailable" }, { record: "absent" }]],
    ["a record that still stands", [{ record: "retired" }, { record: "own" }]],
    ["a record of one's own", [{ record: "other's" }, { record: "own" }]],
  ];
  test.each(RISING)("never trusts less for %s", (_, steps) => {
    for (const one of ALL) {
      const ranks = steps.map((step) => rank({ ...one, ...step }));
      expect([one, ranks]).toEqual([one, [...ranks].sort((a, b) => a - b)]);
    }
  });

  test("trusts a device no less for being enrolled, where the registry knows the key and nothing against it", () => {
    for (const one of ALL) {
      if (one.proof === "token's" || one.proof === "nobody's" || one.state.endsWith("unhealthy")) continue;
      expect(rank({ ...one, record: "own" })).toBeGreaterThanOrEqual(rank({ ...one, record: "absent" }));
    }
  });

  test("raises nothing by waiting", () => {
    for (const one of ALL) {
      const evidence = evidenceOf(one);
      const ranks = [0, 1, MAX_AGE, MAX_AGE + 1, 10 * MAX_AGE].map((wait) =>
        trustRank(assessDevice({ ...evidence, now: NOW + wait }).trust),
      );
      expect([one, ranks]).toEqual([one, [...ranks].sort((a, b) => b - a)]);
    }
  });

  test("is high only by the two ways that there are", () => {
    for (const one of ALL) {
      if (assess(one).trust !== "high" || lowest(one.claimed, one.cap) === "high") continue;
      const byRegistry =
        one.record === "own" && one.state === "healthy" && ["device's", "both"].includes(one.proof);
      const byIssuer = one.claimed === "high" && ["token's", "both"].includes(one.proof);
      expect([one, byRegistry || byIssuer]).toEqual([one, true]);
    }
  });

  test("never trusts a retired key more than low, nor calls it proven, whichever record and proof it comes with", () => {
    const odd = ALL.filter((one) => {
      const held = assess(one);
      const { trust, proven, registered, posture, reasons } = assessDevice({
        ...evidenceOf(one),
        keyRetired: true,
      });
      if (trustRank(trust) > Math.min(trustRank("low"), trustRank(held.trust))) return true;
      // What cannot be read is at most low already, and its key cannot be known to be retired.
      if (one.record === "unavailable") return reasons[0] !== "registry-unavailable";
      return reasons[0] !== "key-retired" || proven || registered || posture !== "none";
    });
    expect(odd).toEqual([]);
  });

  test("tells a certificate from a key of the same thumbprint", () => {
    const device = { owner: user, keys: [OWN], enrolledAt: 1, posture: POSTURES.healthy };
    const base = { claimed: "high", cap: "medium", user, now: NOW, postureMaxAge: MAX_AGE } as const;
    const certificate = { method: "mtls", thumbprint: OWN.thumbprint } as const;
    expect(assessDevice({ ...base, device, proofs: [certificate] })).toMatchObject({
      trust: "low",
      proven: false,
      reasons: ["key-not-registered", "unproven", "claim-capped", "posture-healthy"],
    });
    expect(assessDevice({ ...base, proofs: [certificate], binding: { jkt: OWN.thumbprint } })).toMatchObject({
      trust: "medium",
      proven: false,
    });
  });

  test("takes any of several proofs", () => {
    const device = { owner: user, keys: [OWN], enrolledAt: 1 };
    const certificate = { method: "mtls", thumbprint: "of-the-connection" } as const;
    const base = { claimed: "low", cap: "medium", user, now: NOW, postureMaxAge: MAX_AGE } as const;
    expect(assessDevice({ ...base, device, proofs: [certificate, OWN] })).toMatchObject({
      trust: "medium",
      proven: true,
    });
  });
});
