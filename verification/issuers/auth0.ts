import { oidc } from "./oidc.ts";
import type { IssuerProduct } from "./product.ts";

export const auth0: IssuerProduct = {
  title: "Auth0",
  addClaims: "an Action; the names of custom claims are URLs",
  claims: {
    ...oidc.claims,
    roles: "https://sallyport/roles",
    deviceId: "https://sallyport/device_id",
    deviceTrust: "https://sallyport/device_trust_level",
    mfa: { claim: "https://sallyport/amr", values: ["mfa"] },
    risk: "https://sallyport/risk_score",
    client: "azp",
    service: { claim: "sub", values: ["{client}@clients"] },
  },
  // Auth0 ends every `iss` with a slash, under custom domains too.
  nameProblem: (issuer) =>
    issuer.endsWith("/") ? undefined : `the URL with a slash at its end, as in Auth0's tokens: "${issuer}/"`,
  keySet: {
    address: (base) => `${base}/.well-known/jwks.json`,
    shown: "<issuer>/.well-known/jwks.json",
  },
};
