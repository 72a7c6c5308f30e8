import type { IssuerSettings } from "../../contract/settings.ts";
import { productOf } from "../issuers/products.ts";
import { discoverKeySet } from "./discovery.ts";
import type { FetchDocument } from "./fetch-document.ts";

/**
 * Fetches an issuer's key set as it is published now. Where the address is discovered, it is discovered each time: an issuer
 * that moves its keys is followed at the next refresh.
 */
export async function fetchKeySet(issuer: IssuerSettings, fetchDocument: FetchDocument): Promise<Uint8Array> {
  return fetchDocument(keySetAddress(issuer) ?? (await discoverKeySet(issuer.issuer, fetchDocument)));
}

/** Where the configuration or the product's documentation says that the keys are; undefined where discovery is to say it. */
export function keySetAddress({ preset, issuer, jwksUri, discovery }: IssuerSettings): string | undefined {
  if (jwksUri !== undefined) return jwksUri;
  if (discovery === true) return undefined;
  return productOf(preset).keySet?.address(issuer.replace(/\/$/, ""));
}
