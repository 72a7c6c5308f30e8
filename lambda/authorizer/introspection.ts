import { createHash } from "node:crypto";
import { DEFAULT_INTROSPECTION_CACHE, type IntrospectionSettings } from "../../contract/settings.ts";
import type { ReasonCode } from "../../domain/reason.ts";
import type { EpochMs } from "../../domain/time.ts";
import { createBackOff } from "./back-off.ts";
import { type FetchDocument, StatusError } from "./fetch-document.ts";
import { parseStrictObject } from "./strict-json.ts";

type Claims = Readonly<Record<string, unknown>>;

/** What the issuer says of a token: its claims, or why it does not count. Never rejects. */
export type Introspect = (
  token: string,
) => Promise<{ readonly claims: Claims } | { readonly refused: ReasonCode }>;

export interface IntrospectionOptions {
  readonly fetchDocument: FetchDocument;
  readonly clientSecret: () => Promise<string>;
  /** Told of each question that got no answer */
  readonly onFailure: (issuer: string, error: unknown) => void;
  readonly now: () => EpochMs;
  /** From 0 to 1 */
  readonly random?: () => number;
}

/** All remembered answers together hold at most this many bytes. */
const MOST_BYTES = 512 * 1024;
const LONGEST_TOKEN = 2048;
/** RFC 6749 §A.12 without the space, which no Authorization header can carry inside a token. */
const VISIBLE = /^[\x21-\x7e]+$/;
/** Questions under way at once */
const MOST_QUESTIONS = 8;

/**
 * Asks the issuer whether an opaque token is active (RFC 7662), and remembers for a short time that it was.
 *
 * Answers are remembered by the token's SHA-256, so that the memory holds no token; the oldest go first when room is needed. That a token is
 * not active is asked anew each time, so that a flood of bad ones takes no room from good ones.
 *
 * A status that refuses the question (400, 413 and so on) refuses that token alone. Anything else but a plain yes or no is a failure,
 * after which one question at a time is asked for a while: whoever finds a token that the issuer stumbles over shuts out nobody else.
 * An answer without `iss` is taken for the issuer's own. Does not judge the claims: judgeClaims does, on each use.
 */
export function createIntrospection(
  issuer: string,
  { endpoint, clientId, cacheSeconds = DEFAULT_INTROSPECTION_CACHE }: IntrospectionSettings,
  { fetchDocument, clientSecret, onFailure, now, random = Math.random }: IntrospectionOptions,
): Introspect {
  const remembered = createAnswers(cacheSeconds * 1000);
  const backOff = createBackOff(now, random);
  const ask = async (token: string): Promise<Uint8Array> =>
    fetchDocument(endpoint, {
      headers: {
        authorization: basic(clientId, await clientSecret()),
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ token, token_type_hint: "access_token" }).toString(),
    });
  let underWay = 0;
  const put = async (token: string, name: string): ReturnType<Introspect> => {
    try {
      const asked = now();
      const answer = await ask(token);
      const members = parseStrictObject(answer);
      // The text "true" is no yes.
      if (typeof members?.active !== "boolean")
        throw new Error(`${endpoint}: does not say if the token is active`);
      backOff.succeeded();
      if (!members.active) return { refused: "token-inactive" };
      if (!isAccessTokenType(members.token_type)) return { refused: "token-use-mismatch" };
      const { active: _, ...claims }: Claims = { iss: issuer, ...members };
      remembered.keep(name, { claims, bytes: answer.byteLength, at: asked });
      return { claims };
    } catch (error) {
      if (refusesQuestion(error)) return { refused: "token-inactive" };
      backOff.failed();
      onFailure(issuer, error);
      return { refused: "identity-provider-unavailable" };
    }
  };
  return async (token) => {
    if (token.length > LONGEST_TOKEN) return { refused: "token-too-large" };
    if (!VISIBLE.test(token)) return { refused: "token-malformed" };
    const name = createHash("sha256").update(token).digest("base64");
    const known = remembered.find(name, now());
    if (known !== undefined) return { claims: known };
    if (underWay >= (backOff.isOver() ? MOST_QUESTIONS : 1)) {
      return { refused: "identity-provider-unavailable" };
    }
    underWay += 1;
    try {
      return await put(token, name);
    } finally {
      underWay -= 1;
    }
  };
}

/** 401 is about the client's credentials and 429 about its rate, not about the token. */
const refusesQuestion = (error: unknown): boolean =>
  error instanceof StatusError &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 401 &&
  error.status !== 429;

/** RFC 7662 §2.2: `token_type` is optional, and a type by RFC 6749 §5.1, in whatever case. */
const isAccessTokenType = (type: unknown): boolean =>
  type === undefined || (typeof type === "string" && /^(?:bearer|dpop)$/i.test(type));

/** RFC 6749 §2.3.1: both parts are form-encoded before they are put together. */
function basic(clientId: string, secret: string): string {
  const encoded = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encoded(clientId)}:${encoded(secret)}`).toString("base64")}`;
}

interface Answer {
  readonly claims: Claims;
  readonly bytes: number;
  readonly at: EpochMs;
}

function createAnswers(lifetime: number) {
  const answers = new Map<string, Answer>();
  let bytes = 0;
  const forget = (name: string) => {
    bytes -= answers.get(name)?.bytes ?? 0;
    answers.delete(name);
  };
  return {
    find: (name: string, now: EpochMs) => {
      const found = answers.get(name);
      if (found === undefined) return undefined;
      if (Math.abs(now - found.at) < lifetime) return found.claims;
      forget(name);
      return undefined;
    },
    keep: (name: string, answer: Answer) => {
      if (lifetime === 0) return;
      forget(name);
      answers.set(name, answer);
      bytes += answer.bytes;
      for (const oldest of answers.keys()) {
        if (bytes <= MOST_BYTES) break;
        forget(oldest);
      }
    },
  };
}
