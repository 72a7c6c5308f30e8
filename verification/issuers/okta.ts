import { oidc } from "./oidc.ts";
import type { IssuerProduct } from "./product.ts";

export const okta: IssuerProduct = {
  title: "Okta",
  addClaims: "claims of a custom authorization server",
  claims: { ...oidc.claims, subject: "uid", roles: "groups", scopes: "scp", client: "cid" },
  keySet: { address: (base) => `${base}/v1/keys`, shown: "<issuer>/v1/keys" },
};
