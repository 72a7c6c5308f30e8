import type { ClaimPath, ServiceSign } from "../../domain/evidence/claim-mapping.ts";
import type { IssuerProduct } from "../../verification/issuers/product.ts";
import { PRODUCTS } from "../../verification/issuers/products.ts";

const BEGIN =
  "<!-- Generated from verification/issuers by `npm run providers`. Change the products' files, not these tables. -->";
const END = "<!-- End of the generated tables. -->";

/**
 * The text of docs/tokens.md with its tables of providers made anew. Pure.
 *
 * @throws Error if the page has no place for them
 */
export function withProviders(
  page: string,
  products: Readonly<Record<string, IssuerProduct>> = PRODUCTS,
): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/tokens.md needs the lines ${BEGIN} and ${END}`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${describeProviders(products)}\n\n${page.slice(end)}`;
}

function describeProviders(products: Readonly<Record<string, IssuerProduct>>): string {
  const rows = Object.entries(products);
  const claims = rows.map(([preset, { title, claims: at }]) => [
    code(preset),
    title,
    ...[at.subject, at.roles, at.session].map(path),
    `${path(at.mfa.claim)} has ${at.mfa.values.map((value) => code(String(value))).join(" or ")}`,
    ...[at.deviceId, at.deviceTrust, at.risk, at.scopes, at.client].map(path),
  ]);
  const more = rows.map(([preset, { claims: at, keySet, addClaims }]) => [
    code(preset),
    service(at.service, at.client),
    keySet === undefined ? "where the discovery document says" : code(keySet.shown),
    addClaims,
  ]);
  return [
    ...table(
      [
        ...["preset", "product", "user", "roles", "session", "several factors", "device", "device trust"],
        ...["issuer's own risk", "scopes", "client"],
      ],
      claims,
    ),
    "",
    ...table(["preset", "a token is a service's if", "keys", "where to add claims"], more),
  ].join("\n");
}

function service({ claim, values, clientIn = [], without = [] }: ServiceSign, client: ClaimPath): string {
  const signs = values.map((value) =>
    value === "{client}" ? path(client) : code(String(value).replace("{client}", `<${shown(client)}>`)),
  );
  const also = clientIn.length === 0 ? "" : `, ${clientIn.map(path).join(" or ")} is ${path(client)}`;
  const no = without.length === 0 ? "" : `, and ${without.map(path).join(" and ")} are absent`;
  return `${path(claim)} is ${signs.join(" or ")}${also}${no}`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`);

const shown = (claim: ClaimPath): string => (typeof claim === "string" ? claim : claim.join("."));
const path = (claim: ClaimPath): string => code(shown(claim));
const code = (text: string): string => `\`${text}\``;
const cell = (text: string): string => text.replaceAll("|", "\\|");
