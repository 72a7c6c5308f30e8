import { createHash, randomUUID, X509Certificate } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import type { TokenBinding } from "../../domain/evidence/identity.ts";
import type { ClientCertificate, LocalCertificates } from "../issuer/certificates.ts";
import { PERSONAS, type Persona, type PersonaId } from "./persona.ts";

/** The request that a proof is made for. */
export interface ProvenRequest {
  readonly method: string;
  /** Without query and fragment */
  readonly url: string;
  readonly token: string;
}

/** The keys and certificates of personas and of token thieves. */
export interface Keyring {
  /** The confirmation claim of the persona's tokens; undefined for bearer tokens */
  readonly binding: (persona: PersonaId) => Promise<TokenBinding | undefined>;
  /** A DPoP proof by the persona's key, or by another key */
  readonly prove: (persona: PersonaId, request: ProvenRequest, by: "own" | "another") => Promise<string>;
  readonly certificate: (persona: PersonaId, whose: "own" | "another") => Promise<ClientCertificate>;
}

interface DpopKey {
  readonly publicKey: JWK;
  readonly sign: (claims: Record<string, unknown>) => Promise<string>;
}

/** Makes each key on first use. */
export function createKeyring({
  issueClientCertificate,
}: Pick<LocalCertificates, "issueClientCertificate">): Keyring {
  const dpopKey = once(createDpopKey);
  const certificate = once((holder: string) => issueClientCertificate(holder));
  const nameOf = (persona: PersonaId, whose: "own" | "another") =>
    whose === "own" ? PERSONAS[persona].subject : "somebody-else";
  return {
    binding: async (persona) => {
      const { binding }: Persona = PERSONAS[persona];
      if (binding === "dpop") {
        const { publicKey } = await dpopKey(nameOf(persona, "own"));
        return { jkt: await calculateJwkThumbprint(publicKey) };
      }
      if (binding === undefined) return undefined;
      const { raw } = new X509Certificate((await certificate(nameOf(persona, "own"))).cert);
      return { x5t: createHash("sha256").update(raw).digest("base64url") };
    },
    prove: async (persona, { method, url, token }, by) => {
      const { sign } = await dpopKey(nameOf(persona, by));
      const ath = createHash("sha256").update(token).digest("base64url");
      return sign({ jti: randomUUID(), htm: method, htu: url, ath });
    },
    certificate: (persona, whose) => certificate(nameOf(persona, whose)),
  };
}

async function createDpopKey(): Promise<DpopKey> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = await exportJWK(publicKey);
  return {
    publicKey: jwk,
    sign: (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk })
        .setIssuedAt()
        .sign(privateKey),
  };
}

/** Makes a value on the first use of its name. */
function once<T>(make: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (name) => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    return known;
  };
}
