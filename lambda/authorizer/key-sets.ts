import type { KeyObject } from "node:crypto";
import { createPublicKey } from "node:crypto";
import { FetchError } from "aws-jwt-verify/error";
import { fetch } from "aws-jwt-verify/https";
import { type Jwk, type Jwks, type JwksCache, SimpleJwksCache, SimplePenaltyBox } from "aws-jwt-verify/jwk";

/** One fetch of an issuer's keys may take this long; the whole decision has less than the function's 5 s. */
const FETCH_TIMEOUT_MS = 1500;
/** After a key id that was not found the issuer is left alone for this long. */
const BRAKE_SECONDS = 10;
/** After a fetch that failed: at first only so long that requests do not pile up, then twice as long each time. */
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = BRAKE_SECONDS * 1000;
/** A key set larger than this is not one. */
const LARGEST_KEY_SET = 256 * 1024;

const FAMILY: Readonly<Record<string, readonly string[]>> = {
  RS256: ["rsa"],
  RS384: ["rsa"],
  RS512: ["rsa"],
  ES256: ["ec:prime256v1"],
  ES384: ["ec:secp384r1"],
  ES512: ["ec:secp521r1"],
  EdDSA: ["ed25519", "ed448"],
};

export interface KeySetOptions {
  readonly fetchKeySet?: (uri: string) => Promise<ArrayBuffer>;
  readonly onFailure: (uri: string, error: unknown) => void;
  readonly now: () => number;
}

/**
 * The issuers' key sets, held for the life of the process and fetched again when a key id is unknown.
 *
 * Keys are vetted when a set loads; a bad one is left out and the rest stays. Failing endpoints and unknown key ids are braked, so
 * that a flood of forged tokens costs one fetch per issuer and brake period.
 * Does not expire keys: one that an issuer withdraws stays trusted until the process ends.
 */
export function createKeySets({ fetchKeySet = fetchOnce, onFailure, now }: KeySetOptions): JwksCache {
  const failures = new Map<string, { readonly count: number; readonly until: number }>();
  return new SimpleJwksCache({
    penaltyBox: new SimplePenaltyBox({ waitSeconds: BRAKE_SECONDS }),
    jwksParser: parseKeySet,
    fetcher: {
      fetch: async (uri) => {
        const { count = 0, until = 0 } = failures.get(uri) ?? {};
        if (now() < until) {
          throw new FetchError(uri, "fetching failed a moment ago and is not tried again yet");
        }
        try {
          const bytes = await fetchKeySet(uri);
          // A set without a usable key is a failure too: taken as it is, it would push out the keys that are known.
          if (parseKeySet(bytes).keys.length === 0) throw new Error("the key set holds no usable key");
          failures.delete(uri);
          return bytes;
        } catch (error) {
          const backOff = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** count);
          failures.set(uri, { count: count + 1, until: now() + backOff });
          onFailure(uri, error);
          throw error instanceof FetchError ? error : new FetchError(uri, error);
        }
      },
    },
  });
}

function fetchOnce(uri: string): Promise<ArrayBuffer> {
  return fetch(uri, { timeout: FETCH_TIMEOUT_MS, responseTimeout: FETCH_TIMEOUT_MS });
}

/** Parses a JWK set (RFC 7517 §5) and keeps the keys that may verify signatures. Throws when it is not a set at all. */
export function parseKeySet(bytes: ArrayBuffer): Jwks {
  if (bytes.byteLength > LARGEST_KEY_SET) throw new Error("the key set is larger than 256 KB");
  const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  const keys =
    typeof document === "object" && document !== null && "keys" in document ? document.keys : undefined;
  if (!Array.isArray(keys)) throw new Error("the key set has no array `keys`");
  return { keys: keys.filter(isVerificationKey) };
}

function isVerificationKey(value: unknown): value is Jwk {
  if (typeof value !== "object" || value === null) return false;
  const jwk = value as Record<string, unknown>;
  const operations = jwk.key_ops;
  if (typeof jwk.kid !== "string" || "d" in jwk || "k" in jwk) return false;
  if (jwk.use !== undefined && jwk.use !== "sig") return false;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes("verify"))) return false;
  try {
    return isStrong(createPublicKey({ key: value as never, format: "jwk" }), jwk.alg);
  } catch {
    return false;
  }
}

/** RSA of at least 2048 bits with an exponent that cannot be undone (e = 1 makes every signature valid); RFC 8725 §3.2, §3.5. */
function isStrong(key: KeyObject, algorithm: unknown): boolean {
  if (
    algorithm !== undefined &&
    !(typeof algorithm === "string" && FAMILY[algorithm]?.includes(familyOf(key)))
  ) {
    return false;
  }
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  return key.asymmetricKeyType !== "rsa" || (modulusLength >= 2048 && publicExponent >= 3n);
}

function familyOf(key: KeyObject): string {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return curve === undefined ? (key.asymmetricKeyType ?? "") : `${key.asymmetricKeyType}:${curve}`;
}
