import { parseStrictObject } from "../jws/strict-json.ts";
import type { FetchDocument } from "./fetch-document.ts";

/**
 * Asks an issuer's discovery document where its keys are.
 *
 * The document must name exactly the issuer that was asked, or one tenant could speak for another (OpenID Connect Discovery 1.0
 * §4.3, RFC 8414 §3.3), and its `jwks_uri` must be https. No other member is looked at: algorithms, audiences and token types
 * that are accepted stand in the configuration.
 *
 * @throws Error if the document cannot be had or is none
 */
export async function discoverKeySet(issuer: string, fetchDocument: FetchDocument): Promise<string> {
  const address = discoveryAddress(issuer);
  const document = parseStrictObject(await fetchDocument(address));
  if (document === undefined) throw new Error(`${address}: not a JSON object`);
  if (document.issuer !== issuer) throw new Error(`${address}: names another issuer than ${issuer}`);
  if (!isPlainHttps(document.jwks_uri)) throw new Error(`${address}: has no https address as jwks_uri`);
  return document.jwks_uri;
}

/** OpenID Connect Discovery 1.0 §4: a slash that ends the issuer is left out. */
export function discoveryAddress(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

function isPlainHttps(value: unknown): value is string {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, username, password, hash } = new URL(value);
  return protocol === "https:" && username === "" && password === "" && hash === "";
}
