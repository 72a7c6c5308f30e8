import { oidc } from "./oidc.ts";
import type { IssuerProduct } from "./product.ts";

const V1 = /^https:\/\/sts\.windows\.net\/([0-9a-f-]{36})\/$/;
const V2 = /^https:\/\/login\.microsoftonline\.com\/([0-9a-f-]{36})\/v2\.0$/;

/**
 * The name of the same tenant in tokens of the other version; the API's registration, not the
 * client, decides which version it gets. Names of national clouds have no known other name.
 *
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference
 */
function otherName(issuer: string): string | undefined {
  const v1 = V1.exec(issuer)?.[1];
  if (v1 !== undefined) return `https://login.microsoftonline.com/${v1}/v2.0`;
  const v2 = V2.exec(issuer)?.[1];
  return v2 === undefined ? undefined : `https://sts.windows.net/${v2}/`;
}

function nameProblem(issuer: string): string | undefined {
  const { hostname, pathname } = new URL(issuer);
  const tenant = pathname.split("/")[1] ?? "";
  if (["common", "organizations", "consumers"].includes(tenant)) {
    return `the name of one tenant instead of "${tenant}", which no token carries`;
  }
  if (hostname === "login.microsoftonline.com" && !/^\/[^/]+\/v2\.0$/.test(pathname)) {
    return `"https://login.microsoftonline.com/<tenant id>/v2.0", as in tokens of version 2`;
  }
  if (hostname === "sts.windows.net" && !/^\/[^/]+\/$/.test(pathname)) {
    return `"https://sts.windows.net/<tenant id>/" with its slash, as in tokens of version 1`;
  }
  return undefined;
}

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
  otherName,
  claimsUnder: (issuer) => (V1.test(issuer) ? { client: "appid" } : {}),
  nameProblem,
  keySet: {
    address: (base) => {
      const tenant = V1.exec(`${base}/`)?.[1];
      return tenant === undefined
        ? `${base.replace(/\/v2\.0$/, "")}/discovery/v2.0/keys`
        : `https://login.microsoftonline.com/${tenant}/discovery/keys`;
    },
    shown: "<issuer without /v2.0>/discovery/v2.0/keys",
  },
};
