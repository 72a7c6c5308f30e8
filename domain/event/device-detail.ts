import type { DeviceAssessment, DeviceTrustReason } from "../evidence/assess-device.ts";
import type { PostureVerdict } from "../evidence/device-posture.ts";
import type { DeviceTrust } from "../evidence/device-trust.ts";

/** The assessment of the device in an access event; absent for a caller who is not verified. */
export interface DeviceDetail {
  readonly device_trust?: DeviceTrust;
  readonly device_posture?: PostureVerdict;
  /** A claim in a token never makes this true */
  readonly device_proven?: boolean;
  readonly device_registered?: boolean;
  /** What the trust rests on: docs/devices.md */
  readonly device_reasons?: readonly DeviceTrustReason[];
}

export function describeDevice(assessment: DeviceAssessment | undefined): DeviceDetail {
  if (assessment === undefined) return {};
  const { trust, posture, proven, registered, reasons } = assessment;
  return {
    device_trust: trust,
    device_posture: posture,
    device_proven: proven,
    device_registered: registered,
    device_reasons: reasons,
  };
}
