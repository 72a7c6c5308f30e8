import { oidc } from "./oidc.ts";
import type { IssuerProduct } from "./product.ts";

export const keycloak: IssuerProduct = {
  title: "Keycloak",
  addClaims: "protocol mappers",
  claims: {
    ...oidc.claims,
    roles: ["realm_access", "roles"],
    client: "azp",
    // Users may choose such a name; the other claims are Keycloak's own session data.
    service: {
      claim: "preferred_username",
      values: ["service-account-{client}"],
      clientIn: ["client_id", "clientId"],
      without: ["sid", "auth_time"],
    },
  },
  keySet: {
    address: (base) => `${base}/protocol/openid-connect/certs`,
    shown: "<issuer>/protocol/openid-connect/certs",
  },
  nameProblem: (issuer) =>
    /\/realms\/[^/]+$/.test(issuer)
      ? undefined
      : 'the URL of a realm without a slash at its end, such as "https://id.example.com/realms/main"',
  // From Keycloak's TokenUtil: plain and DPoP-bound access tokens, then its other tokens.
  payloadTypes: {
    access: ["Bearer", "DPoP"],
    other: ["id", "serialized-id", "refresh", "offline", "logout"],
  },
};
