import { allowed, challenged, denied, get, inChapter } from "./step-parts.ts";

export const NORMAL_DAY = inChapter("A normal day", [
  { ...get("anna", "rest", "/api/orders"), name: "Anna reads orders (REST)", expect: allowed("anna") },
  {
    ...get("anna", "rest", "/api/orders"),
    method: "POST",
    name: "Anna places an order (REST)",
    expect: allowed("anna"),
  },
  { ...get("anna", "http", "/api/orders"), name: "Anna reads orders (HTTP)", expect: allowed("anna") },
  {
    ...get("anna", "http", "/api/orders"),
    method: "POST",
    name: "Anna places an order (HTTP)",
    expect: allowed("anna"),
  },
]);

export const UNTRUSTED_PHONE = inChapter("A phone with low trust", [
  { ...get("paul", "rest", "/api/orders"), name: "Paul reads orders", expect: allowed("paul") },
  {
    ...get("paul", "rest", "/api/orders"),
    method: "POST",
    name: "Paul tries to place an order (REST)",
    expect: denied("rest", "deny", "device-trust-too-low"),
  },
  {
    ...get("paul", "http", "/api/orders"),
    method: "POST",
    name: "Paul tries to place an order (HTTP)",
    expect: denied("http", "deny", "device-trust-too-low"),
  },
]);

export const ONE_FACTOR = inChapter("Billing with one factor", [
  {
    ...get("bela", "rest", "/api/billing"),
    name: "Bela opens billing (REST) and is challenged",
    expect: challenged("bela", "mfa-required"),
  },
  {
    ...get("bela", "http", "/api/billing"),
    name: "Bela opens billing (HTTP) and is challenged",
    expect: denied("http", "step-up", "mfa-required"),
  },
  {
    kind: "act",
    persona: "bela",
    act: "authenticate-again",
    name: "Bela authenticates with a second factor",
  },
  { ...get("bela", "rest", "/api/billing"), name: "Bela opens billing again", expect: allowed("bela") },
]);

export const ADMIN = inChapter("The admin area", [
  { ...get("ada", "rest", "/api/admin"), name: "Ada, an admin, within hours", expect: allowed("ada") },
  { ...get("ada", "http", "/api/admin"), name: "Ada over the HTTP API", expect: allowed("ada") },
  {
    ...get("anna", "rest", "/api/admin"),
    name: "Anna lacks the admin role",
    expect: denied("rest", "deny", "role-missing"),
  },
]);

export const ENDED_SESSION = inChapter("A revoked session", [
  { ...get("rosa", "rest", "/api/orders"), name: "Rosa reads orders", expect: allowed("rosa") },
  { kind: "act", persona: "rosa", act: "end-session", name: "her session is ended elsewhere" },
  {
    ...get("rosa", "rest", "/api/orders"),
    name: "the same token is denied (REST)",
    expect: denied("rest", "deny", "session-revoked"),
  },
  {
    ...get("rosa", "http", "/api/orders"),
    name: "the same token is denied (HTTP)",
    expect: denied("http", "deny", "session-revoked"),
  },
]);
