import { createHash } from "node:crypto";
import { DEFAULT_INTROSPECTION_CACHE, type IntrospectionSettings } from "../../contract/settings.ts";
import type { ReasonCode } from "../../domain/decision/reason.ts";
import type { EpochMs } from "../../domain/time.ts";
import { parseStrictObject } from "../jws/strict-json.ts";
import { createBackOff } from "../keys/back-off.ts";
import { type FetchDocument, StatusError } from "../keys/fetch-document.ts";
import { createActiveTokens, createIntrospectionCache } from "./introspection-cache.ts";
import { createRateLimiter } from "./rate-limiter.ts";

type Claims = Readonly<Record<string, unknown>>;

/** The issuer's response about a token: its claims, or the reason to deny. Never rejects. */
export type Introspect = (
  token: string,
) => Promise<{ readonly claims: Claims } | { readonly denied: ReasonCode }>;

export type IntrospectionFailure = "client-refused" | "no-answer";

export interface IntrospectionOptions {
  readonly fetchDocument: FetchDocument;
  readonly clientSecret: () => Promise<string>;
  /**
   * Called for each failed introspection; `client-refused` if the issuer rejects our client
   * credentials
   */
  readonly onFailure: (issuer: string, error: unknown, kind: IntrospectionFailure) => void;
  /** Called for each token that was denied without introspection because of the rate limit */
  readonly onLimited: (issuer: string) => void;
  readonly now: () => EpochMs;
  /** From 0 to 1 */
  readonly random?: () => number;
}

const LONGEST_TOKEN = 2048;
/** RFC 6749 §A.12 without the space, which a token in an Authorization header cannot contain. */
const VISIBLE = /^[\x21-\x7e]+$/;
/** Concurrent introspections: of tokens that were active before, and as many of others */
const MOST_CONCURRENT = 8;
/** Introspections of inactive tokens, per environment */
const INACTIVE_RATE = { burst: 20, perSecond: 5 };

/**
 * Asks the issuer whether an opaque token is active (RFC 7662), and caches active responses for a
 * short time.
 *
 * The cache key is the token's SHA-256, so that the cache holds no token; the oldest entries are
 * evicted when space is needed. Inactive responses are not cached, so that a flood of bad tokens
 * takes no space from good ones.
 *
 * Introspections of tokens that were not active before, and turn out inactive, are rate limited;
 * above the limit, such tokens are denied without introspection, while the others are still
 * introspected. Any response other than a plain yes or no is a failure. A status that may concern
 * that one token (400, 413 and so on) does not affect the next one; after any other failure, one
 * introspection at a time is allowed for a while. So a token that the issuer fails on cannot block
 * others. A response without `iss` counts as the issuer's own. Does not check the claims:
 * verifyClaims does, on each use.
 */
export function createIntrospection(
  issuer: string,
  { endpoint, clientId, cacheSeconds = DEFAULT_INTROSPECTION_CACHE }: IntrospectionSettings,
  { fetchDocument, clientSecret, onFailure, onLimited, now, random = Math.random }: IntrospectionOptions,
): Introspect {
  const cache = createIntrospectionCache(cacheSeconds * 1000);
  const active = createActiveTokens();
  const limiter = createRateLimiter(now, INACTIVE_RATE);
  const backOff = createBackOff(now, random);
  const request = async (token: string): Promise<Uint8Array> =>
    fetchDocument(endpoint, {
      headers: {
        authorization: basic(clientId, await clientSecret()),
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ token, token_type_hint: "access_token" }).toString(),
    });
  const introspect = async (token: string, digest: string): ReturnType<Introspect> => {
    try {
      const requestedAt = now();
      const answer = await request(token);
      const members = parseStrictObject(answer);
      // The text "true" does not mean active.
      if (typeof members?.active !== "boolean")
        throw new Error(`${endpoint}: does not say if the token is active`);
      backOff.succeeded();
      if (!members.active) return { denied: "token-inactive" };
      if (!isOfAccessToken(members)) return { denied: "token-use-mismatch" };
      const { active: _, ...claims }: Claims = { iss: issuer, ...members };
      cache.add(digest, { claims, bytes: answer.byteLength, at: requestedAt });
      return { claims };
    } catch (error) {
      if (!mayBeOfToken(error)) backOff.failed();
      onFailure(issuer, error, isClientRefused(error) ? "client-refused" : "no-answer");
      return { denied: "identity-provider-unavailable" };
    }
  };
  const denyByLimit = (): Awaited<ReturnType<Introspect>> => {
    onLimited(issuer);
    return { denied: "identity-provider-unavailable" };
  };
  const concurrent = { active: 0, others: 0 };
  return async (token) => {
    if (token.length > LONGEST_TOKEN) return { denied: "token-too-large" };
    if (!VISIBLE.test(token)) return { denied: "token-malformed" };
    const digest = createHash("sha256").update(token).digest("base64");
    const cached = cache.find(digest, now());
    if (cached !== undefined) return { claims: cached };
    const lane = active.has(digest) ? "active" : "others";
    if (concurrent[lane] >= (backOff.isOver() ? MOST_CONCURRENT : 1)) return denyByLimit();
    if (lane === "others" && !limiter.take()) return denyByLimit();
    concurrent[lane] += 1;
    try {
      const result = await introspect(token, digest);
      if ("claims" in result) {
        active.add(digest);
        if (lane === "others") limiter.refund();
      } else if (result.denied !== "identity-provider-unavailable") active.remove(digest);
      return result;
    } finally {
      concurrent[lane] -= 1;
    }
  };
}

/** RFC 7662 §2.3 prescribes 401 for a client that may not introspect; some issuers answer 403. */
const isClientRefused = (error: unknown): boolean =>
  error instanceof StatusError && (error.status === 401 || error.status === 403);

/** Statuses by which an endpoint refuses one request that it cannot process. */
const mayBeOfToken = (error: unknown): boolean =>
  error instanceof StatusError && [400, 413, 414, 422, 431].includes(error.status);

/**
 * The members in which issuers state the token's kind, and their values for an access token, in
 * lower case: RFC 7662 §2.2 with RFC 6749 §7.1, Ory Hydra, Keycloak. A refresh token is active too.
 */
const ACCESS_TOKEN: Readonly<Record<string, readonly string[]>> = {
  token_type: ["bearer", "dpop"],
  token_use: ["access", "access_token"],
  typ: ["bearer", "dpop", "jwt", "at+jwt", "application/at+jwt"],
};

/** Whether no member of the response contradicts; an unknown value does. */
const isOfAccessToken = (members: Claims): boolean =>
  Object.entries(ACCESS_TOKEN).every(([name, words]) => {
    const said = members[name];
    return said === undefined || (typeof said === "string" && words.includes(said.toLowerCase()));
  });

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function basic(clientId: string, secret: string): string {
  const encoded = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encoded(clientId)}:${encoded(secret)}`).toString("base64")}`;
}
