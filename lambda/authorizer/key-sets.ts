import { fetch } from "aws-jwt-verify/https";
import type { EpochMs } from "../../domain/time.ts";
import type { IssuerKeys } from "./issuers.ts";
import { parseStrictObject } from "./strict-json.ts";
import { readVerificationKey, type VerificationKey } from "./verification-key.ts";

/** One fetch of an issuer's keys may take this long; the whole decision has less than the function's 5 s. */
const FETCH_TIMEOUT_MS = 1500;
/** After a key id that was not found the issuer is left alone for this long. */
const BRAKE_MS = 10_000;
/** After a fetch that failed: at first only so long that requests do not pile up, then twice as long each time. */
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 10_000;
/** A key set larger than this is not one. */
const LARGEST_KEY_SET = 256 * 1024;

export interface KeySetOptions {
  readonly fetchKeySet?: (uri: string) => Promise<ArrayBuffer>;
  readonly onFailure: (uri: string, error: unknown) => void;
  readonly now: () => EpochMs;
}

/**
 * An issuer's key set, held for the life of the process and fetched again when a key id is unknown.
 *
 * Keys are vetted when a set loads; a bad one is left out and the rest stays. Failing endpoints and unknown key ids are braked, so
 * that a flood of forged tokens costs one fetch per issuer and brake period.
 */
export function createIssuerKeys(
  uri: string,
  { fetchKeySet = fetchOnce, onFailure, now }: KeySetOptions,
): IssuerKeys {
  let keys: ReadonlyMap<string, VerificationKey> = new Map();
  let fetching: Promise<void> | undefined;
  let failures = 0;
  let notBefore = 0;

  const load = async () => {
    try {
      const loaded = parseKeySet(await fetchKeySet(uri));
      // A set without a usable key is a failure too: taken as it is, it would push out the keys that are known.
      if (loaded.size === 0) throw new Error("the key set holds no usable key");
      keys = loaded;
      failures = 0;
    } catch (error) {
      notBefore = now() + Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** failures);
      failures += 1;
      onFailure(uri, error);
    }
  };
  const refresh = () => {
    fetching ??= load().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
  return {
    prepare: refresh,
    trusts: (key) => keys.get(key.kid) === key,
    find: async (kid) => {
      const known = keys.get(kid);
      if (known !== undefined) return known;
      if (fetching !== undefined || now() >= notBefore) {
        await refresh();
        const fetched = keys.get(kid);
        if (fetched !== undefined) return fetched;
        if (failures === 0) notBefore = now() + BRAKE_MS;
      }
      return { refused: keys.size === 0 ? "identity-provider-unavailable" : "token-key-unknown" };
    },
  };
}

function fetchOnce(uri: string): Promise<ArrayBuffer> {
  return fetch(uri, { timeout: FETCH_TIMEOUT_MS, responseTimeout: FETCH_TIMEOUT_MS });
}

/** Parses a JWK set (RFC 7517 §5) and keeps the keys that may verify signatures. Throws when it is not a set at all. */
export function parseKeySet(bytes: ArrayBuffer): ReadonlyMap<string, VerificationKey> {
  if (bytes.byteLength > LARGEST_KEY_SET) throw new Error("the key set is larger than 256 KB");
  const document = parseStrictObject(new Uint8Array(bytes));
  if (!Array.isArray(document?.keys)) throw new Error("the key set has no array `keys`");
  const keys = new Map<string, VerificationKey>();
  for (const jwk of document.keys) {
    const key = readVerificationKey(jwk);
    if (!("refused" in key)) keys.set(key.kid, key);
  }
  return keys;
}
