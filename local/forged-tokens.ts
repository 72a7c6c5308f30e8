import { generateKeyPair, SignJWT } from "jose";
import type { Issuer } from "./issuer.ts";
import type { PersonaClaims } from "./persona.ts";

/** Makes a token that has to be refused; each is a real token, wrong in the one way that its name says. */
type Forge = (issuer: Issuer, claims: PersonaClaims) => Promise<string>;

/** Properly signed; its hour was over an hour ago. */
export const expired: Forge = (issuer, claims) =>
  issuer.issueToken({ ...claims, ttl: 3600 }, { issuedAt: Math.floor(Date.now() / 1000) - 7200 });

/** Properly signed, for another API. */
export const wrongAudience: Forge = (issuer, claims) =>
  issuer.issueToken(claims, { audience: "https://another-api.example" });

/** Unsecured: `alg` is `none` and there is no signature (RFC 8725 §3.1). */
export const algNone: Forge = async (issuer, claims) => {
  const { header, payload } = partsOf(await issuer.issueToken(claims));
  return `${encode({ ...decode(header), alg: "none" })}.${payload}.`;
};

/** Signed by a key that the issuer never had, under the id of the issuer's key. */
export const wrongKey: Forge = async (issuer, claims) => {
  const { header, payload } = partsOf(await issuer.issueToken(claims));
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: 2048 });
  return new SignJWT(decode(payload))
    .setProtectedHeader({ ...decode(header), alg: "RS256" })
    .sign(privateKey);
};

/** The payload was made an administrator's after signing. */
export const tampered: Forge = async (issuer, claims) => {
  const { header, payload, signature } = partsOf(await issuer.issueToken(claims));
  return `${header}.${encode({ ...decode(payload), roles: ["admin", "tampered"] })}.${signature}`;
};

function partsOf(token: string): {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
} {
  const [header = "", payload = "", signature = ""] = token.split(".");
  return { header, payload, signature };
}

const decode = (part: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
