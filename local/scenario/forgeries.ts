import { createHmac } from "node:crypto";
import { generateKeyPair, SignJWT } from "jose";
import type { Issuer } from "../issuer/issuer.ts";
import type { PersonaClaims } from "../issuer/persona.ts";
import type { Forgery } from "./step.ts";

/** Makes a token that must be refused. */
type Forge = (issuer: Issuer, claims: PersonaClaims) => Promise<string>;

/** Invalid tokens, each a real one of the issuer with the one fault that its name states. */
export const FORGERIES: Readonly<Record<Forgery, Forge>> = {
  // Properly signed; expired an hour ago.
  expired: (issuer, claims) =>
    issuer.issueToken({ ...claims, ttl: 3600 }, { issuedAt: Math.floor(Date.now() / 1000) - 7200 }),

  // Properly signed, for another API.
  "wrong-audience": (issuer, claims) =>
    issuer.issueToken(claims, { audience: "https://another-api.example" }),

  // From a second issuer, run by the forger.
  "wrong-issuer": async (issuer, claims) => {
    const { header, payload } = await partsOf(issuer, claims);
    return signAgain(decode(header), { ...decode(payload), iss: "https://issuer.attacker.example" });
  },

  // Signed by a forged key, under the key id of the issuer's key.
  "foreign-key": async (issuer, claims) => {
    const { header, payload } = await partsOf(issuer, claims);
    return signAgain(decode(header), decode(payload));
  },

  "unknown-key-id": async (issuer, claims) => {
    const { header, payload } = await partsOf(issuer, claims);
    return signAgain({ ...decode(header), kid: "not-a-key-of-the-issuer" }, decode(payload));
  },

  // The payload gets the admin role after signing.
  "tampered-payload": async (issuer, claims) => {
    const { header, payload, signature } = await partsOf(issuer, claims);
    return `${header}.${encode({ ...decode(payload), roles: ["admin", "tampered"] })}.${signature}`;
  },

  // Unsecured JWT: no signature (RFC 8725 §3.1).
  "alg-none": async (issuer, claims) => {
    const { header, payload } = await partsOf(issuer, claims);
    return `${encode({ ...decode(header), alg: "none" })}.${payload}.`;
  },

  // Signed with a shared secret, for verifiers that let the token choose the algorithm (RFC 8725
  // §3.1).
  symmetric: async (issuer, claims) => {
    const { header, payload } = await partsOf(issuer, claims);
    const input = `${encode({ ...decode(header), alg: "HS256" })}.${payload}`;
    return `${input}.${createHmac("sha256", "public key").update(input).digest("base64url")}`;
  },

  // Truncated within the payload.
  truncated: async (issuer, claims) => {
    const { header, payload } = await partsOf(issuer, claims);
    return `${header}.${payload}`.slice(0, -40);
  },
};

/** Signs with the forger's key. */
async function signAgain(header: object, payload: Record<string, unknown>): Promise<string> {
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: 2048 });
  return new SignJWT(payload).setProtectedHeader({ ...header, alg: "RS256" }).sign(privateKey);
}

/** The parts of a valid token. */
async function partsOf(issuer: Issuer, claims: PersonaClaims) {
  const [header = "", payload = "", signature = ""] = (await issuer.issueToken(claims)).split(".");
  return { header, payload, signature };
}

const decode = (part: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
