import { deflateRawSync } from "node:zlib";
import { allMust, type HostileCase } from "./hostile-case.ts";
import { by, encode, GOOD, goodClaims, goodHeader, signingInput, token } from "./world.ts";

const [HEADER = "", PAYLOAD = "", SIGNATURE = ""] = GOOD.split(".");
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The same bytes in other letters: the spare bits of the last letter set (RFC 4648 §3.5). */
function otherLetters(part: string): string {
  const last = ALPHABET.indexOf(part.at(-1) ?? "");
  return part.slice(0, -1) + ALPHABET[last + 1];
}
/** A payload whose base64url has spare bits. */
const spare = () => {
  for (let filler = ""; ; filler += "x") {
    const input = signingInput({ claims: { filler } });
    if ((input.split(".")[1] ?? "").length % 4 !== 0) return input;
  }
};
const signed = (input: string) => `${input}.${by("rsa")(input).toString("base64url")}`;

/** One token has one spelling: nothing but its exact characters may verify (RFC 7515 §2, §5.2). */
export const encoding: readonly HostileCase[] = [
  ...allMust("token-malformed", {
    "no dot": () => GOOD.replaceAll(".", ""),
    "one part": () => HEADER,
    "two parts": () => `${HEADER}.${PAYLOAD}`,
    "two parts and a dot before them": () => `.${HEADER}.${PAYLOAD}`,
    "four parts": () => `${GOOD}.${SIGNATURE}`,
    "five parts, as an encryption has": () => `${GOOD}.${SIGNATURE}.${SIGNATURE}`,
    "six parts": () => `${GOOD}.a.a.a`,
    "an empty part at the end": () => `${GOOD}.`,
    "an empty header": () => `.${PAYLOAD}.${SIGNATURE}`,
    "an empty payload": () => signed(`${HEADER}.`),
    "dots alone": () => "..",
    "eight thousand dots": () => ".".repeat(8000),
    "padding at the signature": () => `${GOOD}==`,
    "padding at the payload": () => signed(`${HEADER}.${PAYLOAD}=`),
    "the standard alphabet's + and /": () => signed(`${HEADER}.${PAYLOAD.slice(0, -4)}+/+/`),
    "a letter more than whole bytes": () => signed(`${HEADER}.${encode("abc")}A`),
    "spare bits set in the signature": () => `${HEADER}.${PAYLOAD}.${otherLetters(SIGNATURE)}`,
    "spare bits set in the payload, and signed so": () => {
      const [header, payload = ""] = spare().split(".");
      return signed(`${header}.${otherLetters(payload)}`);
    },
    "a tilde in the signature": () => `${HEADER}.${PAYLOAD}.~${SIGNATURE.slice(1)}`,
    "a plus in the header": () => `+${GOOD.slice(1)}`,
    "a header that is percent-encoded": () => GOOD.replace(".", "%2E"),
    "a token inside a token: base64url of it all": () => encode(GOOD),
    "a nested token, cty JWT": () => token({ header: { cty: "JWT" }, claims: GOOD }),
    "a compressed payload, zip DEF": () =>
      token({ header: { zip: "DEF" }, claims: deflateRawSync(JSON.stringify(goodClaims)) }),
    "an encryption (JWE) in five parts": () =>
      `${encode({ alg: "RSA-OAEP", enc: "A256GCM", kid: "rsa" })}.${encode("key")}.${encode("iv")}.${encode("text")}.${encode("tag")}`,
    "the general JSON serialization": () =>
      encode({ payload: PAYLOAD, signatures: [{ protected: HEADER, signature: SIGNATURE }] }),
    "an extension that is critical and unknown": () => token({ header: { crit: ["exp"], exp: 1 } }),
    "crit b64 with b64 true": () => token({ header: { crit: ["b64"], b64: true } }),
    "crit b64 with b64 false": () => token({ header: { crit: ["b64"], b64: false } }),
    "b64 false without crit": () => token({ header: { b64: false } }),
    "b64 false and the payload as it is": () =>
      `${encode({ ...goodHeader, b64: false, crit: ["b64"] })}.${JSON.stringify(goodClaims).replace(/[^\w.~+/-]/g, "")}.${SIGNATURE}`,
    "an empty crit": () => token({ header: { crit: [] } }),
    "crit null": () => token({ header: { crit: null } }),
    "crit that names alg": () => token({ header: { crit: ["alg"] } }),
    "crit that names a thing twice": () => token({ header: { crit: ["x", "x"], x: 1 } }),
    "crit http://openbanking.org.uk/iat, another's extension": () =>
      token({ header: { crit: ["http://openbanking.org.uk/iat"], "http://openbanking.org.uk/iat": 1 } }),
  }),
  ...allMust("token-too-large", {
    "a token of 9,000 characters, properly signed": () => token({ claims: { filler: "x".repeat(6300) } }),
    "a megabyte of the letter A": () => "A".repeat(1_000_000),
    "a token with a signature of 20,000 characters": () => `${HEADER}.${PAYLOAD}.${"A".repeat(20_000)}`,
  }),
  ...allMust("token-signature-invalid", {
    "header and payload exchanged with another token's": () =>
      `${HEADER}.${signingInput({ claims: { sub: "root" } }).split(".")[1]}.${SIGNATURE}`,
    "the header's members in another order": () =>
      `${encode({ typ: "at+jwt", kid: "rsa", alg: "RS256" })}.${PAYLOAD}.${SIGNATURE}`,
    "a blank more in the payload's JSON": () =>
      `${HEADER}.${encode(`${JSON.stringify(goodClaims)} `)}.${SIGNATURE}`,
  }),
];
