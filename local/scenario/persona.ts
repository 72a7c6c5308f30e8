import { CLIENT_ID } from "../issuer/persona.ts";

/** The source of a request, as the gateway sees it. */
export interface Origin {
  readonly place: string;
  /** A public address that the geolocation databases place there; no packet is ever sent to it */
  readonly address: string;
  readonly userAgent: string;
}

/** A simulated user. Claims are those of the `oidc` preset. */
export interface Persona {
  readonly name: string;
  readonly subject: string;
  readonly roles: readonly string[];
  readonly sessionId: string;
  readonly deviceId: string;
  readonly deviceTrust: "low" | "medium" | "high";
  /** Whether the user signed in with several factors */
  readonly mfa: boolean;
  /** What the persona's tokens are bound to; absent: they are bearer tokens */
  readonly binding?: "dpop" | "mtls";
  readonly origin: Origin;
}

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
const SAFARI =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";
const PHONE =
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36";

const frankfurt = (address: string, userAgent: string): Origin => ({
  place: "Frankfurt",
  address,
  userAgent,
});

export const PERSONAS = {
  anna: {
    name: "Anna, a normal day",
    subject: "anna",
    roles: ["sales"],
    sessionId: "session-anna",
    deviceId: "laptop-anna",
    deviceTrust: "high",
    mfa: true,
    origin: frankfurt("217.0.0.10", FIREFOX),
  },
  paul: {
    name: "Paul, a phone with low trust",
    subject: "paul",
    roles: ["sales"],
    sessionId: "session-paul",
    deviceId: "phone-paul",
    deviceTrust: "low",
    mfa: true,
    origin: frankfurt("178.0.0.20", PHONE),
  },
  bela: {
    name: "Bela, one factor only",
    subject: "bela",
    roles: ["accounting"],
    sessionId: "session-bela",
    deviceId: "laptop-bela",
    deviceTrust: "medium",
    mfa: false,
    origin: frankfurt("217.0.0.30", SAFARI),
  },
  ada: {
    name: "Ada, an administrator",
    subject: "ada",
    roles: ["admin"],
    sessionId: "session-ada",
    deviceId: "laptop-ada",
    deviceTrust: "high",
    mfa: true,
    origin: frankfurt("217.0.0.40", FIREFOX),
  },
  mara: {
    name: "Mara, whose session is stolen",
    subject: "mara",
    roles: ["sales"],
    sessionId: "session-mara",
    deviceId: "laptop-mara",
    deviceTrust: "medium",
    mfa: false,
    origin: frankfurt("46.88.0.50", FIREFOX),
  },
  theo: {
    name: "Theo, a failing script",
    subject: "theo",
    roles: ["sales"],
    sessionId: "session-theo",
    deviceId: "phone-theo",
    deviceTrust: "low",
    mfa: true,
    origin: frankfurt("217.0.0.60", PHONE),
  },
  rosa: {
    name: "Rosa, whose session is revoked",
    subject: "rosa",
    roles: ["sales"],
    sessionId: "session-rosa",
    deviceId: "laptop-rosa",
    deviceTrust: "medium",
    mfa: true,
    origin: frankfurt("217.0.0.70", SAFARI),
  },
  dora: {
    name: "Dora, whose token is bound to a key",
    subject: "dora",
    roles: ["sales"],
    sessionId: "session-dora",
    deviceId: "laptop-dora",
    deviceTrust: "high",
    mfa: true,
    binding: "dpop",
    origin: frankfurt("217.0.0.80", FIREFOX),
  },
  cleo: {
    name: "Cleo, whose token is bound to a certificate",
    subject: "cleo",
    roles: ["sales"],
    sessionId: "session-cleo",
    deviceId: "laptop-cleo",
    deviceTrust: "high",
    mfa: true,
    binding: "mtls",
    origin: frankfurt("217.0.0.90", SAFARI),
  },
  robot: {
    name: "A service without a user",
    subject: CLIENT_ID,
    roles: ["admin"],
    sessionId: "session-robot",
    deviceId: "host-robot",
    deviceTrust: "medium",
    mfa: false,
    origin: frankfurt("217.0.0.100", "billing-job/1.0"),
  },
} as const satisfies Readonly<Record<string, Persona>>;

export type PersonaId = keyof typeof PERSONAS;

/** The thief who uses Mara's token, minutes later and 10,000 kilometres away. */
export const THIEF: Origin = {
  place: "Singapore",
  address: "202.166.0.90",
  userAgent:
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
};
