import type { Issuer } from "../issuer/issuer.ts";
import type { PersonaClaims } from "../issuer/persona.ts";
import { FORGERIES } from "./forgeries.ts";
import type { Keyring } from "./keyring.ts";
import { PERSONAS, type Persona, type PersonaId } from "./persona.ts";
import type { TokenChoice } from "./step.ts";

/** The personas' tokens. */
export interface Wallet {
  /** The token for a request; undefined for none */
  readonly token: (request: {
    readonly persona: PersonaId;
    readonly token: TokenChoice;
  }) => Promise<string | undefined>;
  /** Signs the persona in again, with several factors, in the same session */
  readonly authenticateAgain: (persona: PersonaId) => Promise<void>;
}

/** A persona signs in with its first request and keeps its token until it authenticates again. */
export function createWallet(issuer: Issuer, keyring: Pick<Keyring, "binding">): Wallet {
  const tokens = new Map<PersonaId, Promise<string>>();
  const issue = async (id: PersonaId, persona: Persona): Promise<string> => {
    const binding = await keyring.binding(id);
    return issuer.issueToken(claimsOf(persona), binding === undefined ? {} : { binding });
  };
  const own = (persona: PersonaId): Promise<string> => {
    const known = tokens.get(persona) ?? issue(persona, PERSONAS[persona]);
    tokens.set(persona, known);
    return known;
  };
  return {
    token: async ({ persona, token }) => {
      if (token === "none") return undefined;
      return token === "own" ? own(persona) : FORGERIES[token](issuer, claimsOf(PERSONAS[persona]));
    },
    authenticateAgain: async (persona) => {
      tokens.set(persona, issue(persona, { ...PERSONAS[persona], mfa: true }));
      await own(persona);
    },
  };
}

/** The claims of a persona that authenticates now. */
function claimsOf(persona: Persona): PersonaClaims {
  return {
    sub: persona.subject,
    roles: [...persona.roles],
    sid: persona.sessionId,
    device_id: persona.deviceId,
    device_trust_level: persona.deviceTrust,
    amr: persona.mfa ? ["pwd", "mfa"] : ["pwd"],
    auth_time: Math.floor(Date.now() / 1000),
  };
}
