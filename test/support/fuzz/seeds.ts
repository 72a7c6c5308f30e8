import { readFileSync } from "node:fs";
import { join } from "node:path";
import { httpEvent, restEvent, tokenEvent } from "../gateway/gateway-events.ts";
import { BOUND, proof, proofKey } from "../hostile/possession.ts";
import { AT, by, GOOD, goodClaims, HOUSE_KEYS, NOW, token } from "../hostile/world.ts";

/** Good inputs, of which fuzzing makes bad ones. */

export const TOKENS = [
  GOOD,
  BOUND,
  token({ header: { alg: "ES256", kid: "p256" }, sign: by("p256", "ES256") }),
  token({ header: { alg: "EdDSA", kid: "ed" }, sign: by("ed", "EdDSA") }),
];

export const CLAIMS = {
  ...goodClaims,
  jti: "j-1",
  nbf: AT - 60,
  client_id: "web",
  sid: "s-1",
  roles: ["admin", "reader"],
  scope: "read write",
  amr: ["pwd", "mfa"],
  auth_time: AT - 60,
  device_id: "laptop",
  device_trust_level: "high",
  risk_score: 7,
  cnf: { jkt: "A".repeat(43) },
  realm_access: { roles: ["admin"] },
};

export const JSON_TEXTS = [
  JSON.stringify(CLAIMS),
  '{"alg":"RS256","kid":"rsa","typ":"at+jwt"}',
  '{"a":{"b":[{"c":"\\u0061\\"\\\\"},[],{}]},"e\\u0301":1e-7,"":null}',
];

export const KEY_SET = JSON.stringify({ keys: HOUSE_KEYS });
export const JWKS = HOUSE_KEYS;

export const EVENTS = [
  { ...restEvent({ authorization: `Bearer ${GOOD}`, headers: { DPoP: proof() } }) },
  tokenEvent({ authorization: `Bearer ${GOOD}` }),
  httpEvent({ authorization: `DPoP ${BOUND}`, headers: { dpop: proof(), "user-agent": "x" } }),
  {
    ...restEvent({ authorization: `Bearer ${GOOD}` }),
    requestContext: {
      identity: {
        sourceIp: "::ffff:203.0.113.7",
        clientCert: { clientCertPem: "-----BEGIN CERTIFICATE-----" },
      },
    },
  },
];

export const PATHS = [
  "/api/orders",
  "/api/admin/keys.json",
  "/api/billing/%2e%2e/admin",
  "/API/orders;x=1/../admin//",
  "/api/%E2%80%8Badmin%2Fkeys?x#y",
];

export const ACCESS = {
  metadata: { uid: "d-1" },
  time: NOW,
  class_uid: 6003,
  actor: { user: { type_id: 1, domain: "https://issuer.example", uid: "alice" } },
  http_request: { url: { path: "/api/orders" }, user_agent: "agent/1" },
  http_response: { code: 403 },
  src_endpoint: { ip: "203.0.113.7", location: { country: "DE", city: "Berlin", lat: 52.5, long: 13.4 } },
  api: { service: { name: "a1b2c3d4e5" } },
  cloud: { region: "eu-central-1", account: { uid: "111122223333" } },
};

export const CONFIGURATION = readFileSync(join(import.meta.dirname, "../../../sallyport.json"), "utf8");

export const PROOFS = [
  proof(),
  proof({ header: { alg: "EdDSA", jwk: proofKey("ed") }, sign: by("ed", "EdDSA") }),
];

export const POSTURES = [
  {
    complianceState: "compliant",
    jailBroken: "False",
    lastSyncDateTime: "2027-01-15T07:00:00Z",
    value: [{ complianceState: "noncompliant", lastSyncDateTime: "2027-01-15T07:00:00Z" }],
  },
  {
    general: { managed: true, lastContactTime: "2027-01-15T07:00:00Z", supervised: true },
    diskEncryption: { fileVault2Enabled: true },
    security: { gatekeeperStatus: "ENABLED", sipStatus: "ENABLED" },
  },
  {
    resources: [
      { assessment: { overall: 90, os: 90, sensor_config: 90 }, modified_time: "2027-01-15T07:00:00Z" },
    ],
    aid: "a",
  },
];
