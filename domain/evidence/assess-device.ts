import type { EpochSeconds } from "../time.ts";
import { assessPosture, type DevicePosture, type PostureVerdict } from "./device-posture.ts";
import { capClaimedTrust, type DeviceTrust, trustRank } from "./device-trust.ts";
import type { PossessionProof, TokenBinding, UserId } from "./identity.ts";
import type { RegisteredDevice } from "./registered-device.ts";

/** All that bears on how far the device of one request is trusted. */
export interface DeviceEvidence {
  /** What the token claims */
  readonly claimed: DeviceTrust;
  /** How far a claim counts that no proof supports */
  readonly cap: DeviceTrust;
  /** Proofs that were verified for this request */
  readonly proofs: readonly PossessionProof[];
  /** The keys that the token is bound to */
  readonly binding?: TokenBinding | undefined;
  /**
   * What the registry holds under the device's id; absent: nothing; `unavailable`: it could not be
   * read
   */
  readonly device?: RegisteredDevice | "unavailable" | undefined;
  /** Whether a key that was shown, or the one that the device's id names, is retired */
  readonly keyRetired?: boolean;
  readonly user: UserId;
  readonly now: EpochSeconds;
  /** Seconds */
  readonly postureMaxAge: number;
}

/** What the trust in a device rests on; docs/devices.md tells of each. */
export type DeviceTrustReason =
  | "registry-unavailable"
  | "not-registered"
  | "retired"
  | "key-retired"
  | "owned-by-another"
  | "key-not-registered"
  | "key-registered"
  | "token-bound"
  | "unproven"
  | "claim-capped"
  | "posture-healthy"
  | "posture-unhealthy"
  | "posture-stale"
  | "posture-missing";

/** How far a device is trusted, and why. */
export interface DeviceAssessment {
  readonly trust: DeviceTrust;
  /**
   * The caller was shown to hold a key of this device, or, where the registry knows of no key, the
   * one the token is bound to
   */
  readonly proven: boolean;
  /** What the registry says; `none` as well for a device that it does not hold for this user */
  readonly posture: PostureVerdict;
  /** The registry holds the device, not retired, for this user */
  readonly registered: boolean;
  readonly reasons: readonly DeviceTrustReason[];
}

/**
 * Assesses a device by proof, registry, posture and claim; docs/devices.md has the whole table.
 *
 * `high` takes a proof by a key that the registry binds to this user's device, with a posture that
 * is healthy and fresh; or a proof by the token's own key together with an issuer that claims
 * `high`. Whatever speaks against the device leaves `low` at most, and so does a retired key,
 * whichever device it comes with. A claim alone never passes the cap. Waiting raises nothing: a
 * device that was last seen unhealthy stays `low` when that report is out of date.
 */
export function assessDevice(evidence: DeviceEvidence): DeviceAssessment {
  const { claimed, cap, device } = evidence;
  if (device === "unavailable") {
    // It might be retired; what cannot be read must not help.
    const { trust, proven, reasons } = assessUnregistered(evidence);
    const known = proven ? reasons : ["unproven" as const];
    return {
      ...nothingHeld,
      trust: atMostLow(trust),
      proven,
      reasons: ["registry-unavailable", ...known.filter((reason) => reason !== "not-registered")],
    };
  }
  const against: readonly DeviceTrustReason[] = [
    // The holder of a retired key may have found the device. One is enough, even with other keys.
    ...(evidence.keyRetired === true ? (["key-retired"] as const) : []),
    ...(device === undefined ? [] : standingOf(device, evidence)),
  ];
  if (against.length > 0) {
    return {
      ...nothingHeld,
      trust: atMostLow(capClaimedTrust(claimed, cap)),
      proven: false,
      reasons: against,
    };
  }
  if (device === undefined) return assessUnregistered(evidence);
  return assessRegistered(device, evidence);
}

const nothingHeld = { posture: "none", registered: false } as const;

/** What speaks against the record itself, with any key. */
function standingOf(device: RegisteredDevice, { user }: DeviceEvidence): readonly DeviceTrustReason[] {
  if (device.owner.issuer !== user.issuer || device.owner.subject !== user.subject)
    return ["owned-by-another"];
  return device.retiredAt === undefined ? [] : ["retired"];
}

function assessUnregistered(evidence: DeviceEvidence): DeviceAssessment {
  const { claimed, cap } = evidence;
  const proven = isTokenBound(evidence);
  return {
    ...nothingHeld,
    trust: proven ? claimed : capClaimedTrust(claimed, cap),
    proven,
    reasons: ["not-registered", ...reasonsOfClaim(evidence, proven)],
  };
}

function assessRegistered(device: RegisteredDevice, evidence: DeviceEvidence): DeviceAssessment {
  const { claimed, cap, proofs, now, postureMaxAge } = evidence;
  const posture = assessPosture(device.posture, now, postureMaxAge);
  const tokenBound = isTokenBound(evidence);
  const listed = proofs.some((proof) => device.keys.some((key) => isSame(key, proof)));
  // The caller holds a key, but not one of the device's.
  const foreign = proofs.length > 0 && device.keys.length > 0 && !listed;
  const proven = listed || (tokenBound && !foreign);
  const byClaim = tokenBound && !foreign ? claimed : capClaimedTrust(claimed, cap);
  const byRegistry = !listed ? "unknown" : posture === "healthy" ? "high" : "medium";
  const trust = trustRank(byRegistry) > trustRank(byClaim) ? byRegistry : byClaim;
  const against = foreign || device.posture?.compliant === false;
  return {
    trust: against ? atMostLow(trust) : trust,
    proven,
    posture,
    registered: true,
    reasons: [
      ...(foreign ? (["key-not-registered"] as const) : []),
      ...(listed ? (["key-registered"] as const) : []),
      ...reasonsOfClaim(evidence, tokenBound && !foreign, proven),
      ...reasonsOfPosture(device.posture, posture),
    ],
  };
}

function reasonsOfClaim(
  { claimed, cap }: DeviceEvidence,
  tokenBound: boolean,
  proven = tokenBound,
): readonly DeviceTrustReason[] {
  if (tokenBound) return ["token-bound"];
  return [
    ...(proven ? [] : (["unproven"] as const)),
    ...(trustRank(claimed) > trustRank(cap) ? (["claim-capped"] as const) : []),
  ];
}

function reasonsOfPosture(
  posture: DevicePosture | undefined,
  verdict: PostureVerdict,
): readonly DeviceTrustReason[] {
  if (posture === undefined) return ["posture-missing"];
  const stale = verdict === "unknown" ? (["posture-stale"] as const) : [];
  if (!posture.compliant) return [...stale, "posture-unhealthy"];
  return verdict === "healthy" ? ["posture-healthy"] : stale;
}

/** A proof by a key that the token is bound to: the token is in the hands it was issued to. */
function isTokenBound({ proofs, binding }: DeviceEvidence): boolean {
  const bound: Readonly<Record<PossessionProof["method"], string | undefined>> = {
    dpop: binding?.jkt,
    mtls: binding?.x5t,
  };
  return proofs.some(({ method, thumbprint }) => bound[method] === thumbprint);
}

const isSame = (one: PossessionProof, other: PossessionProof): boolean =>
  one.method === other.method && one.thumbprint === other.thumbprint;

const atMostLow = (trust: DeviceTrust): DeviceTrust => (trust === "unknown" ? "unknown" : "low");
