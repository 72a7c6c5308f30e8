import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from "jose";
import { clockTolerance, customFetch, validateJwtAccessToken } from "oauth4webapi";
import { RawToken } from "../../../domain/evidence/raw-token.ts";
import { verifyProofs } from "../../../verification/proof/verify-proofs.ts";
import { verifyToken } from "../../../verification/token/verify-token.ts";
import { boundRequest, hashOf, ORIGINS, URL_OF_REQUEST } from "../../support/verification/proof-maker.ts";
import { AUDIENCE, ISSUER, seconds, tokenIssuer } from "../../support/verification/token-issuer.ts";

/** oauth4webapi has proofs count for 300 s; otherwise both should agree. */
const AGE = { maxAge: 60, leeway: 5 };

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let issuer: Awaited<ReturnType<typeof tokenIssuer>>;
let keys: readonly Keys[];
let tokens: readonly string[];
beforeAll(async () => {
  issuer = await tokenIssuer({ profile: "rfc9068" });
  keys = await Promise.all(["ES256", "EdDSA", "RS256"].map((alg) => generateKeyPair(alg)));
  const bound = keys.map(async ({ publicKey }) => {
    const jkt = await calculateJwkThumbprint(await exportJWK(publicKey));
    return issuer.sign({ cnf: { jkt }, jti: randomUUID(), client_id: "web" });
  });
  const unbound = issuer.sign({ jti: randomUUID(), client_id: "web" });
  tokens = await Promise.all([...bound, unbound]);
});

interface Attempt {
  readonly token: number;
  readonly key: number;
  readonly namedKey: number;
  readonly scheme: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly header: Readonly<Record<string, unknown>>;
  readonly tamper: (proof: string) => string;
}

const ALGORITHMS = ["ES256", "EdDSA", "RS256"];
const keyOrAnother = { weight: 1, arbitrary: fc.nat(2) };
const attempts: fc.Arbitrary<Attempt> = fc.nat(2).chain((key) => {
  const usually = <T>(value: T, others: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: others });
  return fc.record({
    token: usually(key, fc.nat(3)),
    key: fc.constant(key),
    namedKey: fc.oneof({ weight: 9, arbitrary: fc.constant(key) }, keyOrAnother),
    scheme: usually("DPoP", fc.constantFrom("Bearer", "dpop")),
    claims: usually<Attempt["claims"]>(
      {},
      fc.oneof(
        fc.record({ jti: fc.oneof(fc.string(), fc.integer()) }),
        fc.record({ htm: fc.constantFrom("get", "POST", "") }),
        fc.record({
          htu: fc.constantFrom(
            `${URL_OF_REQUEST}?q`,
            `${URL_OF_REQUEST}#f`,
            `${URL_OF_REQUEST}/`,
            URL_OF_REQUEST.toUpperCase(),
            URL_OF_REQUEST.replace("https", "HTTPS"),
            URL_OF_REQUEST.replace(".com", ".com:443"),
            "https://evil.example/",
            "",
          ),
        }),
        fc.record({ ath: fc.constantFrom("", hashOf("x")) }),
        fc.record({ iat: fc.integer({ min: -400, max: 400 }).map((by) => seconds() + by) }),
        fc.record({ exp: fc.constantFrom(1, "x", 9e9) }),
        fc.record({ nbf: fc.constantFrom(1, "x", 9e9) }),
        fc.record({ nonce: fc.string() }),
      ),
    ),
    header: usually<Attempt["header"]>(
      {},
      fc.record({ typ: fc.constantFrom("JWT", "DPOP+JWT", "application/dpop+jwt") }),
    ),
    tamper: usually(
      (proof: string) => proof,
      fc.tuple(fc.nat(), fc.constantFrom(..."AZaz09-_.")).map(([at, letter]) => (proof: string) => {
        const place = at % proof.length;
        return proof.slice(0, place) + letter + proof.slice(place + 1);
      }),
    ),
  });
});

async function verifyWithBoth({ token: which, key, namedKey, scheme, claims, header, tamper }: Attempt) {
  const token = tokens[which] ?? "";
  const payload = { jti: randomUUID(), htm: "GET", htu: URL_OF_REQUEST, iat: seconds(), ath: hashOf(token) };
  const [signing, named] = [keys[key] as Keys, keys[namedKey] as Keys];
  const jwk = await exportJWK(named.publicKey);
  const proof = tamper(
    await new SignJWT({ ...payload, ...claims } as never)
      .setProtectedHeader({ typ: "dpop+jwt", alg: ALGORITHMS[key] ?? "", jwk, ...header })
      .sign(signing.privateKey),
  );
  const credentials = {
    status: "bearer",
    scheme: scheme === "Bearer" ? "Bearer" : "DPoP",
    token: new RawToken(token),
  } as const;
  const request = boundRequest({ credentials, proof: new RawToken(proof) });
  const verified = await verifyToken(credentials, issuer.verifier, Date.now());
  const verifier = { publicOrigins: ORIGINS, age: AGE, remember: async () => "first" as const };
  const ours =
    verified.status === "verified" ? await verifyProofs(request, verified, verifier, Date.now()) : verified;
  const theirs = await validateJwtAccessToken(
    { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` },
    new Request(URL_OF_REQUEST, { headers: { authorization: `${scheme} ${token}`, dpop: proof } }),
    AUDIENCE,
    {
      [clockTolerance]: AGE.leeway,
      [customFetch]: async () => Response.json(issuer.keySet.current),
    } as never,
  ).then(
    () => true,
    () => false,
  );
  return { ours: ours.status === "verified", theirs };
}

test("where a bound token is accepted, oauth4webapi accepts it too", async () => {
  const tally = { both: 0, theyAlone: 0, neither: 0 };
  await fc.assert(
    fc.asyncProperty(attempts, async (attempt) => {
      const { ours, theirs } = await verifyWithBoth(attempt);
      if (ours) expect(theirs).toBe(true);
      tally[ours ? "both" : theirs ? "theyAlone" : "neither"] += 1;
    }),
    { numRuns: 1000 },
  );
  expect(tally.both).toBeGreaterThan(200);
  expect(tally.neither).toBeGreaterThan(200);
}, 60_000);
