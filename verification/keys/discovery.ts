import { parseStrictObject } from "../jws/strict-json.ts";
import type { FetchDocument } from "./fetch-document.ts";

/**
 * Reads the address of the keys from an issuer's discovery document.
 *
 * The document must name exactly the requested issuer, or one tenant could speak for another
 * (OpenID Connect Discovery 1.0 §4.3, RFC 8414 §3.3), and its `jwks_uri` must be https. Other
 * members are ignored: the configuration says which algorithms, audiences and token types are
 * accepted.
 *
 * @throws Error if the document cannot be fetched or is invalid
 */
export async function discoverKeySet(issuer: string, fetchDocument: FetchDocument): Promise<string> {
  const address = discoveryAddress(issuer);
  const document = parseStrictObject(await fetchDocument(address));
  if (document === undefined) throw new Error(`${address}: not a JSON object`);
  if (document.issuer !== issuer) throw new Error(`${address}: names another issuer than ${issuer}`);
  if (!isPlainHttps(document.jwks_uri)) throw new Error(`${address}: has no https address as jwks_uri`);
  return document.jwks_uri;
}

/** OpenID Connect Discovery 1.0 §4: a trailing slash of the issuer is left out. */
export function discoveryAddress(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

function isPlainHttps(value: unknown): value is string {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, username, password, hash } = new URL(value);
  return protocol === "https:" && username === "" && password === "" && hash === "";
}
