import { oidc } from "./oidc.ts";
import type { IssuerProduct } from "./product.ts";

export const entra: IssuerProduct = {
  title: "Microsoft Entra ID",
  addClaims: "optional claims or a claims mapping policy",
  claims: {
    ...oidc.claims,
    // `sub` differs between applications; `oid` identifies the user across them.
    subject: "oid",
    deviceId: "deviceid",
    scopes: "scp",
    client: "azp",
    // An optional claim, which the API's registration must request.
    service: { claim: "idtyp", values: ["app"] },
  },
  keySet: {
    address: (base) => `${base.replace(/\/v2\.0$/, "")}/discovery/v2.0/keys`,
    shown: "<issuer without /v2.0>/discovery/v2.0/keys",
  },
};
