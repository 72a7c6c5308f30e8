import { createHmac } from "node:crypto";
import { generateKeyPair, SignJWT } from "jose";
import { algNone, expired, tampered, wrongAudience, wrongKey } from "../forged-tokens.ts";
import type { Issuer } from "../issuer.ts";
import type { PersonaClaims } from "../persona.ts";
import type { Forgery } from "./step.ts";

type Forge = (issuer: Issuer, claims: PersonaClaims) => Promise<string>;

/** Signed by a key of their own under a key id that the issuer does not have. */
const unknownKeyId: Forge = (issuer, claims) =>
  resign(issuer, claims, { kid: "not-a-key-of-the-issuer" }, {});

/** Signed by a key of their own in the name of an issuer of their own. */
const wrongIssuer: Forge = (issuer, claims) =>
  resign(issuer, claims, {}, { iss: "https://issuer.attacker.example" });

/** Signed with a shared secret, for verifiers that let the token choose the algorithm (RFC 8725 §3.1). */
const symmetric: Forge = async (issuer, claims) => {
  const [header = "", payload = ""] = (await issuer.issueToken(claims)).split(".");
  const input = `${encode({ ...decode(header), alg: "HS256" })}.${payload}`;
  return `${input}.${createHmac("sha256", "public key").update(input).digest("base64url")}`;
};

/** The first half of a good token. */
const truncated: Forge = async (issuer, claims) => {
  const token = await issuer.issueToken(claims);
  return token.slice(0, token.lastIndexOf(".") - 40);
};

async function resign(
  issuer: Issuer,
  claims: PersonaClaims,
  header: object,
  payload: object,
): Promise<string> {
  const [givenHeader = "", givenPayload = ""] = (await issuer.issueToken(claims)).split(".");
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: 2048 });
  return new SignJWT({ ...decode(givenPayload), ...payload })
    .setProtectedHeader({ ...decode(givenHeader), ...header, alg: "RS256" })
    .sign(privateKey);
}

const decode = (part: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** How each bad token of the scenario is made. */
export const FORGERIES: Readonly<Record<Forgery, Forge>> = {
  "foreign-key": wrongKey,
  "unknown-key-id": unknownKeyId,
  "tampered-payload": tampered,
  "alg-none": algNone,
  symmetric,
  truncated,
  expired,
  "wrong-audience": wrongAudience,
  "wrong-issuer": wrongIssuer,
};
