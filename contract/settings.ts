import type { ClaimMapping, ClaimPreset, TokenProfile } from "../domain/claim-mapping.ts";
import type { DeviceTrust } from "../domain/device-trust.ts";
import type { FactorRules, RiskThresholds } from "../domain/risk-rules.ts";
import type { SignatureAlgorithm } from "../domain/signature-algorithm.ts";

/** One issuer that the authorizer trusts. */
export interface IssuerSettings {
  readonly preset: ClaimPreset;
  /** Exact `iss` value, an https URL without `|` */
  readonly issuer: string;
  /** Where the keys are; absent: where the preset's product publishes them. `oidc` names no product: state it */
  readonly jwksUri?: string;
  /** Accepted `aud` values, at least one; for Cognito the client ids */
  readonly audience: readonly string[];
  /** Cognito only; `access` by default */
  readonly tokenUse?: "access" | "id";
  /** What its tokens promise; `cognito` for the preset of that name, else `generic` by default */
  readonly profile?: TokenProfile;
  /** Accepted signature algorithms; RS256, PS256, ES256 and EdDSA by default */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** Seconds by which its clock may differ from ours; 5 by default */
  readonly leeway?: number;
  /** Seconds since `iat` after which its tokens no longer count; absent: their own expiry decides */
  readonly maxTokenAge?: number;
  /** Overrides of the preset */
  readonly claims?: Partial<ClaimMapping>;
}

export type GeoSource =
  /** The CloudFront-Viewer-* headers are believed. Safe only where nothing but CloudFront can reach the API. */
  | "cloudfront"
  /** Databases beside the bundle */
  | "database"
  /** Location stays unknown */
  | "none";

/** The authorizer's settings, as JSON beside its bundle or in its environment. */
export interface AuthorizerSettings {
  readonly issuers: readonly IssuerSettings[];
  /** IANA name; hours in policies are meant in this zone */
  readonly timeZone: string;
  /** Allowed countries, ISO 3166-1 alpha-2; empty means every country */
  readonly countries: readonly string[];
  readonly geo: GeoSource;
  /** How far a device claim without proof counts */
  readonly deviceClaimCap: DeviceTrust;
  /** `acr_values` of a step-up challenge by its kind (`mfa`) */
  readonly acrValues: Readonly<Record<string, readonly string[]>>;
}

/** The scorer's settings, as JSON beside its bundle or in its environment. */
export interface ScorerSettings {
  readonly timeZone: string;
  readonly geo: GeoSource;
  readonly rules: FactorRules;
  readonly thresholds: RiskThresholds;
}
