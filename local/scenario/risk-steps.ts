import { THIEF } from "./persona.ts";
import { allowed, challenged, denied, get, inChapter } from "./step-parts.ts";

export const BURST = inChapter("A burst of failures", [
  {
    ...get("theo", "http", "/api/orders"),
    method: "POST",
    times: 11,
    name: "Theo's script is denied 11 times",
    expect: denied("http", "deny", "device-trust-too-low"),
  },
  {
    kind: "score",
    persona: "theo",
    name: "the failures alone give Theo 25 points",
    expect: { score: 25, factors: { failedAttempts: 25 } },
  },
  { ...get("theo", "rest", "/api/orders"), name: "Theo may still read", expect: allowed("theo") },
]);

export const STOLEN_SESSION = inChapter("A stolen session", [
  { ...get("mara", "rest", "/api/orders"), name: "Mara reads orders in Frankfurt", expect: allowed("mara") },
  {
    ...get("mara", "rest", "/api/orders"),
    from: THIEF,
    name: "her token appears in Singapore, in a new browser",
    expect: allowed("mara"),
  },
  {
    kind: "score",
    persona: "mara",
    name: "impossible travel and a new browser give 40 points",
    expect: { score: 40, factors: { impossibleTravel: 30, anomalousBehavior: 10 } },
  },
  {
    ...get("mara", "rest", "/api/users"),
    from: THIEF,
    times: 11,
    name: "the thief probes the user list 11 times",
    expect: challenged("mara", "mfa-required"),
  },
  {
    kind: "score",
    persona: "mara",
    name: "the failures add 25 points",
    expect: { score: 65, factors: { impossibleTravel: 30, failedAttempts: 25, anomalousBehavior: 10 } },
  },
  {
    kind: "finding",
    persona: "mara",
    name: "Security Hub has a finding of severity MEDIUM",
    expect: { severity: "MEDIUM", factors: ["impossibleTravel", "failedAttempts", "anomalousBehavior"] },
  },
  {
    ...get("mara", "rest", "/api/export"),
    from: THIEF,
    name: "the thief exports data while the score is below 70",
    expect: allowed("mara"),
  },
  {
    kind: "score",
    persona: "mara",
    name: "the sensitive path takes the score past 70",
    expect: {
      score: 85,
      factors: { impossibleTravel: 30, failedAttempts: 25, sensitiveDataAccess: 20, anomalousBehavior: 10 },
    },
  },
  {
    kind: "finding",
    persona: "mara",
    name: "the finding rises to HIGH",
    expect: {
      severity: "HIGH",
      factors: ["impossibleTravel", "failedAttempts", "sensitiveDataAccess", "anomalousBehavior"],
    },
  },
  {
    ...get("mara", "rest", "/api/orders"),
    from: THIEF,
    name: "the thief's next request is challenged (REST)",
    expect: challenged("mara", "risk-elevated"),
  },
  {
    ...get("mara", "http", "/api/orders"),
    from: THIEF,
    name: "the thief is challenged on the HTTP API, too",
    expect: denied("http", "step-up", "risk-elevated"),
  },
  {
    kind: "act",
    persona: "mara",
    act: "authenticate-again",
    name: "Mara authenticates with a second factor",
  },
  { ...get("mara", "rest", "/api/orders"), name: "Mara continues to work", expect: allowed("mara") },
]);
