/**
 * Which claim holds what. A path is a claim's name or, for nested claims, an array of names from the outside in;
 * claim names may hold dots and slashes, so no separator is reserved.
 */
export type ClaimPath = string | readonly string[];

export interface ClaimMapping {
  readonly subject: ClaimPath;
  readonly roles: ClaimPath;
  readonly session: ClaimPath;
  readonly deviceId: ClaimPath;
  readonly deviceTrust: ClaimPath;
  /** The claim that tells how the user authenticated, and the values of it that mean several factors */
  readonly mfa: { readonly claim: ClaimPath; readonly values: readonly (string | boolean)[] };
  /** A risk score from 0 to 100 */
  readonly risk: ClaimPath;
}

export const CLAIM_PRESETS = ["cognito", "oidc", "entra", "okta", "auth0", "keycloak"] as const;
export type ClaimPreset = (typeof CLAIM_PRESETS)[number];
