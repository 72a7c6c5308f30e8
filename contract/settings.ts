import type { ClaimMapping } from "../domain/evidence/claim-mapping.ts";
import type { DeviceTrust } from "../domain/evidence/device-trust.ts";
import type { SignatureAlgorithm } from "../domain/evidence/signature-algorithm.ts";
import type { TokenLimits } from "../domain/evidence/token-limits.ts";
import type { FactorRules, RiskThresholds } from "../domain/risk/risk-rules.ts";

/** Seconds */
export const DEFAULT_KEY_REFRESH = 900;
export const DEFAULT_KEYS_STALE_FOR = 86_400;

export const DEFAULT_INTROSPECTION_CACHE = 30;

/** How an issuer is asked about tokens that only it can read (RFC 7662). */
export interface IntrospectionSettings {
  /** An https URL */
  readonly endpoint: string;
  readonly clientId: string;
  /** ARN of the secret in AWS Secrets Manager whose text is the client's secret */
  readonly clientSecretArn: string;
  /** Seconds for which an answer counts, up to 60; `DEFAULT_INTROSPECTION_CACHE` if absent */
  readonly cacheSeconds?: number;
}

/** What becomes of tokens that are bound to a key (RFC 7800). */
export type BoundTokens = "accepted" | "refused";

/**
 * - `rfc9068`: the JWT profile for OAuth access tokens, everything in it required
 * - `generic`: a JWT access token of a provider that promises no profile
 */
export const TOKEN_PROFILES = ["rfc9068", "generic"] as const;
export type TokenProfile = (typeof TOKEN_PROFILES)[number];

/**
 * One issuer that the authorizer trusts. `Preset` names the products that are known where the
 * settings are made.
 */
export interface IssuerSettings<Preset extends string = string> {
  /** The product that issues the tokens, by its name in `verification/issuers/products.ts` */
  readonly preset: Preset;
  /** Exact `iss` value, an https URL without `|` */
  readonly issuer: string;
  /**
   * Where the keys are; absent: where the product publishes them or, if it has no such place, where
   * discovery says
   */
  readonly jwksUri?: string;
  /**
   * Whether the address of the keys is taken from the issuer's discovery document, whatever the
   * product
   */
  readonly discovery?: boolean;
  /**
   * Seconds after which the keys are to have been fetched again; `DEFAULT_KEY_REFRESH` if absent
   */
  readonly keyRefresh?: number;
  /**
   * Seconds after which keys that could not be fetched again no longer count;
   * `DEFAULT_KEYS_STALE_FOR` if absent
   */
  readonly keysStaleFor?: number;
  /** Absent: its tokens are JWTs. At most one issuer may have it */
  readonly introspection?: IntrospectionSettings;
  /** Accepted `aud` values, at least one; for Cognito the client ids */
  readonly audience: readonly string[];
  /** Cognito only; `access` by default */
  readonly tokenUse?: "access" | "id";
  /**
   * What its tokens promise; `generic` by default. Not for products whose tokens have their
   * own form
   */
  readonly profile?: TokenProfile;
  /** Accepted signature algorithms; RS256, PS256, ES256 and EdDSA by default */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** Seconds by which its clock may differ from ours; 5 by default */
  readonly leeway?: number;
  /**
   * Seconds since `iat` after which its tokens no longer count; absent: their own expiry decides
   */
  readonly maxTokenAge?: number;
  /**
   * Seconds since its users authenticated after which they are asked to do so again; absent: any
   * age will do
   */
  readonly maxAuthenticationAge?: number;
  /** Whether tokens with `cnf` are taken, with proof, or refused; `accepted` if absent */
  readonly boundTokens?: BoundTokens;
  /** Overrides of the product's claims */
  readonly claims?: Partial<ClaimMapping>;
}

export type GeoSource =
  /**
   * The CloudFront-Viewer-* headers are believed. Safe only where nothing but CloudFront can reach
   * the API.
   */
  | "cloudfront"
  /** Databases beside the bundle */
  | "database"
  /** Location stays unknown */
  | "none";

/** The way to the issuers. Does not concern calls of AWS. */
export interface NetworkSettings {
  /** An http or https URL of the proxy that issuers are asked through */
  readonly proxy?: string;
  /** Hosts, or domains with a leading dot, that are asked without the proxy */
  readonly noProxy?: readonly string[];
}

/** The authorizer's settings, as JSON beside its bundle or in its environment. */
export interface AuthorizerSettings<Preset extends string = string> {
  readonly issuers: readonly IssuerSettings<Preset>[];
  /** IANA name; hours in policies are meant in this zone */
  readonly timeZone: string;
  /** Allowed countries, ISO 3166-1 alpha-2; empty means every country */
  readonly countries: readonly string[];
  readonly geo: GeoSource;
  /** How far a device claim without proof counts */
  readonly deviceClaimCap: DeviceTrust;
  /** Seconds for which what was reported of a device's posture counts; a day by default */
  readonly devicePostureMaxAge?: number;
  /** `acr_values` of a step-up challenge by its kind (`mfa`) */
  readonly acrValues: Readonly<Record<string, readonly string[]>>;
  /**
   * What segments ask of tokens beyond what issuers do, by the segment's name; the strictest of
   * each counts
   */
  readonly segmentLimits?: Readonly<Record<string, TokenLimits>>;
  /** Absent: straight */
  readonly network?: NetworkSettings;
  /**
   * Where clients call the APIs, as base URLs with base path, by `<apiId>/<stage>` or `<apiId>`:
   * what a DPoP proof may name beside the API's execute-api address
   */
  readonly publicOrigins?: Readonly<Record<string, readonly string[]>>;
  readonly dpop?: DpopSettings;
  readonly webSocket?: WebSocketSettings;
}

/** Where else than in headers a client of a WebSocket API may put its token. */
export interface WebSocketSettings {
  /** A parameter of the query, which ends up in logs and histories; absent: nowhere */
  readonly queryParameter?: string;
}

/** How DPoP proofs are judged. */
export interface DpopSettings {
  /** Seconds since its `iat` for which a proof counts; 60 by default */
  readonly maxAge?: number;
  /** Seconds by which a client's clock may differ; 5 by default */
  readonly leeway?: number;
  /** Whether a proof must carry a nonce that this deployment gave; false by default */
  readonly nonce?: boolean;
}

/** The scorer's settings, as JSON beside its bundle or in its environment. */
export interface ScorerSettings {
  readonly timeZone: string;
  readonly geo: GeoSource;
  readonly rules: FactorRules;
  readonly thresholds: RiskThresholds;
}
