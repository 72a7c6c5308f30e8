import { oidc } from "./oidc.ts";
import type { IssuerProduct } from "./product.ts";

export const okta: IssuerProduct = {
  title: "Okta",
  addClaims: "claims of a custom authorization server",
  claims: { ...oidc.claims, subject: "uid", roles: "groups", scopes: "scp", client: "cid" },
  // Okta documents that only Okta itself can validate access tokens of the org server.
  nameProblem: (issuer) =>
    /\/oauth2\/[^/]+$/.test(issuer)
      ? undefined
      : 'the URL of a custom authorization server without a slash at its end, such as "https://acme.okta.com/oauth2/default"; only Okta can verify access tokens of the org authorization server',
  keySet: { address: (base) => `${base}/v1/keys`, shown: "<issuer>/v1/keys" },
};
