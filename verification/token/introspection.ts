import { createHash } from "node:crypto";
import { DEFAULT_INTROSPECTION_CACHE, type IntrospectionSettings } from "../../contract/settings.ts";
import type { ReasonCode } from "../../domain/decision/reason.ts";
import type { EpochMs } from "../../domain/time.ts";
import { parseStrictObject } from "../jws/strict-json.ts";
import { createBackOff } from "../keys/back-off.ts";
import { type FetchDocument, StatusError } from "../keys/fetch-document.ts";
import { createAnswers, createGoodNames } from "./introspection-cache.ts";
import { createQuestionBrake } from "./rate-limiter.ts";

type Claims = Readonly<Record<string, unknown>>;

/** The issuer's response about a token: its claims, or why it is refused. Never rejects. */
export type Introspect = (
  token: string,
) => Promise<{ readonly claims: Claims } | { readonly refused: ReasonCode }>;

export type IntrospectionFailure = "client-refused" | "no-answer";

export interface IntrospectionOptions {
  readonly fetchDocument: FetchDocument;
  readonly clientSecret: () => Promise<string>;
  /**
   * Called for each failed introspection; `client-refused` if the issuer rejects our client
   * credentials
   */
  readonly onFailure: (issuer: string, error: unknown, kind: IntrospectionFailure) => void;
  /** Called for each token that was refused without introspection because of the rate limit */
  readonly onLimited: (issuer: string) => void;
  readonly now: () => EpochMs;
  /** From 0 to 1 */
  readonly random?: () => number;
}

const LONGEST_TOKEN = 2048;
/** RFC 6749 §A.12 without the space, which a token in an Authorization header cannot contain. */
const VISIBLE = /^[\x21-\x7e]+$/;
/** Concurrent introspections: of tokens that were active before, and as many of others */
const MOST_QUESTIONS = 8;
/** Introspections of inactive tokens, per environment */
const VAIN_QUESTIONS = { burst: 20, perSecond: 5 };

/**
 * Asks the issuer whether an opaque token is active (RFC 7662), and caches active responses for a
 * short time.
 *
 * The cache key is the token's SHA-256, so that the cache holds no token; the oldest entries are
 * evicted when space is needed. Inactive responses are not cached, so that a flood of bad tokens
 * takes no space from good ones.
 *
 * Introspections of tokens that were not active before, and turn out inactive, are rate limited;
 * above the limit, such tokens are refused without introspection, while the others are still
 * introspected. Any response other than a plain yes or no is a failure. A status that may concern
 * that one token (400, 413 and so on) does not affect the next one; after any other failure, one
 * introspection at a time is allowed for a while. So a token that the issuer fails on cannot block
 * others. A response without `iss` counts as the issuer's own. Does not check the claims:
 * judgeClaims does, on each use.
 */
export function createIntrospection(
  issuer: string,
  { endpoint, clientId, cacheSeconds = DEFAULT_INTROSPECTION_CACHE }: IntrospectionSettings,
  { fetchDocument, clientSecret, onFailure, onLimited, now, random = Math.random }: IntrospectionOptions,
): Introspect {
  const remembered = createAnswers(cacheSeconds * 1000);
  const good = createGoodNames();
  const brake = createQuestionBrake(now, VAIN_QUESTIONS);
  const backOff = createBackOff(now, random);
  const ask = async (token: string): Promise<Uint8Array> =>
    fetchDocument(endpoint, {
      headers: {
        authorization: basic(clientId, await clientSecret()),
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ token, token_type_hint: "access_token" }).toString(),
    });
  const put = async (token: string, name: string): ReturnType<Introspect> => {
    try {
      const asked = now();
      const answer = await ask(token);
      const members = parseStrictObject(answer);
      // The text "true" does not mean active.
      if (typeof members?.active !== "boolean")
        throw new Error(`${endpoint}: does not say if the token is active`);
      backOff.succeeded();
      if (!members.active) return { refused: "token-inactive" };
      if (!isOfAccessToken(members)) return { refused: "token-use-mismatch" };
      const { active: _, ...claims }: Claims = { iss: issuer, ...members };
      remembered.keep(name, { claims, bytes: answer.byteLength, at: asked });
      return { claims };
    } catch (error) {
      if (!mayBeOfToken(error)) backOff.failed();
      onFailure(issuer, error, isClientRefused(error) ? "client-refused" : "no-answer");
      return { refused: "identity-provider-unavailable" };
    }
  };
  const unasked = (): Awaited<ReturnType<Introspect>> => {
    onLimited(issuer);
    return { refused: "identity-provider-unavailable" };
  };
  const underWay = { good: 0, others: 0 };
  return async (token) => {
    if (token.length > LONGEST_TOKEN) return { refused: "token-too-large" };
    if (!VISIBLE.test(token)) return { refused: "token-malformed" };
    const name = createHash("sha256").update(token).digest("base64");
    const known = remembered.find(name, now());
    if (known !== undefined) return { claims: known };
    const lane = good.has(name) ? "good" : "others";
    if (underWay[lane] >= (backOff.isOver() ? MOST_QUESTIONS : 1)) return unasked();
    if (lane === "others" && !brake.take()) return unasked();
    underWay[lane] += 1;
    try {
      const said = await put(token, name);
      if ("claims" in said) {
        good.add(name);
        if (lane === "others") brake.giveBack();
      } else if (said.refused !== "identity-provider-unavailable") good.forget(name);
      return said;
    } finally {
      underWay[lane] -= 1;
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
