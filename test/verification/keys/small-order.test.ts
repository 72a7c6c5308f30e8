import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { isOfSmallOrder } from "../../../verification/keys/small-order.ts";

const P25519 = 2n ** 255n - 19n;
const P448 = 2n ** 448n - 2n ** 224n - 1n;
// RFC 8032 §5.1.2: little-endian y, the sign of x in the highest bit.
const encode = (y: bigint, bytes: number, sign = false) => {
  const point = Buffer.from(y.toString(16).padStart(bytes * 2, "0"), "hex").reverse();
  if (sign) point[bytes - 1] = (point[bytes - 1] ?? 0) | 0x80;
  return point.toString("base64url");
};
const key = (crv: string, x: string) => createPublicKey({ key: { kty: "OKP", crv, x }, format: "jwk" });
const power = (base: bigint, exponent: bigint, modulus: bigint) => {
  let [result, square] = [1n, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
};
/**
 * The y-coordinate of the points of order 8 of edwards25519, worked out from the curve: y² = (−1 ±
 * √(1 + d)) / d.
 */
const eighth = (() => {
  const p = P25519;
  const inverse = (value: bigint) => power(value, p - 2n, p);
  const root = (value: bigint) => {
    const candidate = power(value, (p + 3n) / 8n, p);
    const other = (candidate * power(2n, (p - 1n) / 4n, p)) % p;
    return [candidate, other].find((one) => (one * one) % p === value % p);
  };
  const d = (p - ((121_665n * inverse(121_666n)) % p)) % p;
  const sqrt = root(1n + d);
  if (sqrt === undefined) throw new Error("1 + d has no root");
  for (const sign of [sqrt, p - sqrt]) {
    const y = root((((p - 1n + sign) % p) * inverse(d)) % p);
    if (y !== undefined) return y;
  }
  throw new Error("no point of order 8");
})();

describe("isOfSmallOrder", () => {
  test.each([
    ["order 4", 0n],
    ["order 4, above the prime", P25519],
    ["order 1", 1n],
    ["order 1, above the prime", P25519 + 1n],
    ["order 2", P25519 - 1n],
    ["order 8", eighth],
    ["order 8, the negative", P25519 - eighth],
  ])("knows a point of Ed25519 of %s, whatever its sign", (_, y) => {
    expect(isOfSmallOrder(key("Ed25519", encode(y, 32)))).toBe(true);
    expect(isOfSmallOrder(key("Ed25519", encode(y, 32, true)))).toBe(true);
  });

  test.each([
    ["order 4", 0n],
    ["order 4, above the prime", P448],
    ["order 1", 1n],
    ["order 1, above the prime", P448 + 1n],
    ["order 2", P448 - 1n],
  ])("knows a point of Ed448 of %s, whatever its sign", (_, y) => {
    expect(isOfSmallOrder(key("Ed448", encode(y, 57)))).toBe(true);
    expect(isOfSmallOrder(key("Ed448", encode(y, 57, true)))).toBe(true);
  });

  test("finds no fault with other points, and with keys of other kinds", () => {
    for (const crv of ["Ed25519", "Ed448"] as const) {
      const length = crv === "Ed25519" ? 32 : 57;
      for (const y of [2n, 3n, 128n]) expect(isOfSmallOrder(key(crv, encode(y, length)))).toBe(false);
    }
    expect(isOfSmallOrder(key("Ed448", encode(eighth, 57)))).toBe(false);
    expect(isOfSmallOrder(generateKeyPairSync("ed25519").publicKey)).toBe(false);
    expect(isOfSmallOrder(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey)).toBe(false);
    expect(isOfSmallOrder(key("X25519", encode(1n, 32)))).toBe(false);
  });
});
