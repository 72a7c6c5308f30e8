import type { SignatureAlgorithm } from "../../domain/evidence/signature-algorithm.ts";
import { parseStrictList } from "../jws/strict-json.ts";
import { allowsAlgorithm, readVerificationKey, type VerificationKey } from "./verification-key.ts";

const LARGEST_KEY_SET = 256 * 1024;
/** Importing and comparing more keys would hold up requests; large issuers publish about ten. */
const MOST_KEYS = 500;

/** A key of an issuer's set that cannot verify tokens. */
export interface LeftOutKey {
  /** As the set has it; absent where the key has none */
  readonly kid?: string;
  /** What is wrong with it, as a predicate: `is not for signatures` */
  readonly why: string;
}

/** The usable keys of an issuer's set, and what became of the others. */
export interface KeySet {
  readonly keys: readonly VerificationKey[];
  readonly leftOut: readonly LeftOutKey[];
}

/**
 * Parses a JWK set (RFC 7517 §5) and keeps the keys that may verify signatures; leaves out any that
 * two parsers may read differently. The same key may be there once for each algorithm, and both
 * with and without one. Leaves out both of two different keys with the same key id and algorithm:
 * it is unclear which one is meant.
 *
 * @param algorithms Those that the issuer may use; they decide the algorithm of a key without `alg`
 * @throws Error if it is not a key set
 */
export function parseKeySet(bytes: Uint8Array, algorithms?: readonly SignatureAlgorithm[]): KeySet {
  if (bytes.byteLength > LARGEST_KEY_SET) throw new Error("the key set is larger than 256 KB");
  const jwks = parseStrictList(bytes, "keys");
  if (jwks === undefined) throw new Error("the key set is not a JSON object with an array `keys`");
  if (jwks.length > MOST_KEYS) throw new Error(`the key set has more than ${MOST_KEYS} keys`);
  const leftOut: LeftOutKey[] = [];
  const read: VerificationKey[] = [];
  for (const jwk of jwks) {
    const key = readVerificationKey(jwk, algorithms);
    if ("rejected" in key) leftOut.push({ ...kidOf(jwk), why: key.rejected });
    else if (!read.some((earlier) => areSame(earlier, key))) read.push(key);
  }
  const ambiguous = read.filter((key) => read.some((other) => other !== key && isMeantBySame(key, other)));
  for (const key of ambiguous) {
    leftOut.push({ ...kidOf(key), why: "has the key id and algorithm of another key" });
  }
  return { keys: read.filter((key) => !ambiguous.includes(key)), leftOut };
}

/**
 * The key that a token's header means: the one with its key id and algorithm or, without a key id
 * (which RFC 7515 §4.1.4 makes optional), the only one for its algorithm.
 */
export function chooseKey(
  { keys }: KeySet,
  kid: string | undefined,
  algorithm: string,
): VerificationKey | "unknown" | "ambiguous" | "other-algorithm" {
  const named = kid === undefined ? keys : keys.filter((key) => key.kid === kid);
  const [fitting, ...others] = named.filter((key) => allowsAlgorithm(key, algorithm));
  if (others.some((other) => fitting?.key.equals(other.key) === false)) return "ambiguous";
  if (fitting !== undefined) return fitting;
  return kid !== undefined && named.length > 0 ? "other-algorithm" : "unknown";
}

/**
 * An unchanged key stays the same object; cached verifications use this to check that it is still
 * trusted.
 */
export function keepUnchanged(before: KeySet, loaded: KeySet): KeySet {
  const keys = loaded.keys.map((key) => before.keys.find((earlier) => areSame(earlier, key)) ?? key);
  return { ...loaded, keys };
}

/** Describes the keys that were left out in one line, a few of them by name. */
export function describeLeftOut(leftOut: readonly LeftOutKey[]): string {
  const shown = leftOut.slice(0, MOST_SHOWN).map(({ kid, why }) => `${kid ?? "a key without kid"} ${why}`);
  const more = leftOut.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

const MOST_SHOWN = 5;
const LONGEST_SHOWN = 64;

function kidOf(jwk: unknown): { readonly kid?: string } {
  const kid = typeof jwk === "object" && jwk !== null && "kid" in jwk ? jwk.kid : undefined;
  // Key ids are printed, so nothing in them may end a line.
  return typeof kid === "string" && kid !== ""
    ? { kid: kid.slice(0, LONGEST_SHOWN).replace(/[^\x20-\x7e]/g, "?") }
    : {};
}

const areSame = (one: VerificationKey, other: VerificationKey): boolean =>
  one.kid === other.kid &&
  one.algorithm === other.algorithm &&
  one.alias === other.alias &&
  one.key.equals(other.key);

/** Whether some token would mean either of two different keys. */
const isMeantBySame = (one: VerificationKey, other: VerificationKey): boolean =>
  one.kid !== undefined &&
  one.kid === other.kid &&
  (allowsAlgorithm(one, other.algorithm) || allowsAlgorithm(other, one.algorithm)) &&
  !one.key.equals(other.key);
