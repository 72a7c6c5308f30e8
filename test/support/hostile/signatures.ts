import { sign as rawSign } from "node:crypto";
import { allMust, type HostileCase } from "./hostile-case.ts";
import { by, GOOD, KEYS, type Signer, signingInput, token } from "./world.ts";

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const es256 = (change: (raw: Buffer) => Buffer) =>
  token({ header: { alg: "ES256", kid: "p256" }, sign: (input) => change(by("p256", "ES256")(input)) });
const rs256 = (change: (raw: Buffer) => Buffer) => token({ sign: (input) => change(by("rsa")(input)) });
const eddsa = (change: (raw: Buffer) => Buffer) =>
  token({ header: { alg: "EdDSA", kid: "ed" }, sign: (input) => change(by("ed", "EdDSA")(input)) });

const number = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);
const bytes32 = (value: bigint) => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
const pair = (r: bigint, s: bigint) => Buffer.concat([bytes32(r), bytes32(s)]);
const halves = (raw: Buffer) => [number(raw.subarray(0, 32)), number(raw.subarray(32))] as const;
const derEncoded: Signer = (input) => rawSign("sha256", Buffer.from(input), KEYS.p256.privateKey);

/**
 * The ES256 signature with its second number negated: equally valid, in other letters (no MUST of
 * RFC 7518 forbids it).
 */
export const malleated = () =>
  es256((raw) => {
    const [r, s] = halves(raw);
    return pair(r, P256_ORDER - s);
  });

/** The token of a good pair of header and payload, under a signature that was made for another. */
const grafted = () => {
  const [header] = signingInput({ header: {}, claims: {} }).split(".");
  const payload = signingInput({ claims: { sub: "root" } }).split(".")[1];
  return `${header}.${payload}.${GOOD.split(".")[2]}`;
};

export const signatures: readonly HostileCase[] = [
  ...allMust("verified", {
    "ES256 with s negated, which verifies as well and must not be taken for another user": malleated,
  }),
  ...allMust("token-signature-invalid", {
    "a psychic signature: r = 0, s = 0 (CVE-2022-21449)": () => es256(() => pair(0n, 0n)),
    "r = 0": () => es256((raw) => pair(0n, halves(raw)[1])),
    "s = 0": () => es256((raw) => pair(halves(raw)[0], 0n)),
    "r = n, s = n": () => es256(() => pair(P256_ORDER, P256_ORDER)),
    "r = 1, s = 1": () => es256(() => pair(1n, 1n)),
    "r = n and a good s": () => es256((raw) => pair(P256_ORDER, halves(raw)[1])),
    "r and s exchanged": () =>
      es256((raw) => {
        const [r, s] = halves(raw);
        return pair(s, r);
      }),
    "an ES256 signature in DER": () => token({ header: { alg: "ES256", kid: "p256" }, sign: derEncoded }),
    "an ES256 signature of 63 bytes": () => es256((raw) => raw.subarray(0, 63)),
    "an ES256 signature of 65 bytes": () => es256((raw) => Buffer.concat([raw, Buffer.alloc(1)])),
    "an ES256 signature padded to 96 bytes": () =>
      es256((raw) =>
        Buffer.concat([Buffer.alloc(16), raw.subarray(0, 32), Buffer.alloc(16), raw.subarray(32)]),
      ),
    "an ES256 signature of 3 bytes": () => es256((raw) => raw.subarray(0, 3)),
    "no ES256 signature": () => es256(() => Buffer.alloc(0)),
    "no RS256 signature": () => rs256(() => Buffer.alloc(0)),
    "an RS256 signature of zeros": () => rs256((raw) => Buffer.alloc(raw.length)),
    "an RS256 signature of ones": () => rs256((raw) => Buffer.alloc(raw.length, 0xff)),
    "an RS256 signature that is the number 1": () =>
      rs256((raw) => Buffer.concat([Buffer.alloc(raw.length - 1), Buffer.from([1])])),
    "an RS256 signature with a zero byte before it": () =>
      rs256((raw) => Buffer.concat([Buffer.alloc(1), raw])),
    "an RS256 signature with a byte behind it": () => rs256((raw) => Buffer.concat([raw, Buffer.alloc(1)])),
    "an RS256 signature with one bit changed": () =>
      rs256((raw) => Buffer.from(raw.map((byte, at) => (at === 9 ? byte ^ 1 : byte)))),
    "an RS256 signature cut in half": () => rs256((raw) => raw.subarray(0, 128)),
    "an EdDSA signature of zeros": () => eddsa(() => Buffer.alloc(64)),
    "an EdDSA signature of 63 bytes": () => eddsa((raw) => raw.subarray(0, 63)),
    "an EdDSA signature whose s is not reduced": () =>
      eddsa((raw) => Buffer.concat([raw.subarray(0, 32), Buffer.alloc(32, 0xff)])),
    "a payload under another payload's signature": grafted,
    "a good signature over the payload alone": () =>
      token({ sign: (input) => by("rsa")(input.split(".")[1] ?? "") }),
    "a good signature over the decoded parts": () =>
      token({
        sign: (input) =>
          by("rsa")(
            input
              .split(".")
              .map((part) => Buffer.from(part, "base64url"))
              .join("."),
          ),
      }),
  }),
];
