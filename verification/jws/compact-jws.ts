import { parseStrictObject } from "./strict-json.ts";

/** A JWS in compact serialization, decoded but not verified. */
export interface CompactJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Uint8Array;
  /** The signing input */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Decodes a compact JWS. Undefined for any other text: a number of parts other than three,
 * characters outside base64url, spare bits that are set (a second spelling of the same token), or a
 * header that is not a strict JSON object. The payload may be any bytes. A header with `crit` or
 * `b64` is refused: no extension is supported. Does not verify anything. Never throws.
 * @see RFC 7515 §3.1, §4.1.11, §5.2; RFC 7797 §6
 */
export function parseCompactJws(text: string): CompactJws | undefined {
  const firstDot = text.indexOf(".");
  const lastDot = text.lastIndexOf(".");
  if (firstDot === lastDot) return undefined;
  const header = decode(text.slice(0, firstDot));
  const payload = decode(text.slice(firstDot + 1, lastDot));
  const signature = decode(text.slice(lastDot + 1));
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  const members = parseStrictObject(header);
  if (members === undefined || "crit" in members || "b64" in members) return undefined;
  return { header: members, payload, signed: Buffer.from(text.slice(0, lastDot)), signature };
}

const BASE64URL = /^[A-Za-z0-9_-]*$/;
/**
 * Last characters with zero spare bits, by the number of characters beyond whole groups of four.
 */
const LAST_OF_TWO = /[AQgw]$/;
const LAST_OF_THREE = /[AEIMQUYcgkosw048]$/;

/**
 * Whether a text is the canonical base64url of some bytes: only the alphabet, no padding, spare
 * bits zero (RFC 4648 §3.5).
 */
export function isStrictBase64url(part: string): boolean {
  if (!BASE64URL.test(part)) return false;
  switch (part.length % 4) {
    case 1:
      return false;
    case 2:
      return LAST_OF_TWO.test(part);
    case 3:
      return LAST_OF_THREE.test(part);
    default:
      return true;
  }
}

const decode = (part: string): Buffer | undefined =>
  isStrictBase64url(part) ? Buffer.from(part, "base64url") : undefined;
