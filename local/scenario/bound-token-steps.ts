import { allowed, get, refused, tell } from "./telling.ts";

export const KEY_BOUND = tell("A token that is bound to a key (DPoP)", [
  { ...get("dora", "rest", "/api/orders"), name: "Dora proves her key (REST)", expect: allowed("dora") },
  {
    ...get("dora", "http", "/api/orders"),
    method: "POST",
    name: "Dora proves her key and places an order (HTTP)",
    expect: allowed("dora"),
  },
  {
    ...get("dora", "rest", "/api/orders"),
    name: "Dora proves it anew for each request",
    expect: allowed("dora"),
  },
  {
    ...get("dora", "rest", "/api/orders"),
    possession: "repeated",
    name: "the same proof again is refused",
    expect: {
      ...refused("rest", "deny", "proof-replayed"),
      body: { error: "invalid_dpop_proof" },
      challenge: ["DPoP ", 'error="invalid_dpop_proof"', "algs="],
    },
  },
  {
    ...get("dora", "http", "/api/orders"),
    possession: "repeated",
    name: "and it was made for another API anyway",
    expect: refused("http", "deny", "proof-invalid"),
  },
  ...(["rest", "http"] as const).flatMap((api) => [
    {
      ...get("dora", api, "/api/orders"),
      possession: "none" as const,
      name: `her token as a bearer token is refused (${api.toUpperCase()})`,
      expect: refused(api, "deny", "proof-missing"),
    },
    {
      ...get("dora", api, "/api/orders"),
      possession: "another" as const,
      name: `her token with the proof of another key is refused (${api.toUpperCase()})`,
      expect: refused(api, "deny", "proof-invalid"),
    },
  ]),
]);

export const CERTIFICATE_BOUND = tell(
  "A token that is bound to a certificate (mutual TLS)",
  (["rest", "http"] as const).flatMap((api) => [
    {
      ...get("cleo", api, "/api/orders"),
      name: `Cleo presents her certificate (${api.toUpperCase()})`,
      expect: allowed("cleo"),
    },
    {
      ...get("cleo", api, "/api/orders"),
      possession: "none" as const,
      name: `without it her token is refused (${api.toUpperCase()})`,
      expect: {
        ...refused(api, "deny", "certificate-mismatch"),
        ...(api === "rest" && { challenge: ['Bearer error="invalid_token"'] }),
      },
    },
    {
      ...get("cleo", api, "/api/orders"),
      possession: "another" as const,
      name: `with somebody else's certificate it is refused (${api.toUpperCase()})`,
      expect: refused(api, "deny", "certificate-mismatch"),
    },
  ]),
);

export const SERVICE = tell("A service that acts for itself", [
  { ...get("robot", "rest", "/api/orders"), name: "the service reads orders", expect: allowed("robot") },
  {
    ...get("robot", "rest", "/api/billing"),
    name: "billing is closed to it, and nobody is asked for a second factor",
    expect: refused("rest", "deny", "no-policy-permits"),
  },
  {
    ...get("robot", "http", "/api/admin"),
    name: "so is the admin area, whatever its role",
    expect: refused("http", "deny", "no-policy-permits"),
  },
]);
