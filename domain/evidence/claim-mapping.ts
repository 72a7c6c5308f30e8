/**
 * Which claim holds what. A path is a claim's name or, for nested claims, an array of names from
 * the outside in; claim names may hold dots and slashes, so no separator is reserved.
 */
export type ClaimPath = string | readonly string[];

export interface ClaimMapping {
  readonly subject: ClaimPath;
  readonly roles: ClaimPath;
  readonly session: ClaimPath;
  readonly deviceId: ClaimPath;
  readonly deviceTrust: ClaimPath;
  /** The claim that says how the user authenticated, and its values that mean several factors */
  readonly mfa: { readonly claim: ClaimPath; readonly values: readonly (string | boolean)[] };
  /** A risk score from 0 to 100 */
  readonly risk: ClaimPath;
  /** Granted scopes: one string of words (RFC 9068 §2.2.3) or an array */
  readonly scopes: ClaimPath;
  readonly client: ClaimPath;
  readonly service: ServiceSign;
}

/**
 * The claim, and its values, that mark a token of a client credentials grant; `{client}` in a value
 * is replaced by the client's id.
 */
export interface ServiceSign {
  readonly claim: ClaimPath;
  readonly values: readonly (string | boolean)[];
  /**
   * Claims of which one must name the client too, where the values alone could be a user's own
   * choice; empty: none need
   */
  readonly clientIn?: readonly ClaimPath[];
  /** Claims that only a user's token has */
  readonly without?: readonly ClaimPath[];
}

/**
 * A product's mapping with the deployment's overrides. The sign of a service keeps those of the
 * product's conditions that the deployment does not name: a different claim as the sign does not
 * replace what the conditions ask.
 */
export function mergeClaims(base: ClaimMapping, overrides: Partial<ClaimMapping> = {}): ClaimMapping {
  return { ...base, ...overrides, service: { ...base.service, ...overrides.service } };
}
