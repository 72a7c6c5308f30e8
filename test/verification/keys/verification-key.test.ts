import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  allowsAlgorithm,
  readVerificationKey,
  verifySignature,
} from "../../../verification/keys/verification-key.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
const [p256, p384, p521] = [ec("P-256"), ec("P-384"), ec("P-521")];
const [ed25519, ed448] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed448")];
const jwkOf = ({ publicKey }: { publicKey: KeyObject }) => publicKey.export({ format: "jwk" });
const RSA = jwkOf(rsa);

const read = (jwk: object) => readVerificationKey({ kid: "k", ...jwk });
const algorithmOf = (jwk: object) => {
  const key = read(jwk);
  return "rejected" in key ? undefined : key.algorithm;
};
const reasonOf = (jwk: unknown) => {
  const key = readVerificationKey(jwk);
  return "rejected" in key ? key.rejected : undefined;
};
/** A modulus of so many bits, all of them set: nothing here needs its factors. */
const modulus = (bits: number) =>
  Buffer.from(
    ((1n << BigInt(bits)) - 1n).toString(16).padStart(Math.ceil(bits / 4 / 2) * 2, "0"),
    "hex",
  ).toString("base64url");
const exponent = (value: bigint) => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex").toString("base64url");
};

describe("readVerificationKey", () => {
  test.each([
    ["an RSA key without an algorithm", RSA, "RS256"],
    ["an RSA key for RS256", { ...RSA, alg: "RS256" }, "RS256"],
    ["an RSA key for PS256", { ...RSA, alg: "PS256" }, "PS256"],
    ["an RSA key for PS512", { ...RSA, alg: "PS512" }, "PS512"],
    ["a key of P-256", jwkOf(p256), "ES256"],
    ["a key of P-384", jwkOf(p384), "ES384"],
    ["a key of P-521", jwkOf(p521), "ES512"],
    ["a key of P-384 that says so", { ...jwkOf(p384), alg: "ES384" }, "ES384"],
    ["a key of Ed25519", jwkOf(ed25519), "EdDSA"],
    ["a key of Ed25519 under its full name", { ...jwkOf(ed25519), alg: "Ed25519" }, "Ed25519"],
    ["a key of Ed448", jwkOf(ed448), "EdDSA"],
  ])("pins the algorithm of %s", (_, jwk, algorithm) => {
    expect(algorithmOf(jwk)).toBe(algorithm);
  });

  test.each([
    ["an RSA key", RSA, "ES256"],
    ["an RSA key", RSA, "RS1"],
    ["an RSA key", RSA, "none"],
    ["a key of P-256", jwkOf(p256), "ES512"],
    ["a key of P-256", jwkOf(p256), "RS256"],
    ["a key of P-256", jwkOf(p256), "Ed25519"],
    ["a key of Ed25519", jwkOf(ed25519), "ES256"],
    ["a key of Ed448", jwkOf(ed448), "Ed25519"],
    ["a key of secp256k1", jwkOf(ec("secp256k1")), "ES256"],
    ["a key of X25519", jwkOf(generateKeyPairSync("x25519")), "EdDSA"],
  ])("refuses %s that states the algorithm of another key type", (_, jwk, alg) => {
    expect(reasonOf({ kid: "k", ...jwk, alg })).toBe("states an algorithm of another key type");
  });

  test("refuses keys of a curve that no algorithm is for", () => {
    expect(algorithmOf(jwkOf(ec("secp256k1")))).toBeUndefined();
    expect(algorithmOf(jwkOf(generateKeyPairSync("x25519")))).toBeUndefined();
  });

  test.each([
    ["null", null],
    ["a text", "key"],
    ["a list", [RSA]],
    ["nothing", undefined],
  ])("refuses %s as a key", (_, jwk) => {
    expect(reasonOf(jwk)).toBe("is not an object");
  });

  test("refuses a key id that is no text, empty, or longer than 256 characters", () => {
    for (const kid of [null, 7, "", "k".repeat(257)]) {
      expect(reasonOf({ ...RSA, kid })).toBe("has an invalid kid");
    }
    expect(reasonOf({ ...RSA, kid: "k".repeat(256) })).toBeUndefined();
    expect(readVerificationKey(RSA)).not.toHaveProperty("kid");
  });

  test.each(["d", "p", "q", "dp", "dq", "qi", "oth", "k"])(
    "refuses a key with the private member %s",
    (name) => {
      expect(reasonOf({ kid: "k", ...RSA, [name]: "AQ" })).toBe(`has the private member ${name}`);
    },
  );

  test("refuses a key for another use than signatures", () => {
    expect(reasonOf({ kid: "k", ...RSA, use: "enc" })).toBe("is not for signatures");
    expect(reasonOf({ kid: "k", ...RSA, use: "sig" })).toBeUndefined();
  });

  test("refuses a key whose operations do not name the verification of signatures", () => {
    for (const key_ops of [[], ["sign"], "verify", null]) {
      expect(reasonOf({ kid: "k", ...RSA, key_ops })).toBe("has key_ops without verify");
    }
    expect(reasonOf({ kid: "k", ...RSA, key_ops: ["sign", "verify"] })).toBeUndefined();
  });

  test("refuses members that make no key", () => {
    for (const jwk of [{ kty: "RSA" }, { kty: "what" }, { ...jwkOf(p256), y: "AQ" }]) {
      expect(reasonOf({ kid: "k", ...jwk })).toBe("is not a public key that this runtime supports");
    }
  });

  test.each([2047, 8193])("refuses an RSA modulus of %d bits", (bits) => {
    expect(reasonOf({ kid: "k", kty: "RSA", n: modulus(bits), e: "AQAB" })).toBe(
      "has an RSA modulus of less than 2048 or more than 8192 bits",
    );
  });

  test.each([2048, 8192])("takes an RSA modulus of %d bits", (bits) => {
    expect(reasonOf({ kid: "k", kty: "RSA", n: modulus(bits), e: "AQAB" })).toBeUndefined();
  });

  test.each([1n, 2n, 4n, 65_536n, 2n ** 32n + 1n])("refuses an RSA exponent of %d", (e) => {
    expect(reasonOf({ kid: "k", ...RSA, e: exponent(e) })).toBe("has an unsupported RSA exponent");
  });

  test.each([3n, 65_537n, 2n ** 32n - 1n])("takes an RSA exponent of %d", (e) => {
    expect(reasonOf({ kid: "k", ...RSA, e: exponent(e) })).toBeUndefined();
  });

  test("takes an RSA exponent with leading zeros, and refuses a long one without reading it", () => {
    const zeros = (length: number) => "AQAB".padStart(length, "A");
    expect(reasonOf({ kid: "k", ...RSA, e: zeros(64) })).toBeUndefined();
    expect(reasonOf({ kid: "k", ...RSA, e: zeros(68) })).toBe("has an unsupported RSA exponent");
    expect(reasonOf({ kid: "k", ...RSA, e: "_".repeat(200_000) })).toBe("has an unsupported RSA exponent");
  });

  test("refuses an Edwards point of small order", () => {
    const x = Buffer.alloc(32).toString("base64url");
    expect(reasonOf({ kid: "k", kty: "OKP", crv: "Ed25519", x })).toBe(
      "is a point of small order, for which anyone can sign",
    );
  });
});

describe("allowsAlgorithm", () => {
  const named = (jwk: object, alg: unknown) => {
    const key = read(jwk);
    return !("rejected" in key) && allowsAlgorithm(key, alg);
  };

  test("knows a key by its own algorithm alone", () => {
    expect(named(RSA, "RS256")).toBe(true);
    for (const alg of ["PS256", undefined, "Ed25519", ""]) expect(named(RSA, alg)).toBe(false);
  });

  test("knows an Ed25519 key that states no algorithm by both names, and one of Ed448 by one", () => {
    expect(["EdDSA", "Ed25519"].map((alg) => named(jwkOf(ed25519), alg))).toEqual([true, true]);
    expect(["EdDSA", "Ed25519"].map((alg) => named({ ...jwkOf(ed25519), alg: "EdDSA" }, alg))).toEqual([
      true,
      false,
    ]);
    expect(["EdDSA", "Ed25519"].map((alg) => named(jwkOf(ed448), alg))).toEqual([true, false]);
  });
});

describe("verifySignature", () => {
  const DATA = Buffer.from("signed");
  const PSS = { padding: 6, saltLength: -1 };
  test.each([
    ["RS256", rsa, "sha256", {}],
    ["RS384", rsa, "sha384", {}],
    ["RS512", rsa, "sha512", {}],
    ["PS256", rsa, "sha256", PSS],
    ["PS384", rsa, "sha384", PSS],
    ["PS512", rsa, "sha512", PSS],
    ["ES256", p256, "sha256", { dsaEncoding: "ieee-p1363" }],
    ["ES384", p384, "sha384", { dsaEncoding: "ieee-p1363" }],
    ["ES512", p521, "sha512", { dsaEncoding: "ieee-p1363" }],
    ["EdDSA", ed25519, undefined, {}],
    ["Ed25519", ed25519, undefined, {}],
    ["EdDSA", ed448, undefined, {}],
  ] as const)("takes a signature of %s and no other", (alg, pair, digest, options) => {
    const key = read({ ...jwkOf(pair), alg });
    if ("rejected" in key) throw new Error(key.rejected);
    const signature = sign(digest, DATA, { key: pair.privateKey, ...options } as never);
    expect(verifySignature(key, DATA, signature)).toBe(true);
    expect(verifySignature(key, Buffer.from("other"), signature)).toBe(false);
    expect(verifySignature(key, DATA, Buffer.alloc(0))).toBe(false);
    if (digest === undefined) return;
    const otherDigest = digest === "sha256" ? "sha512" : "sha256";
    expect(
      verifySignature(key, DATA, sign(otherDigest, DATA, { key: pair.privateKey, ...options } as never)),
    ).toBe(false);
  });

  test("does not take a DER signature of ECDSA, nor a PSS signature with a salt of another length", () => {
    const [es256, ps256] = [read(jwkOf(p256)), read({ ...RSA, alg: "PS256" })];
    if ("rejected" in es256 || "rejected" in ps256) throw new Error("no key");
    expect(verifySignature(es256, DATA, sign("sha256", DATA, p256.privateKey))).toBe(false);
    const salted = { key: rsa.privateKey, padding: 6, saltLength: 20 };
    expect(verifySignature(ps256, DATA, sign("sha256", DATA, salted))).toBe(false);
  });

  test("does not hold, and does not throw, for a key that cannot verify", () => {
    const key = createPrivateKey(
      generateKeyPairSync("x25519").privateKey.export({ format: "pem", type: "pkcs8" }),
    );
    expect(verifySignature({ kid: "k", algorithm: "EdDSA", key }, DATA, DATA)).toBe(false);
  });
});
