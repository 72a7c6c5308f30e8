import type { PersonaClaims } from "../../../local/issuer/persona.ts";

/** What the local issuer is asked to say of alice. */
export const CLAIMS: PersonaClaims = {
  sub: "alice",
  roles: ["user"],
  sid: "session-1",
  device_id: "laptop-1",
  device_trust_level: "high",
  amr: ["pwd", "mfa"],
  auth_time: 1_700_000_000,
};
