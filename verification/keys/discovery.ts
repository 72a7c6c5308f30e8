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
  const uri = document.jwks_uri;
  if (!isPlainHttps(uri)) throw new Error(`${address}: has no https address as jwks_uri`);
  // Normalized, because errors name it: a URL has no line breaks or control characters.
  return new URL(uri).href;
}

/** OpenID Connect Discovery 1.0 §4: a trailing slash of the issuer is left out. */
export function discoveryAddress(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

const LONGEST_URL = 2048;

function isPlainHttps(value: unknown): value is string {
  if (typeof value !== "string" || value.length > LONGEST_URL || !URL.canParse(value)) return false;
  const { protocol, username, password, hash } = new URL(value);
  return protocol === "https:" && username === "" && password === "" && hash === "";
}
