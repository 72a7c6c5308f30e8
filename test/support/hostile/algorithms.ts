import { generateKeyPairSync } from "node:crypto";
import { allMust, type HostileCase } from "./hostile-case.ts";
import { by, HOUSE, hmac, jwkOf, nothing, publicKeyOf, STRICT, signingInput, token } from "./world.ts";

const named = (alg: unknown) => token({ header: { alg }, sign: nothing });
const pem = (type: "spki" | "pkcs1") => publicKeyOf("rsa").export({ type, format: "pem" }).toString();
const der = (type: "spki" | "pkcs1") => publicKeyOf("rsa").export({ type, format: "der" });
const symmetric = (secret: string | Buffer, alg = "HS256", kid = "rsa") =>
  token({ header: { alg, kid }, sign: hmac(secret, `sha${alg.slice(2)}`) });

const ed448 = generateKeyPairSync("ed448");
const foreignEd = generateKeyPairSync("ed25519").privateKey;

/** RFC 8725 §2.1, §3.1, §3.2: the token must not choose how it is verified. */
export const algorithms: readonly HostileCase[] = [
  ...allMust("token-algorithm-not-allowed", {
    "alg none without a signature": () => named("none"),
    "alg None": () => named("None"),
    "alg NONE": () => named("NONE"),
    "alg nOnE": () => named("nOnE"),
    "alg none with a good token's signature kept": () => {
      const input = signingInput();
      return token({ header: { alg: "none" }, sign: () => by("rsa")(input) });
    },
    "alg none with a NUL behind it": () => named("none\u0000"),
    "alg that is empty": () => named(""),
    "alg rs256 in small letters": () => token({ header: { alg: "rs256" } }),
    "alg with a blank behind it": () => token({ header: { alg: "RS256 " } }),
    "alg RS256 followed by a NUL": () => token({ header: { alg: "RS256\u0000" } }),
    "alg toString, which every object has": () => named("toString"),
    "alg __proto__": () => named("__proto__"),
    "alg of an encryption, RSA-OAEP": () => named("RSA-OAEP"),
    "alg dir": () => named("dir"),
    "alg RS1": () => named("RS1"),
    "alg ES256K": () => named("ES256K"),
    "alg SHA256": () => named("SHA256"),
    "alg written in full-width letters": () => named("ＲＳ２５６"),
    "HS256 with the public key's PEM as the secret": () => symmetric(pem("spki")),
    "HS256 with the PEM without its last line break": () => symmetric(pem("spki").trimEnd()),
    "HS256 with the PKCS#1 PEM as the secret": () => symmetric(pem("pkcs1")),
    "HS256 with the public key's DER as the secret": () => symmetric(der("spki")),
    "HS256 with the PKCS#1 DER as the secret": () => symmetric(der("pkcs1")),
    "HS256 with the JWK's JSON as the secret": () => symmetric(JSON.stringify(jwkOf("rsa"))),
    "HS256 with the modulus as the secret": () =>
      symmetric(Buffer.from(jwkOf("rsa").n as string, "base64url")),
    "HS256 with an empty secret": () => symmetric(""),
    "HS384 with the PEM": () => symmetric(pem("spki"), "HS384"),
    "HS512 with the PEM": () => symmetric(pem("spki"), "HS512"),
    "HS256 with the point of the house's EC key": () =>
      symmetric(Buffer.from(jwkOf("p256").x as string, "base64url"), "HS256", "p256"),
    "HS256 with the Ed25519 public key": () =>
      symmetric(Buffer.from(jwkOf("ed").x as string, "base64url"), "HS256", "ed"),
    "PS256 made with the RS256 key": () => token({ header: { alg: "PS256" }, sign: by("rsa", "PS256") }),
    "RS256 made with the PS256 key": () => token({ header: { kid: "pss" }, sign: by("pss") }),
    "RS384 made with the RS256 key": () => token({ header: { alg: "RS384" }, sign: by("rsa", "RS384") }),
    "RS512 made with an RSA key that states no algorithm": () =>
      token({ header: { alg: "RS512", kid: "bare" }, sign: by("rsa", "RS512") }),
    "PS256 made with an RSA key that states no algorithm": () =>
      token({ header: { alg: "PS256", kid: "bare" }, sign: by("rsa", "PS256") }),
    "ES384 made with the P-256 key": () =>
      token({ header: { alg: "ES384", kid: "p256" }, sign: by("p256", "ES384") }),
    "ES256 made with the P-384 key": () =>
      token({ header: { alg: "ES256", kid: "p384" }, sign: by("p384", "ES256") }),
    "ES512 made with the P-256 key": () =>
      token({ header: { alg: "ES512", kid: "p256" }, sign: by("p256", "ES512") }),
    "EdDSA named for the P-256 key": () => token({ header: { alg: "EdDSA", kid: "p256" } }),
    "ES256 named for the Ed25519 key": () =>
      token({ header: { alg: "ES256", kid: "ed" }, sign: by("ed", "EdDSA") }),
    "Ed25519 named for the P-256 key": () => token({ header: { alg: "Ed25519", kid: "p256" } }),
    "Ed25519 named for the RSA key": () => token({ header: { alg: "Ed25519" } }),
    "ed25519 in small letters": () =>
      token({ header: { alg: "ed25519", kid: "ed" }, sign: by("ed", "EdDSA") }),
    "Ed448, which is not allowed, for the Ed25519 key": () =>
      token({ header: { alg: "Ed448", kid: "ed" }, sign: by("ed", "EdDSA") }),
    "Ed25519 named for an Ed448 key": () => ({
      token: token({ header: { alg: "Ed25519", kid: "bad" }, sign: by(ed448.privateKey, "EdDSA") }),
      keySets: { [HOUSE]: [{ ...ed448.publicKey.export({ format: "jwk" }), kid: "bad" }] },
    }),
    "EdDSA named for a key that states Ed25519": () =>
      token({ header: { alg: "EdDSA", kid: "ed-full" }, sign: by("ed", "EdDSA") }),
    "Ed25519 named for a key that states EdDSA": () =>
      token({ header: { alg: "Ed25519", kid: "ed-short" }, sign: by("ed", "EdDSA") }),
    "RS256 named for the P-256 key": () => token({ header: { kid: "p256" } }),
  }),
  ...allMust("token-signature-invalid", {
    "a PSS signature under the name RS256": () => token({ sign: by("rsa", "PS256") }),
    "a PKCS#1 v1.5 signature under the name PS256": () =>
      token({ header: { alg: "PS256", kid: "pss" }, sign: by("pss") }),
    "SHA-512 inside a signature called RS256": () => token({ sign: by("rsa", "RS512") }),
    "an Ed25519 signature of another key": () =>
      token({ header: { alg: "Ed25519", kid: "ed" }, sign: by(foreignEd, "Ed25519") }),
    "an HMAC in the place of the RSA signature": () => token({ sign: hmac(pem("spki")) }),
  }),
  ...allMust("token-malformed", {
    "no alg": () => named(undefined),
    "alg null": () => named(null),
    "alg that is a list": () => named(["RS256"]),
    "alg that is a list with none in it": () => named(["none", "RS256"]),
    "alg that is a number": () => named(0),
    "alg that is true": () => named(true),
    "alg that is an object": () => named({ name: "RS256" }),
    "alg twice, none last": () =>
      token({ header: '{"alg":"RS256","kid":"rsa","typ":"at+jwt","alg":"none"}', sign: nothing }),
    "alg twice, none first": () =>
      token({ header: '{"alg":"none","kid":"rsa","typ":"at+jwt","alg":"RS256"}' }),
    "alg twice, once by an escape": () =>
      token({ header: '{"alg":"RS256","kid":"rsa","typ":"at+jwt","\\u0061lg":"none"}' }),
  }),
  ...allMust("verified", {
    "Ed25519, the full name of EdDSA on that curve": () =>
      token({ header: { alg: "Ed25519", kid: "ed" }, sign: by("ed", "Ed25519") }),
    "Ed25519 for a key that states it": () =>
      token({ header: { alg: "Ed25519", kid: "ed-full" }, sign: by("ed", "Ed25519") }),
    "Ed25519, where the configuration allows EdDSA": () =>
      token({
        header: { alg: "Ed25519", kid: "ed" },
        claims: { iss: STRICT, jti: "j-1", client_id: "web" },
        sign: by("ed", "Ed25519"),
      }),
    "EdDSA for a key that states it": () =>
      token({ header: { alg: "EdDSA", kid: "ed-short" }, sign: by("ed", "EdDSA") }),
  }),
];
