import type { IssuerSettings } from "../../contract/settings.ts";
import { productOf } from "../issuers/products.ts";
import { discoverKeySet } from "./discovery.ts";
import type { FetchDocument } from "./fetch-document.ts";

/**
 * Fetches an issuer's current key set. If the address comes from discovery, it is discovered each
 * time: when an issuer moves its keys, the next refresh follows.
 */
export async function fetchKeySet(issuer: IssuerSettings, fetchDocument: FetchDocument): Promise<Uint8Array> {
  return fetchDocument(keySetAddress(issuer) ?? (await discoverKeySet(issuer.issuer, fetchDocument)));
}

/**
 * The address of the keys from the configuration or the product's documentation; undefined to use
 * discovery.
 */
export function keySetAddress({ preset, issuer, jwksUri, discovery }: IssuerSettings): string | undefined {
  if (jwksUri !== undefined) return jwksUri;
  if (discovery === true) return undefined;
  return productOf(preset).keySet?.address(issuer.replace(/\/$/, ""));
}
