import fc from "fast-check";
import { AT, AUDIENCE, by, HOUSE, type Jwk, type KeyName, OTHER, STRICT, token } from "../world.ts";

/** One of the issuer's keys with an algorithm, which may be that of another key. */
const signers = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<readonly [KeyName, string, string]>(
      ["rsa", "rsa", "RS256"],
      ["p256", "p256", "ES256"],
      ["ed", "ed", "EdDSA"],
      ["ed", "ed", "Ed25519"],
      ["ed", "ed-full", "Ed25519"],
      ["pss", "pss", "PS256"],
      ["p384", "p384", "ES384"],
      ["p521", "p521", "ES512"],
      ["rsa", "bare", "RS256"],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<readonly [KeyName, string, string]>(
      ["rsa", "bare", "RS384"],
      ["rsa", "bare", "PS256"],
      ["rsa", "rsa", "PS256"],
      ["ed", "ed-full", "EdDSA"],
      ["ed", "ed-short", "Ed25519"],
      ["p256", "p384", "ES256"],
      ["attacker", "rsa", "RS256"],
      ["other", "other", "RS256"],
    ),
  },
);

const moments = fc.oneof(
  fc.integer({ min: AT - 20, max: AT + 20 }),
  fc.constantFrom(0, -1, AT - 3600, AT + 3600, 1e300, 1e12, `${AT}`, null, true, AT + 0.5),
);
const texts = fc.oneof(fc.string({ unit: "binary", maxLength: 8 }), fc.constantFrom("alice", "web", ""));
const oneClaim = fc.oneof(
  fc.record({ exp: moments }),
  fc.record({ iat: moments }),
  fc.record({ nbf: moments }),
  fc.record({ auth_time: moments }),
  fc.record({ aud: fc.oneof(fc.constantFrom(AUDIENCE, [AUDIENCE, "x"], [], [1], 7, undefined), texts) }),
  fc.record({ iss: fc.constantFrom(HOUSE, STRICT, OTHER, `${HOUSE}/`, undefined, [HOUSE], null) }),
  fc.record({ sub: fc.oneof(texts, fc.jsonValue({ maxDepth: 1 }), fc.constant(undefined)) }),
  fc.record({ jti: fc.oneof(texts, fc.constantFrom(1, undefined)) }),
  fc.record({ client_id: fc.oneof(texts, fc.constantFrom(1, undefined)) }),
  fc.record({ cnf: fc.constantFrom({}, null, { kid: "k" }, "x", [1]) }),
  fc.record({ nonce: texts }),
  fc.record({ events: fc.constant({}) }),
  fc.record({ roles: fc.jsonValue({ maxDepth: 1 }) }),
  fc.record({ other: fc.jsonValue({ maxDepth: 2 }) }),
);
const oneHeader = fc.oneof(
  fc.record({
    typ: fc.constantFrom("at+jwt", "AT+JWT", "application/at+jwt", "JWT", "dpop+jwt", undefined, 1),
  }),
  fc.record({ crit: fc.constantFrom([], ["b64"], ["x"], "x"), b64: fc.constantFrom(true, false, undefined) }),
  fc.record({ kid: fc.constantFrom("rsa", "nobody", "", undefined, 1) }),
  fc.record({ jwk: fc.constant({ kty: "oct", k: "AA" }), jku: fc.webUrl() }),
  fc.record({ cty: fc.constant("JWT"), zip: fc.constant("DEF") }),
);

/** What is done to the characters of a token that was signed. */
const tampering = fc.oneof(
  { weight: 8, arbitrary: fc.constant((text: string) => text) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.constantFrom(..."AZaz09-_=.+/ ")).map(
      ([at, letter]) =>
        (text: string) =>
          text.slice(0, at % text.length) + letter + text.slice((at % text.length) + 1),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("=", "==", ".", "A", "\n").map((end) => (text: string) => text + end),
  },
);

const changes = (one: fc.Arbitrary<Jwk>, most: number) =>
  fc.array(one, { maxLength: most }).map((several): Jwk => Object.assign({}, ...several));

/** Tokens of an issuer: most of them good or nearly so. */
export const arbitraryToken = (issuer: string) =>
  fc
    .tuple(
      signers,
      changes(oneHeader as fc.Arbitrary<Jwk>, 1),
      changes(oneClaim as fc.Arbitrary<Jwk>, 2),
      tampering,
    )
    .map(([[key, kid, alg], header, claims, tamper]) =>
      tamper(
        token({
          header: { alg, kid, ...header },
          claims: { iss: issuer, jti: "j-1", client_id: "web", ...claims },
          sign: by(key, alg),
        }),
      ),
    );
