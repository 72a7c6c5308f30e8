import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { allMust, type HostileCase } from "./hostile-case.ts";
import { by, HOUSE, type Jwk, jwkOf, KEYS, type Signer, token } from "./world.ts";

const secp256k1 = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
const x25519 = generateKeyPairSync("x25519").publicKey.export({ format: "jwk" });

/** The issuer publishes this beside a good key, and a token is made with it. */
const published = (jwk: unknown, forged = token({ header: { kid: "bad" } })) => ({
  token: forged,
  keySets: { [HOUSE]: [jwk, jwkOf("rsa")] },
});
const bad = (members: Jwk) => published(jwkOf("rsa", { kid: "bad", ...members }));

/** The issuer publishes a key set in these very words. */
const worded = (keySet: string, forged = token()) => ({ token: forged, keySets: { [HOUSE]: keySet } });
const GOOD_KEY = JSON.stringify(jwkOf("rsa"));
/** A key named bad whose members end in these words. */
const BAD_KEY = (words: string) => `${JSON.stringify(jwkOf("rsa", { kid: "bad" })).slice(0, -1)},${words}}`;
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

/** DigestInfo of SHA-256 (RFC 8017 §9.2, note 1). */
const SHA256_PREFIX = Buffer.from("3031300d060960864801650304020105000420", "hex");
/** With e = 1 the padded message is its own signature. */
const selfSigned: Signer = (input) => {
  const digest = Buffer.concat([SHA256_PREFIX, createHash("sha256").update(input).digest()]);
  const padding = Buffer.alloc(256 - digest.length - 3, 0xff);
  return Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), digest]);
};

/** With this for a key every text has the same signature: the point itself and zero. */
const IDENTITY = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);
/**
 * With one of these for a key the same signature holds for one text in so many as the point's
 * order.
 */
const SMALL_ORDER = {
  "the identity, its signature made without any secret": IDENTITY.toString("hex"),
  "the identity, with the sign bit": `01${"00".repeat(30)}80`,
  "the identity in a second encoding": `ee${"ff".repeat(30)}7f`,
  "of order 2": `ec${"ff".repeat(30)}7f`,
  "of order 4": "00".repeat(32),
  "of order 4 in a second encoding": `ed${"ff".repeat(30)}ff`,
  "of order 8": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "of order 8, the negative of another": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
};
const ed448 = generateKeyPairSync("ed448");
const weak = (crv: string, point: string, signature: Buffer) =>
  published(
    { kty: "OKP", crv, x: Buffer.from(point, "hex").toString("base64url"), kid: "bad" },
    token({ header: { alg: "EdDSA", kid: "bad" }, sign: () => signature }),
  );

/**
 * RFC 8725 §3.2, §3.5: keys that must not verify anything, even if the issuer itself publishes
 * them.
 */
export const issuerKeys: readonly HostileCase[] = [
  ...allMust("token-key-unknown", {
    "an RSA key with e = 1, its signature made without any secret": () =>
      published(jwkOf("rsa", { kid: "bad", e: "AQ" }), token({ header: { kid: "bad" }, sign: selfSigned })),
    "an RSA key with e = 2": () => bad({ e: "Ag" }),
    "an RSA key with e = 65536": () => bad({ e: "AQAA" }),
    "an RSA key with e = 0": () => bad({ e: "AA" }),
    "an RSA key with an exponent of 100 bytes": () =>
      bad({ e: Buffer.alloc(100, 0xff).toString("base64url") }),
    "an RSA key of 1024 bits": () =>
      published(jwkOf("small", { kid: "bad" }), token({ header: { kid: "bad" }, sign: by("small") })),
    "an RSA key of 16384 bits, slow to verify with": () =>
      bad({ n: Buffer.alloc(2048, 0xfb).toString("base64url") }),
    "an RSA key whose modulus is 0": () => bad({ n: "AA" }),
    "an RSA key without a modulus": () => bad({ n: undefined }),
    "an RSA key whose private exponent was published": () => bad({ d: "AQAB" }),
    "an RSA key whose prime was published": () => bad({ p: "AQAB" }),
    "an EC key whose private part was published": () =>
      published(
        { ...KEYS.p256.privateKey.export({ format: "jwk" }), kid: "bad" },
        token({ header: { alg: "ES256", kid: "bad" }, sign: by("p256", "ES256") }),
      ),
    "a symmetric key": () => published({ kty: "oct", k: "c2VjcmV0", kid: "bad" }),
    "a key with a symmetric member beside the public ones": () => bad({ k: "c2VjcmV0" }),
    "a key for encryption": () => bad({ use: "enc" }),
    "a key whose use is a list": () => bad({ use: ["sig"] }),
    "a key whose operations lack verify": () => bad({ key_ops: ["encrypt", "wrapKey"] }),
    "a key whose operations are a text": () => bad({ key_ops: "verify" }),
    "a key of the algorithm none": () => bad({ alg: "none" }),
    "an RSA key of the algorithm HS256": () => bad({ alg: "HS256" }),
    "an RSA key of the algorithm ES256": () => bad({ alg: "ES256" }),
    "an RSA key of the algorithm RSA-OAEP": () => bad({ alg: "RSA-OAEP" }),
    "an RSA key whose algorithm is a list": () => bad({ alg: ["RS256"] }),
    "a P-256 key of the algorithm ES384": () =>
      published(
        jwkOf("p256", { kid: "bad", alg: "ES384" }),
        token({ header: { alg: "ES384", kid: "bad" }, sign: by("p256", "ES384") }),
      ),
    "a P-256 point under the name P-384": () =>
      published(jwkOf("p256", { kid: "bad", crv: "P-384" }), token({ header: { alg: "ES384", kid: "bad" } })),
    "a point that is not on its curve": () =>
      published(
        jwkOf("p256", { kid: "bad", x: jwkOf("p256").y }),
        token({ header: { alg: "ES256", kid: "bad" } }),
      ),
    "the point at infinity": () =>
      published(
        { kty: "EC", crv: "P-256", x: "AA", y: "AA", kid: "bad" },
        token({ header: { alg: "ES256", kid: "bad" } }),
      ),
    "a key on secp256k1": () =>
      published(
        { ...secp256k1.publicKey.export({ format: "jwk" }), kid: "bad" },
        token({ header: { alg: "ES256", kid: "bad" }, sign: by(secp256k1.privateKey, "ES256") }),
      ),
    "an X25519 key, which cannot sign": () =>
      published({ ...x25519, kid: "bad" }, token({ header: { alg: "EdDSA", kid: "bad" } })),
    "an Ed25519 key of 31 bytes": () =>
      published(
        jwkOf("ed", { kid: "bad", x: Buffer.alloc(31).toString("base64url") }),
        token({ header: { alg: "EdDSA", kid: "bad" } }),
      ),
    ...Object.fromEntries(
      Object.entries(SMALL_ORDER).map(([name, point]) => [
        `an Ed25519 key that is ${name}`,
        () => weak("Ed25519", point, Buffer.concat([IDENTITY, Buffer.alloc(32)])),
      ]),
    ),
    "an Ed448 key that is of order 4, with the signature of another key over another text": () =>
      weak("Ed448", Buffer.alloc(57).toString("hex"), sign(null, Buffer.from("any"), ed448.privateKey)),
    "a key without a type": () => bad({ kty: undefined }),
    "a key of a type in small letters": () => bad({ kty: "rsa" }),
    "a key whose id is a number": () => published(jwkOf("rsa", { kid: 7 }), token({ header: { kid: "7" } })),
    "a key whose id is a list of ids": () => published(jwkOf("rsa", { kid: ["bad"] })),
    "a key that is a text": () => published("bad"),
    "a key that is null": () => published(null),
    "two keys of one id and algorithm, so that it is unclear which is meant": () => ({
      token: token({ header: { kid: "twin" } }),
      keySets: {
        [HOUSE]: [jwkOf("attacker", { kid: "twin" }), jwkOf("rsa", { kid: "twin" }), jwkOf("p256")],
      },
    }),
    "a key whose exponent stands twice, the token its own": () =>
      worded(
        `{"keys":[${BAD_KEY('"e":"AQ"')},${GOOD_KEY}]}`,
        token({ header: { kid: "bad" }, sign: selfSigned }),
      ),
    "a key whose id stands twice, once by an escape": () =>
      worded(
        `{"keys":[${JSON.stringify(jwkOf("rsa", { kid: "good" })).slice(0, -1)},"\\u006bid":"bad"},${GOOD_KEY}]}`,
        token({ header: { kid: "bad" } }),
      ),
    "a key with a twin member deep inside": () =>
      worded(`{"keys":[${BAD_KEY('"x":[{"a":1,"a":1}]')},${GOOD_KEY}]}`, token({ header: { kid: "bad" } })),
    "a key that nests too deep": () =>
      worded(`{"keys":[${BAD_KEY(`"x":${nested(14)}`)},${GOOD_KEY}]}`, token({ header: { kid: "bad" } })),
    "a key inside a key": () => published({ keys: [jwkOf("rsa", { kid: "bad" })] }),
  }),
  ...allMust("token-algorithm-not-allowed", {
    "another algorithm than each key of the id states": () => ({
      token: token({ header: { alg: "RS384" } }),
      keySets: { [HOUSE]: ["PS256", "RS256"].map((alg) => jwkOf("rsa", { alg })) },
    }),
  }),
  ...allMust("token-signature-invalid", {
    "the attacker's signature by the algorithm of the second key of an id": () => ({
      token: token({ header: { kid: "twin", alg: "ES256" }, sign: by("attackerEc", "ES256") }),
      keySets: { [HOUSE]: [jwkOf("p256", { kid: "twin" }), jwkOf("rsa", { kid: "twin" })] },
    }),
    "a certificate inside the key that holds another key": () => ({
      token: token({ sign: by("attacker") }),
      keySets: { [HOUSE]: [jwkOf("rsa", { x5c: [Buffer.from("attacker").toString("base64")] })] },
    }),
  }),
  ...allMust("identity-provider-unavailable", {
    "a key set without one usable key": () => ({
      token: token(),
      keySets: { [HOUSE]: [jwkOf("small", { kid: "rsa" })] },
    }),
    "a key set with two lists of keys, the good one first": () =>
      worded(`{"keys":[${GOOD_KEY}],"keys":[${BAD_KEY('"use":"sig"')}]}`),
    "a key set with two lists of keys, the good one last": () => worded(`{"keys":[],"keys":[${GOOD_KEY}]}`),
    "a key set with a second list by an escape": () => worded(`{"keys":[${GOOD_KEY}],"\\u006beys":[]}`),
    "a key set with twin members beside the keys": () => worded(`{"a":1,"keys":[${GOOD_KEY}],"a":2}`),
    "a key set that nests too deep beside the keys": () => worded(`{"keys":[${GOOD_KEY}],"a":${nested(16)}}`),
    "a list of keys without the object around it": () => worded(`[${GOOD_KEY}]`),
    "a key set inside a member": () => worded(`{"set":{"keys":[${GOOD_KEY}]}}`),
    "a key set that is cut off": () => worded(`{"keys":[${GOOD_KEY}]`),
    "a key set with a comma too many": () => worded(`{"keys":[${GOOD_KEY},]}`),
    "a key set behind a byte order mark": () => worded(`\ufeff{"keys":[${GOOD_KEY}]}`),
    "a key set with something behind it": () => worded(`{"keys":[${GOOD_KEY}]}{"keys":[]}`),
    "an empty key set": () => ({ token: token(), keySets: { [HOUSE]: [] } }),
  }),
  ...allMust("verified", {
    "a good key beside one with a twin member": () =>
      worded(`{"keys":[${BAD_KEY('"kid":"worse"')},${GOOD_KEY}]}`),
    "a good key before one that nests too deep": () =>
      worded(`{"keys":[${GOOD_KEY},${BAD_KEY(`"x":${nested(10_000)}`)}]}`),
    "a good key beside one whose texts hold brackets, commas and quotes": () =>
      worded(`{"a":"keys","keys" : [ ${BAD_KEY('"x":"],[}{\\\\\\",\\"keys\\":[","x":1')} , ${GOOD_KEY} ] }`),
    "keys of two types under one id, chosen by the token's algorithm": () => ({
      token: token({ header: { kid: "twin" } }),
      keySets: { [HOUSE]: [jwkOf("p256", { kid: "twin" }), jwkOf("rsa", { kid: "twin" })] },
    }),
    "one key under one id for each algorithm": () => ({
      token: token(),
      keySets: { [HOUSE]: ["PS256", "RS256", "RS512"].map((alg) => jwkOf("rsa", { alg })) },
    }),
    "one key without an id, the token without one": () => ({
      token: token({ header: { kid: undefined } }),
      keySets: { [HOUSE]: [jwkOf("rsa", { kid: undefined })] },
    }),
    "the same key twice under one id": () => ({
      token: token(),
      keySets: { [HOUSE]: [jwkOf("rsa"), jwkOf("rsa", { alg: "RS256" })] },
    }),
    "a good key among forty bad ones": () => ({
      token: token(),
      keySets: { [HOUSE]: [...Array(40).fill({ kty: "RSA", e: "AQ" }), jwkOf("rsa")] },
    }),
  }),
];
