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
  /** Granted scopes: one string of words (RFC 9068 §2.2.3) or an array */
  readonly scopes: ClaimPath;
  readonly client: ClaimPath;
  readonly service: ServiceSign;
}

/**
 * The claim, and the values of it, by which a token of a client credentials grant is told; `{client}` in a value stands for the
 * client's id.
 */
export interface ServiceSign {
  readonly claim: ClaimPath;
  readonly values: readonly (string | boolean)[];
  /** Claims of which one must name the client too, where the values alone could be a user's own choice; empty: none need */
  readonly clientIn?: readonly ClaimPath[];
  /** Claims that only a user's token has */
  readonly without?: readonly ClaimPath[];
}

export const CLAIM_PRESETS = ["cognito", "oidc", "entra", "okta", "auth0", "keycloak"] as const;
export type ClaimPreset = (typeof CLAIM_PRESETS)[number];

const MFA_BY_AMR = { claim: "amr", values: ["mfa"] } as const;

const OIDC: ClaimMapping = {
  subject: "sub",
  roles: "roles",
  session: "sid",
  deviceId: "device_id",
  deviceTrust: "device_trust_level",
  // RFC 8176 §2: only `mfa` says that several factors were used; `otp` alone is one factor.
  mfa: MFA_BY_AMR,
  risk: "risk_score",
  scopes: "scope",
  client: "client_id",
  // RFC 9068 §2.2: where no resource owner took part, `sub` names the client.
  service: { claim: "sub", values: ["{client}"] },
};

/**
 * Where each product keeps what the decision needs. No product issues a device trust level by itself, and not all say
 * how the user authenticated; docs/tokens.md says what has to be added.
 */
const PRESETS: Readonly<Record<ClaimPreset, ClaimMapping>> = {
  oidc: OIDC,
  cognito: {
    ...OIDC,
    roles: "cognito:groups",
    session: "origin_jti",
    deviceId: "device_key",
    deviceTrust: "custom:device_trust_level",
    risk: "custom:risk_score",
  },
  // `sub` is another one for every application; `oid` names the user across them.
  entra: {
    ...OIDC,
    subject: "oid",
    deviceId: "deviceid",
    scopes: "scp",
    client: "azp",
    // An optional claim, which the API's registration has to ask for.
    service: { claim: "idtyp", values: ["app"] },
  },
  okta: { ...OIDC, subject: "uid", roles: "groups", scopes: "scp", client: "cid" },
  auth0: {
    ...OIDC,
    roles: "https://sallyport/roles",
    deviceId: "https://sallyport/device_id",
    deviceTrust: "https://sallyport/device_trust_level",
    mfa: { claim: "https://sallyport/amr", values: ["mfa"] },
    risk: "https://sallyport/risk_score",
    client: "azp",
    service: { claim: "sub", values: ["{client}@clients"] },
  },
  keycloak: {
    ...OIDC,
    roles: ["realm_access", "roles"],
    client: "azp",
    // Users may choose such a name for themselves; the other claims are notes of Keycloak's on the session.
    service: {
      claim: "preferred_username",
      values: ["service-account-{client}"],
      clientIn: ["client_id", "clientId"],
      without: ["sid", "auth_time"],
    },
  },
};

/**
 * The preset's mapping with what a deployment has of its own. The sign of a service keeps those of the preset's conditions that the
 * deployment does not name: who takes another claim for a sign has not thereby vouched for it.
 */
export function claimMapping(preset: ClaimPreset, overrides: Partial<ClaimMapping> = {}): ClaimMapping {
  const base = PRESETS[preset];
  return { ...base, ...overrides, service: { ...base.service, ...overrides.service } };
}

/**
 * - `cognito`: as Amazon Cognito issues them
 * - `rfc9068`: the JWT profile for OAuth access tokens, everything in it required
 * - `generic`: a provider's JWT access token without a promise of its own
 */
export const TOKEN_PROFILES = ["cognito", "rfc9068", "generic"] as const;
export type TokenProfile = (typeof TOKEN_PROFILES)[number];
