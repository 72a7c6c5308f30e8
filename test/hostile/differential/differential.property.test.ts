import { JwtVerifier } from "aws-jwt-verify/jwt-verifier";
import fc from "fast-check";
import { createLocalJWKSet, jwtVerify } from "jose";
import { clockTolerance, customFetch, validateJwtAccessToken } from "oauth4webapi";
import type { ReasonCode } from "../../../domain/decision/reason.ts";
import { RawToken } from "../../../domain/evidence/raw-token.ts";
import { SIGNATURE_ALGORITHMS } from "../../../domain/evidence/signature-algorithm.ts";
import { createTokenCache } from "../../../verification/token/token-cache.ts";
import { verifyToken } from "../../../verification/token/verify-token.ts";
import { arbitraryToken } from "../../support/hostile/differential/arbitrary-token.ts";
import {
  AT,
  AUDIENCE,
  by,
  freshVerifier,
  GOOD,
  HOUSE,
  HOUSE_KEYS,
  NOW,
  STRICT,
  token,
} from "../../support/hostile/world.ts";

// Thousands of signatures, on a machine that may be busy.
jest.setTimeout(60_000);

/** Seconds; the house's, so that all judge by the same clock. */
const LEEWAY = 5;
const RUNS = { numRuns: 1000 };
const { verifier } = freshVerifier();
const keySet = { keys: HOUSE_KEYS };

/** The verdict of a verifier that trusts one issuer, as the others do. */
const ours = async (text: string, issuer = HOUSE): Promise<ReasonCode | "accepted"> => {
  const issuers = new Map([...verifier.issuers].filter(([name]) => name === issuer));
  const credentials = { status: "bearer", scheme: "Bearer", token: new RawToken(text) } as const;
  const identity = await verifyToken(credentials, { issuers, cache: createTokenCache() }, NOW);
  return identity.status === "verified" ? "accepted" : identity.reason;
};
type Oracle = (text: string) => Promise<boolean>;
const accepts = async (work: PromiseLike<unknown>) => {
  try {
    await work;
    return true;
  } catch {
    return false;
  }
};

const local = createLocalJWKSet(keySet as never);
const jose: Oracle = (text) =>
  accepts(
    jwtVerify(text, local, {
      issuer: HOUSE,
      audience: AUDIENCE,
      algorithms: [...SIGNATURE_ALGORITHMS],
      clockTolerance: LEEWAY,
      currentDate: new Date(NOW),
      requiredClaims: ["exp", "iat", "aud", "sub"],
    }),
  );

const aws = JwtVerifier.create({
  issuer: HOUSE,
  audience: AUDIENCE,
  jwksUri: `${HOUSE}/keys`,
  graceSeconds: LEEWAY,
});
aws.cacheJwks(keySet as never);
const awsJwtVerify: Oracle = async (text) => {
  try {
    aws.verifySync(text);
    return true;
  } catch {
    return false;
  }
};

const oauth4webapi: Oracle = (text) =>
  accepts(
    validateJwtAccessToken(
      { issuer: STRICT, jwks_uri: `${STRICT}/keys` },
      new Request("https://api.example/", { headers: { authorization: `Bearer ${text}` } }),
      AUDIENCE,
      {
        [clockTolerance]: LEEWAY,
        [customFetch]: async () => Response.json(keySet),
        signingAlgorithms: ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"],
      } as never,
    ),
  );

const member = (text: string, part: 0 | 1, name: string): unknown =>
  JSON.parse(Buffer.from(text.split(".")[part] ?? "", "base64url").toString())[name];

/**
 * Why we refuse what an independent verifier accepts; each is a check that RFC 8725 or RFC 9068
 * asks for and it leaves to its caller. Signatures, unknown issuers and expiry are not among them:
 * there all must agree.
 */
const STRICTER: readonly ReasonCode[] = [
  // crit and b64 that are named but empty or harmless, padding and spare bits, a kid that is no
  // text
  "token-malformed",
  // types and ranges of claims
  "token-claims-invalid",
  // types and claims of other kinds of token
  "token-use-mismatch",
  // iat and auth_time in the future
  "token-not-yet-valid",
  // cnf without an understood member
  "binding-not-supported",
  // RS384 and PS256 under a key that states no algorithm; without a key id no key is for them
  "token-algorithm-not-allowed",
  "token-key-unknown",
  // several keys for a token without a key id
  "token-key-ambiguous",
];
/** They count a key that states no algorithm for each algorithm of its type. */
const severalKeysFit = (text: string): string | undefined =>
  member(text, 0, "kid") === undefined ? "finds several keys for a token without a key id" : undefined;

interface Tally {
  both: number;
  weAlone: number;
  theyAlone: number;
}

/**
 * Compares verdicts.
 *
 * @param excused why, in words, the oracle refuses what we accept
 * @param laxer reasons of ours that the oracle does not know for this token
 */
async function compare(
  issuer: string,
  oracle: Oracle,
  excused: (text: string) => string | undefined = () => undefined,
  laxer: (text: string) => readonly ReasonCode[] = () => [],
) {
  const tally: Tally = { both: 0, weAlone: 0, theyAlone: 0 };
  await fc.assert(
    fc.asyncProperty(arbitraryToken(issuer), async (text) => {
      const [verdict, accepted] = [await ours(text, issuer), await oracle(text)];
      if (verdict === "accepted" && !accepted) {
        tally.weAlone += 1;
        expect(excused(text)).toBeDefined();
      } else if (verdict === "accepted") tally.both += 1;
      else if (accepted) {
        tally.theyAlone += 1;
        expect([...STRICTER, ...laxer(text)]).toContain(verdict);
      }
    }),
    RUNS,
  );
  return tally;
}

beforeAll(() => {
  // The other verifiers read the clock of the process.
  jest.spyOn(Date, "now").mockReturnValue(NOW);
});
afterAll(() => jest.restoreAllMocks());

describe("what we accept, independent verifiers accept", () => {
  test("all of them take a good token", async () => {
    expect(await ours(GOOD)).toBe("accepted");
    expect(await jose(GOOD)).toBe(true);
    expect(await awsJwtVerify(GOOD)).toBe(true);
    expect(await oauth4webapi(token({ claims: { iss: STRICT, jti: "j", client_id: "web" } }))).toBe(true);
  });

  test("jose, by either name of EdDSA on Ed25519, stated by the key or not: exactly the same tokens", async () => {
    for (const kid of ["ed", "ed-full", "ed-short", "p256"]) {
      for (const alg of ["EdDSA", "Ed25519", "Ed448", "ed25519"]) {
        const text = token({ header: { alg, kid }, sign: by("ed", "EdDSA") });
        expect([kid, alg, (await ours(text)) === "accepted"]).toEqual([kid, alg, await jose(text)]);
      }
    }
  });

  test("jose", async () => {
    const tally = await compare(HOUSE, jose, severalKeysFit);
    expect(tally.both).toBeGreaterThan(100);
    expect(tally.theyAlone).toBeGreaterThan(10);
  });

  test("aws-jwt-verify", async () => {
    const tally = await compare(
      HOUSE,
      awsJwtVerify,
      (text) => {
        const alg = String(member(text, 0, "alg"));
        if (alg.startsWith("PS")) return "knows no RSA-PSS";
        if (member(text, 0, "kid") === undefined) return "looks a key up by its id alone";
        return alg === "Ed25519" ? "knows no full names (RFC 9864)" : undefined;
      },
      // A token still counts for it in the very second of its expiry, when it no longer may (RFC
      // 7519 §4.1.4).
      (text) => (member(text, 1, "exp") === AT - LEEWAY ? ["token-expired"] : []),
    );
    expect(tally.both).toBeGreaterThan(100);
    expect(tally.theyAlone).toBeGreaterThan(10);
  });

  test("oauth4webapi, where RFC 9068 is promised", async () => {
    const tally = await compare(STRICT, oauth4webapi, severalKeysFit);
    expect(tally.both).toBeGreaterThan(50);
  });
});
