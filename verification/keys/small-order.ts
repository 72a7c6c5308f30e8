import type { KeyObject } from "node:crypto";

interface Curve {
  /** Of the field */
  readonly prime: bigint;
  /**
   * The y-coordinates of all points whose order divides the cofactor; a point and its negative
   * share one
   */
  readonly smallOrder: readonly bigint[];
}

const P25519 = 2n ** 255n - 19n;
const P448 = 2n ** 448n - 2n ** 224n - 1n;
/**
 * Of two of the four points of order 8; the other two have the negative (RFC 7748 §4.1 defines the
 * curve)
 */
const EIGHTH = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;

const CURVES: Readonly<Record<string, Curve>> = {
  ed25519: { prime: P25519, smallOrder: [0n, 1n, P25519 - 1n, EIGHTH, P25519 - EIGHTH] },
  ed448: { prime: P448, smallOrder: [0n, 1n, P448 - 1n] },
};

/**
 * Whether an Edwards key is a point of small order, in any encoding: anyone can forge its
 * signatures without a secret. False for keys of other kinds.
 * @see RFC 8032 §5.1.7, §5.2.7, which leave the check of such keys to applications; RFC 8032 §5.1.2
 *   for the encoding
 */
export function isOfSmallOrder(key: KeyObject): boolean {
  const curve = CURVES[key.asymmetricKeyType ?? ""];
  if (curve === undefined) return false;
  // Little-endian, the sign of x in the top bit of the last byte; a number above the prime is a
  // second encoding.
  const bytes = Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url").reverse();
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return curve.smallOrder.includes(BigInt(`0x${bytes.toString("hex")}`) % curve.prime);
}
