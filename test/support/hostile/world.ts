import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { IssuerSettings } from "../../../contract/settings.ts";
import { SIGNATURE_ALGORITHMS } from "../../../domain/evidence/signature-algorithm.ts";
import { createIssuerKeys } from "../../../verification/keys/key-sets.ts";
import { createTokenCache } from "../../../verification/token/token-cache.ts";
import { trustIssuers } from "../../../verification/token/trusted-issuers.ts";
import type { TokenVerifier } from "../../../verification/token/verify-token.ts";

/** The moment of every attack, so that boundaries are exact. */
export const NOW = 1_800_000_000_000;
export const AT = NOW / 1000;
export const AUDIENCE = "https://api.example";

/** Takes every algorithm, so that nothing but the key itself stops a swap. */
export const HOUSE = "https://issuer.example";
/** Promises RFC 9068. */
export const STRICT = "https://strict.example";
/** A Cognito pool. */
export const POOL = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example00";
/** Trusted too, with other keys. */
export const OTHER = "https://other.example";
/** Its tokens count for five minutes, its clock is believed to the second. */
export const AGED = "https://aged.example";
/** A Keycloak realm. */
export const REALM = "https://sso.example/realms/house";
/** Accepts no tokens that are bound to a key. */
export const UNBOUND = "https://unbound.example";
/** Its key set cannot be had. */
export const DOWN = "https://down.example";

const rsa = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength });
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });

/** Every key that a case signs with; the first seven are the house's own. */
export const KEYS = {
  rsa: rsa(2048),
  pss: rsa(2048),
  p256: ec("P-256"),
  p384: ec("P-384"),
  p521: ec("P-521"),
  ed: generateKeyPairSync("ed25519"),
  next: rsa(2048),
  other: rsa(2048),
  attacker: rsa(2048),
  attackerEc: ec("P-256"),
  small: rsa(1024),
};
export type KeyName = keyof typeof KEYS;

export type Jwk = Readonly<Record<string, unknown>>;
export const jwkOf = (name: KeyName, members: Jwk = {}): Jwk => ({
  ...KEYS[name].publicKey.export({ format: "jwk" }),
  kid: name,
  ...members,
});

export const HOUSE_KEYS: readonly Jwk[] = [
  jwkOf("rsa", { alg: "RS256", use: "sig" }),
  jwkOf("pss", { alg: "PS256" }),
  jwkOf("p256"),
  jwkOf("p384"),
  jwkOf("p521"),
  jwkOf("ed"),
  // RFC 9864: either name of the algorithm, stated.
  jwkOf("ed", { kid: "ed-full", alg: "Ed25519" }),
  jwkOf("ed", { kid: "ed-short", alg: "EdDSA" }),
  // The same key without a stated algorithm.
  jwkOf("rsa", { kid: "bare" }),
  jwkOf("next", { alg: "RS256" }),
  // The same key under an older name.
  jwkOf("pss", { kid: "pss-old", alg: "PS256" }),
];

const trust = (issuer: string, more: Partial<IssuerSettings> = {}): IssuerSettings => ({
  preset: "oidc",
  issuer,
  jwksUri: `${issuer}/keys`,
  audience: [AUDIENCE],
  ...more,
});

const SETTINGS: readonly IssuerSettings[] = [
  trust(HOUSE, { algorithms: SIGNATURE_ALGORITHMS }),
  trust(STRICT, { profile: "rfc9068" }),
  trust(POOL, { preset: "cognito", audience: ["client-1"] }),
  trust(OTHER),
  trust(AGED, { maxTokenAge: 300, leeway: 0 }),
  trust(REALM, { preset: "keycloak" }),
  trust(UNBOUND, { boundTokens: "refused" }),
  trust(DOWN),
];

const KEY_SETS: Readonly<Record<string, readonly Jwk[]>> = {
  [HOUSE]: HOUSE_KEYS,
  [STRICT]: HOUSE_KEYS,
  [POOL]: HOUSE_KEYS,
  [AGED]: HOUSE_KEYS,
  [UNBOUND]: HOUSE_KEYS,
  [REALM]: HOUSE_KEYS,
  [OTHER]: [jwkOf("other")],
};

/** What an issuer publishes: keys, or a whole document in its own words. */
export type PublishedKeys = readonly unknown[] | string;

/**
 * A verifier with empty memory, and a view on what it fetched; `keySets` replace those of issuers,
 * also later on.
 */
export function freshVerifier(keySets: Readonly<Record<string, PublishedKeys>> = {}) {
  const published: Record<string, PublishedKeys> = { ...KEY_SETS, ...keySets };
  const state = { fetches: 0, now: NOW, published };
  const keysOf = (settings: IssuerSettings) =>
    createIssuerKeys(settings, {
      now: () => state.now,
      onFailure: () => {},
      fetchDocument: async (uri) => {
        state.fetches += 1;
        const keys = state.published[uri.replace(/\/keys$/, "")];
        if (keys === undefined) throw new Error("the endpoint is down");
        return new TextEncoder().encode(typeof keys === "string" ? keys : JSON.stringify({ keys }));
      },
    });
  const verifier: TokenVerifier = {
    issuers: trustIssuers(SETTINGS, keysOf),
    cache: createTokenCache(),
  };
  return { verifier, state };
}

export type Signer = (input: string) => Buffer;

/** Signs as JWS wants it, with any key for any algorithm. */
export function by(key: KeyName | KeyObject, algorithm = "RS256"): Signer {
  const privateKey = typeof key === "string" ? KEYS[key].privateKey : key;
  const digest = algorithm.startsWith("Ed") ? undefined : `sha${algorithm.slice(2)}`;
  const options = algorithm.startsWith("P") ? { padding: 6, saltLength: -1 } : {};
  return (input) =>
    sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363", ...options });
}

export const hmac =
  (secret: string | Buffer, digest = "sha256"): Signer =>
  (input) =>
    createHmac(digest, secret).update(input).digest();

export const nothing: Signer = () => Buffer.alloc(0);

export const publicKeyOf = (name: KeyName): KeyObject => createPublicKey(KEYS[name].privateKey);

/**
 * What a token is made of; a member that is undefined is left out, texts and bytes are taken as
 * they are.
 */
export interface Parts {
  readonly header?: Jwk | string | Buffer;
  readonly claims?: Jwk | string | Buffer;
  readonly sign?: Signer;
}

export const encode = (content: Jwk | string | Buffer): string =>
  Buffer.from(
    typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content),
  ).toString("base64url");

const isText = (content: unknown): content is string | Buffer =>
  typeof content === "string" || Buffer.isBuffer(content);

export const goodHeader = { alg: "RS256", kid: "rsa", typ: "at+jwt" };
export const goodClaims = { iss: HOUSE, aud: AUDIENCE, sub: "alice", iat: AT - 60, exp: AT + 240 };

/** The header and the payload of a good token, with changes, before it is signed. */
export function signingInput({ header = {}, claims = {} }: Parts = {}): string {
  const head = isText(header) ? header : { ...goodHeader, ...header };
  const body = isText(claims) ? claims : { ...goodClaims, ...claims };
  return `${encode(head)}.${encode(body)}`;
}

/** A good token of the house's, with changes. */
export function token({ sign: signer = by("rsa"), ...parts }: Parts = {}): string {
  const input = signingInput(parts);
  return `${input}.${signer(input).toString("base64url")}`;
}

export const GOOD = token();
