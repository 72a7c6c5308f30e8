import { constants, createPublicKey, type KeyObject, type VerifyKeyObjectInput, verify } from "node:crypto";
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from "../../domain/evidence/signature-algorithm.ts";
import { isOfSmallOrder } from "./small-order.ts";

/** A public key that verifies signatures of exactly one algorithm. */
export interface VerificationKey {
  /** Absent where the key set gives none: tokens without a key id may mean it */
  readonly kid?: string;
  readonly algorithm: SignatureAlgorithm;
  /** The algorithm's other name, if the key states neither */
  readonly alias?: SignatureAlgorithm;
  readonly key: KeyObject;
}

/** Members of private or symmetric JWKs (RFC 7518 §6): a key with one of them has leaked. */
const SECRET_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const SMALLEST_RSA = 2048;
const LARGEST_RSA = 8192;
/** The largest exponent that can be checked in reasonable time; 65537 is usual. */
const LARGEST_EXPONENT = 2n ** 32n;
/**
 * Characters of an exponent, with room for leading zeros. Node.js reads an exponent as a BigInt in
 * quadratic time, so one of 150 KB would block the process for seconds.
 */
const LONGEST_EXPONENT = 64;
const LONGEST_KID = 256;

const CURVE_ALGORITHM: Readonly<Record<string, SignatureAlgorithm>> = {
  "P-256": "ES256",
  "P-384": "ES384",
  "P-521": "ES512",
};

/**
 * Makes a verification key from a JWK, or says why it cannot.
 *
 * The key's type and curve determine its algorithm; a stated `alg` must agree. An RSA key without
 * `alg` verifies the issuer's only RSA algorithm or, of several, RS256, which every OpenID provider
 * supports (OpenID Connect Core §15.1). The algorithm of an Ed25519 key has two names, EdDSA and
 * Ed25519: a key that states one is used by that name only (RFC 7517 §4.4), one that states none by
 * both. Checks strength (RSA of 2048 to 8192 bits, odd exponent above 1; no Edwards point of small
 * order), use, operations, and that private members are absent. Does not check `x5c`, `x5u` or
 * expiry: only the address of the key set decides whose key it is.
 *
 * @param algorithms Those that the issuer may use; absent: all
 * @see RFC 7517 §4, RFC 8725 §3.1, §3.2, §3.5; RFC 9864 §2.2
 */
export function readVerificationKey(
  jwk: unknown,
  algorithms: readonly SignatureAlgorithm[] = SIGNATURE_ALGORITHMS,
): VerificationKey | { readonly rejected: string } {
  if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk)) return { rejected: "is not an object" };
  const members = jwk as Readonly<Record<string, unknown>>;
  const { kid, use, key_ops: operations, alg, e: exponent } = members;
  if (kid !== undefined && (typeof kid !== "string" || kid === "" || kid.length > LONGEST_KID))
    return { rejected: "has an invalid kid" };
  const secret = SECRET_MEMBERS.find((name) => name in members);
  if (secret !== undefined) return { rejected: `has the private member ${secret}` };
  if (use !== undefined && use !== "sig") return { rejected: "is not for signatures" };
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes("verify"))) {
    return { rejected: "has key_ops without verify" };
  }
  if (typeof exponent === "string" && exponent.length > LONGEST_EXPONENT) {
    return { rejected: "has an unsupported RSA exponent" };
  }
  let key: KeyObject;
  try {
    key = createPublicKey({ key: members as never, format: "jwk" });
  } catch {
    return { rejected: "is not a public key that this runtime supports" };
  }
  const weakness = weaknessOf(key);
  if (weakness !== undefined) return { rejected: weakness };
  const algorithm = pinAlgorithm(key, members, algorithms);
  if (algorithm === undefined) return { rejected: "states an algorithm of another key type" };
  const hasTwoNames = key.asymmetricKeyType === "ed25519" && alg === undefined;
  return {
    ...(kid !== undefined && { kid }),
    algorithm,
    ...(hasTwoNames && { alias: "Ed25519" as const }),
    key,
  };
}

/** Whether the key may verify a JWS whose header has this algorithm. */
export function allowsAlgorithm({ algorithm, alias }: VerificationKey, alg: unknown): boolean {
  return alg === algorithm || (alias !== undefined && alg === alias);
}

function weaknessOf(key: KeyObject): string | undefined {
  if (isOfSmallOrder(key)) return "is a point of small order, for which anyone can sign";
  if (key.asymmetricKeyType !== "rsa") return undefined;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < SMALLEST_RSA || modulusLength > LARGEST_RSA)
    return "has an RSA modulus of less than 2048 or more than 8192 bits";
  // With e = 1 every signature is valid: the message determines its signature.
  if (publicExponent < 3n || publicExponent % 2n === 0n || publicExponent > LARGEST_EXPONENT) {
    return "has an unsupported RSA exponent";
  }
  return undefined;
}

function pinAlgorithm(
  { asymmetricKeyType: type }: KeyObject,
  { alg: stated, crv }: Readonly<Record<string, unknown>>,
  algorithms: readonly SignatureAlgorithm[],
): SignatureAlgorithm | undefined {
  if (type === "ed25519" && stated === "Ed25519") return stated;
  if (type === "rsa") {
    if (stated === undefined) {
      const [only, ...others] = algorithms.filter(isOfRsa);
      return only !== undefined && others.length === 0 ? only : "RS256";
    }
    return SIGNATURE_ALGORITHMS.find((name) => name === stated && isOfRsa(name));
  }
  const pinned =
    type === "ec"
      ? // The name used to import the key. Reading it from the key costs half as much as an import.
        CURVE_ALGORITHM[String(crv)]
      : type === "ed25519" || type === "ed448"
        ? "EdDSA"
        : undefined;
  return stated === undefined || stated === pinned ? pinned : undefined;
}

const isOfRsa = (algorithm: SignatureAlgorithm): boolean => /^[RP]S/.test(algorithm);

const DIGEST_OF_SIZE: Readonly<Record<string, string>> = {
  "256": "sha256",
  "384": "sha384",
  "512": "sha512",
};

/**
 * Whether a signature over `signed` is valid for a key, by the key's own algorithm. Never throws: a
 * signature of the wrong length is invalid.
 * @see RFC 7515 §5.2 step 8, RFC 7518 §3.3 to §3.5, RFC 8037 §3.1
 */
export function verifySignature(
  { algorithm, key }: VerificationKey,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const digest = DIGEST_OF_SIZE[algorithm.slice(2)];
    return verify(digest, signed, inputFor(algorithm, key), signature);
  } catch {
    return false;
  }
}

function inputFor(algorithm: SignatureAlgorithm, key: KeyObject): KeyObject | VerifyKeyObjectInput {
  switch (algorithm[0]) {
    case "P":
      return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    case "E":
      // JWS concatenates the two numbers of an ECDSA signature in fixed length, instead of DER.
      return algorithm.startsWith("Ed") ? key : { key, dsaEncoding: "ieee-p1363" };
    default:
      // The bare key: an options object makes this path a third slower on Node 24.
      return key;
  }
}
