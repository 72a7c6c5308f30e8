import { allowed, denied, get, inChapter } from "./step-parts.ts";

export const KEY_BOUND = inChapter("A token bound to a key (DPoP)", [
  { ...get("dora", "rest", "/api/orders"), name: "Dora proves her key (REST)", expect: allowed("dora") },
  {
    ...get("dora", "http", "/api/orders"),
    method: "POST",
    name: "Dora places an order with a proof of her key (HTTP)",
    expect: allowed("dora"),
  },
  {
    ...get("dora", "rest", "/api/orders"),
    name: "Dora sends a new proof with each request",
    expect: allowed("dora"),
  },
  {
    ...get("dora", "rest", "/api/orders"),
    possession: "repeated",
    name: "a repeated proof is denied",
    expect: {
      ...denied("rest", "deny", "proof-replayed"),
      body: { error: "invalid_dpop_proof" },
      challenge: ["DPoP ", 'error="invalid_dpop_proof"', "algs="],
    },
  },
  {
    ...get("dora", "http", "/api/orders"),
    possession: "repeated",
    name: "a proof made for another API is denied",
    expect: denied("http", "deny", "proof-invalid"),
  },
  ...(["rest", "http"] as const).flatMap((api) => [
    {
      ...get("dora", api, "/api/orders"),
      possession: "none" as const,
      name: `her token as a bearer token is denied (${api.toUpperCase()})`,
      expect: denied(api, "deny", "proof-missing"),
    },
    {
      ...get("dora", api, "/api/orders"),
      possession: "another" as const,
      name: `her token with the proof of another key is denied (${api.toUpperCase()})`,
      expect: denied(api, "deny", "proof-invalid"),
    },
  ]),
]);

export const CERTIFICATE_BOUND = inChapter(
  "A token bound to a certificate (mutual TLS)",
  (["rest", "http"] as const).flatMap((api) => [
    {
      ...get("cleo", api, "/api/orders"),
      name: `Cleo presents her certificate (${api.toUpperCase()})`,
      expect: allowed("cleo"),
    },
    {
      ...get("cleo", api, "/api/orders"),
      possession: "none" as const,
      name: `without the certificate her token is denied (${api.toUpperCase()})`,
      expect: {
        ...denied(api, "deny", "certificate-mismatch"),
        ...(api === "rest" && { challenge: ['Bearer error="invalid_token"'] }),
      },
    },
    {
      ...get("cleo", api, "/api/orders"),
      possession: "another" as const,
      name: `with another certificate her token is denied (${api.toUpperCase()})`,
      expect: denied(api, "deny", "certificate-mismatch"),
    },
  ]),
);

export const SERVICE = inChapter("A service without a user", [
  { ...get("robot", "rest", "/api/orders"), name: "the service reads orders", expect: allowed("robot") },
  {
    ...get("robot", "rest", "/api/billing"),
    name: "billing is denied to the service, without a challenge",
    expect: denied("rest", "deny", "no-policy-permits"),
  },
  {
    ...get("robot", "http", "/api/admin"),
    name: "the admin area is denied, whatever its role",
    expect: denied("http", "deny", "no-policy-permits"),
  },
]);
