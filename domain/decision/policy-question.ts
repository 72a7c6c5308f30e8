import type { PostureVerdict } from "../evidence/device-posture.ts";
import type { DeviceTrust } from "../evidence/device-trust.ts";
import type { PrincipalKind } from "../evidence/principal-kind.ts";
import type { RiskScore } from "../risk/risk-state.ts";
import type { EpochSeconds } from "../time.ts";
import type { ReasonCode } from "./reason.ts";

/**
 * One question to the policies, in the terms of `policy/schema.cedarschema`. Unknown values are
 * marked (`known: false`, an absent optional field), so that a policy can deny without them.
 */
export interface PolicyQuestion {
  readonly principal: {
    readonly kind: PrincipalKind;
    readonly issuer: string;
    readonly subject: string;
    readonly roles: readonly string[];
    readonly scopes: readonly string[];
    readonly clientId?: string;
  };
  /** An HTTP method, upper case */
  readonly method: string;
  readonly resource: {
    readonly api: string;
    readonly stage: string;
    readonly path: string;
    readonly segments: readonly string[];
  };
  readonly context: PolicyContext;
}

export interface PolicyContext {
  readonly authentication: {
    readonly mfa: boolean;
    readonly authenticatedAt?: EpochSeconds;
    readonly issuedAt: EpochSeconds;
  };
  readonly device: {
    readonly id?: string;
    readonly trust: DeviceTrust;
    /** 0 unknown, 1 low, 2 medium, 3 high, so that policies can compare */
    readonly trustRank: number;
    /**
     * The caller proved possession of the device's key or, for a device without a known key, of the
     * token's; a claim never sets this
     */
    readonly proven: boolean;
    /** The device is registered for this user and not retired */
    readonly registered: boolean;
    readonly posture: PostureVerdict;
    readonly quarantined: boolean;
  };
  readonly session: { readonly id?: string; readonly revoked: boolean; readonly quarantined: boolean };
  readonly user: { readonly tokensRevoked: boolean; readonly quarantined: boolean };
  readonly risk: { readonly known: boolean; readonly score: RiskScore; readonly elevatedAt?: EpochSeconds };
  readonly network: { readonly address?: string; readonly country?: string };
  readonly time: {
    readonly epochSeconds: EpochSeconds;
    readonly hour: number;
    readonly minute: number;
    readonly dayOfWeek: number;
  };
  /** The deployment's settings that policies use */
  readonly deployment: { readonly countries: readonly string[] };
}

/** A policy that took part in the answer, with its annotations. */
export interface PolicyNote {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  /** `@reason`, on every forbid */
  readonly reason?: ReasonCode;
  /** `@step_up`: the kind of step-up that lifts this forbid */
  readonly stepUp?: string;
  /** `@max_age`, in seconds */
  readonly maxAge?: number;
}

export interface PolicyAnswer {
  readonly verdict: "allow" | "deny";
  readonly determining: readonly PolicyNote[];
  /** `@mode("monitor")` forbids that would have applied */
  readonly monitored: readonly PolicyNote[];
  /**
   * Any entry makes the answer invalid: Cedar skips a policy that has an error, so a failed forbid
   * would otherwise allow
   */
  readonly errors: readonly string[];
}

/** Asks the policy engine. May throw; the caller turns that into `policy-error`. */
export type AskPolicies = (question: PolicyQuestion) => PolicyAnswer;
