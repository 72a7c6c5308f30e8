import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RawToken } from "../domain/evidence/raw-token.ts";
import { createIssuerKeys } from "../verification/keys/key-sets.ts";
import { createTokenCache } from "../verification/token/token-cache.ts";
import { trustIssuers } from "../verification/token/trusted-issuers.ts";
import { type TokenVerifier, verifyToken } from "../verification/token/verify-token.ts";

const ISSUERS = ["https://one.example", "https://two.example"] as const;
const AUDIENCE = "https://api.example";
const START = Date.parse("2026-11-21T12:00:00Z");

export interface FloodFigures {
  readonly tokens: number;
  /** Bytes that are held more after the flood than before, garbage collected */
  readonly growth: number;
  /**
   * The issuer that was asked most: how often, and the shortest time between two fetches in
   * milliseconds
   */
  readonly fetches: number;
  readonly shortestGap: number;
  readonly microsPerToken: number;
  /** How many tokens got each reason */
  readonly reasons: Readonly<Record<string, number>>;
}

/**
 * Sends forged tokens, each one new, at a thousand per second by a clock it sets, and looks at
 * what they left behind.
 */
export async function floodWith(tokens: number): Promise<FloodFigures> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const attacker = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "key-1", alg: "ES256" }] };
  const fetched = new Map<string, number[]>(ISSUERS.map((issuer) => [issuer, []]));
  let now = START;
  const bytes = new TextEncoder().encode(JSON.stringify(keys));
  const issuers = trustIssuers(
    ISSUERS.map((issuer) => ({ preset: "oidc", issuer, audience: [AUDIENCE], jwksUri: `${issuer}/keys` })),
    (issuer) =>
      createIssuerKeys(issuer, {
        now: () => now,
        onFailure: (_, error) => {
          throw error;
        },
        fetchDocument: async () => {
          fetched.get(issuer.issuer)?.push(now);
          return bytes;
        },
      }),
  );
  const verifier: TokenVerifier = { issuers, cache: createTokenCache() };
  const reasons: Record<string, number> = {};
  const send = async (token: string) => {
    const credentials = { status: "bearer", scheme: "Bearer", token: new RawToken(token) } as const;
    const verified = await verifyToken(credentials, verifier, now);
    if (verified.status === "verified") throw new Error("a forged token was accepted");
    reasons[verified.reason] = (reasons[verified.reason] ?? 0) + 1;
  };
  // Fills what is made at first use, so that it is not taken for growth.
  for (const forge of FORGERIES) await send(forge(0, privateKey, attacker.privateKey, START));
  const before = heldBytes();
  const started = process.hrtime.bigint();
  for (let sent = 0; sent < tokens; sent++) {
    now = START + sent;
    const forge = FORGERIES[sent % FORGERIES.length] ?? unknownKey;
    await send(forge(sent, privateKey, attacker.privateKey, now));
  }
  const micros = Number(process.hrtime.bigint() - started) / 1000;
  const growth = heldBytes() - before;
  const moments = [...fetched.values()];
  const gaps = moments.flatMap((list) => list.slice(2).map((at, index) => at - (list[index + 1] ?? at)));
  return {
    tokens,
    growth,
    fetches: Math.max(...moments.map((list) => list.length)),
    shortestGap: Math.min(...gaps),
    microsPerToken: micros / tokens,
    reasons,
  };
}

type Forge = (index: number, own: KeyObject, attackers: KeyObject, now: number) => string;

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function tokenOf(header: object, claims: object, now: number, signature: (input: string) => Buffer): string {
  const seconds = Math.floor(now / 1000);
  const all = { aud: AUDIENCE, sub: "alice", iat: seconds, exp: seconds + 300, ...claims };
  const signed = `${encode({ alg: "ES256", typ: "at+jwt", ...header })}.${encode(all)}`;
  return `${signed}.${signature(signed).toString("base64url")}`;
}

const by = (key: KeyObject) => (input: string) =>
  sign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" });
const noise = () => randomBytes(64);
const issuerOf = (index: number) => ISSUERS[index % 4 < 2 ? 0 : 1];

const unknownKey: Forge = (index, _own, _attackers, now) =>
  tokenOf({ kid: `key-${randomBytes(8).toString("hex")}` }, { iss: issuerOf(index) }, now, noise);

const FORGERIES: readonly Forge[] = [
  unknownKey,
  (index, _own, _attackers, now) =>
    tokenOf(
      { kid: "key-1" },
      { iss: `https://${index}-${randomBytes(8).toString("hex")}.example` },
      now,
      noise,
    ),
  (index, _own, attackers, now) =>
    tokenOf({ kid: "key-1" }, { iss: issuerOf(index), jti: String(index) }, now, by(attackers)),
  (index, own, _attackers, now) =>
    tokenOf(
      { kid: "key-1" },
      { iss: issuerOf(index), jti: String(index), aud: `other-${index}` },
      now,
      by(own),
    ),
  (index, _own, _attackers, now) =>
    tokenOf(
      { kid: `jku-${index}`, jku: `https://${index}.example/keys` },
      { iss: issuerOf(index) },
      now,
      noise,
    ),
];

/** What the process holds when nothing is left to collect. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
