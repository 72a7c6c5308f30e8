import fc from "fast-check";
import { RawToken } from "../../../domain/evidence/raw-token.ts";
import { readClaims } from "../../../domain/evidence/read-claims.ts";
import { claimsOf } from "../../../verification/issuers/products.ts";
import { parseCompactJws } from "../../../verification/jws/compact-jws.ts";
import { parseStrictObject } from "../../../verification/jws/strict-json.ts";
import { parseKeySet } from "../../../verification/keys/key-set.ts";
import { readVerificationKey, type VerificationKey } from "../../../verification/keys/verification-key.ts";
import { validateClaims } from "../../../verification/token/token-claims.ts";
import { verifyToken } from "../../../verification/token/verify-token.ts";
import { AT, AUDIENCE, by, freshVerifier, HOUSE, NOW, token } from "../hostile/world.ts";
import { nearly, nearlyBytes, spoiled } from "./inputs.ts";
import * as seeds from "./seeds.ts";

import { partsOf, type Target, target, wrong } from "./target.ts";

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
const isStrong = ({ key, algorithm }: VerificationKey): boolean => {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (!/^[RP]S/.test(algorithm)) return key.type === "public";
  return key.type === "public" && modulusLength >= 2048 && publicExponent >= 3n;
};

const RULES = {
  issuer: HOUSE,
  audience: [AUDIENCE],
  profile: "generic",
  tokenUse: "access",
  leeway: 5,
} as const;
const { verifier } = freshVerifier();
const goodTokens: readonly string[] = seeds.TOKENS;
const signedToken = (parts: unknown): string => token({ ...partsOf(parts), sign: by("p256", "ES256") });

/** From the characters of a token to the identity in it. */
export const TOKEN_TARGETS: readonly Target[] = [
  target({
    name: "parseCompactJws",
    share: 14,
    inputs: nearly(...seeds.TOKENS, ...seeds.PROOFS),
    feed: (text) => {
      const jws = parseCompactJws(text);
      if (jws === undefined) return "refused";
      const [head] = text.split(".");
      const again = `${head}.${Buffer.from(jws.payload).toString("base64url")}.${Buffer.from(jws.signature).toString("base64url")}`;
      return again === text ? "taken" : wrong("one token in two spellings");
    },
  }),
  target({
    name: "parseStrictObject",
    share: 14,
    inputs: nearlyBytes(...seeds.JSON_TEXTS),
    feed: (bytes) => {
      const read = parseStrictObject(bytes);
      if (read === undefined) return "refused";
      return same(read, JSON.parse(Buffer.from(bytes).toString()))
        ? "taken"
        : wrong("not what JSON.parse reads");
    },
  }),
  target({
    name: "parseStrictObject, sound",
    share: 8,
    inputs: fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 8 }),
    feed: (members) => {
      const text = JSON.stringify(members);
      const read = parseStrictObject(Buffer.from(text));
      return same(read, JSON.parse(text)) ? "taken" : wrong("not what JSON.parse reads");
    },
  }),
  target({
    name: "readVerificationKey",
    share: 6,
    inputs: spoiled(...seeds.JWKS),
    feed: (jwk) => {
      const key = readVerificationKey(jwk);
      if ("rejected" in key) return "refused";
      return isStrong(key) ? "taken" : wrong("a weak key");
    },
  }),
  target({
    name: "parseKeySet",
    share: 3,
    inputs: nearlyBytes(seeds.KEY_SET),
    feed: (bytes) => {
      let keys: readonly VerificationKey[];
      try {
        ({ keys } = parseKeySet(bytes));
      } catch (error) {
        // What it throws at a document that is no key set is its answer.
        return /^the key set /.test((error as Error).message) ? "refused" : wrong(String(error));
      }
      return keys.every(isStrong) ? "taken" : wrong("a weak key");
    },
  }),
  target({
    name: "validateClaims",
    share: 10,
    inputs: spoiled(seeds.CLAIMS),
    feed: (claims) => {
      if (typeof claims !== "object" || claims === null) return "refused";
      const { iss, exp, aud } = claims as Record<string, unknown>;
      if (validateClaims(claims as never, RULES, AT) !== undefined) return "refused";
      const sound = iss === HOUSE && Number(exp) > AT - 5 && [aud].flat().includes(AUDIENCE);
      return sound ? "taken" : wrong("claims that must be refused");
    },
  }),
  target({
    name: "readClaims",
    share: 10,
    inputs: spoiled(seeds.CLAIMS),
    feed: (claims) => {
      if (typeof claims !== "object" || claims === null || Array.isArray(claims)) return "refused";
      const identity = readClaims(HOUSE, claims as never, claimsOf("oidc"));
      if (identity === undefined) return "refused";
      const ids = [
        identity.subject,
        identity.sessionId,
        identity.deviceId,
        identity.clientId,
        identity.tokenId,
      ];
      const plain = [...ids, ...identity.roles].every((id) => id === undefined || !/\p{Cc}|\p{Cs}/u.test(id));
      return plain && identity.issuer === HOUSE ? "taken" : wrong("an identity with control characters");
    },
  }),
  target({
    name: "verifyToken, whole",
    share: 4,
    inputs: nearly(...seeds.TOKENS),
    feed: async (text) => {
      const credentials = { status: "bearer", scheme: "Bearer", token: new RawToken(text) } as const;
      const identity = await verifyToken(credentials, verifier, NOW);
      if (identity.status === "unverified") return "refused";
      return goodTokens.includes(text) ? "taken" : wrong("an allow: a token that was not signed");
    },
  }),
  target({
    name: "verifyToken, signed",
    share: 4,
    inputs: spoiled({ header: { alg: "ES256", kid: "p256", typ: "at+jwt" }, claims: seeds.CLAIMS }).map(
      signedToken,
    ),
    feed: async (text) => {
      const credentials = { status: "bearer", scheme: "Bearer", token: new RawToken(text) } as const;
      const identity = await verifyToken(credentials, verifier, NOW);
      if (identity.status === "unverified") return "refused";
      const {
        iss,
        exp,
        nbf = 0,
        aud,
      } = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString());
      const sound = iss === HOUSE && exp > AT - 5 && nbf <= AT + 5 && [aud].flat().includes(AUDIENCE);
      return sound ? "taken" : wrong("an allow of claims that must be refused");
    },
  }),
];
