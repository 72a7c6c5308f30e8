import type { IssuerProduct } from "./product.ts";

/** Any OpenID provider, with the standard claims; other products override them. */
export const oidc: IssuerProduct = {
  title: "any OpenID provider",
  addClaims: "as the provider documents it",
  claims: {
    subject: "sub",
    roles: "roles",
    session: "sid",
    deviceId: "device_id",
    deviceTrust: "device_trust_level",
    // RFC 8176 §2: only `mfa` means that several factors were used; `otp` alone is one factor.
    mfa: { claim: "amr", values: ["mfa"] },
    risk: "risk_score",
    scopes: "scope",
    client: "client_id",
    // RFC 9068 §2.2: without a resource owner, `sub` is the client.
    service: { claim: "sub", values: ["{client}"] },
  },
};
