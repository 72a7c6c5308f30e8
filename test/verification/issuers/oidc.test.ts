import { describeProduct } from "../../support/verification/issuer-product.ts";

describeProduct("oidc", {
  configured: { issuer: "https://id.example.com", audience: ["api"] },
  issuer: "https://id.example.com",
  keys: undefined,
  user: {
    sub: "u1",
    roles: ["admin"],
    sid: "s1",
    device_id: "d1",
    device_trust_level: "low",
    amr: ["pwd", "mfa"],
    risk_score: 7,
    scope: "a b",
    client_id: "c1",
  },
  services: [[{ sub: "job", client_id: "job" }, "job"]],
  users: {
    "whose subject only begins like the client": { sub: "job2", client_id: "job" },
    "of no client": { sub: "job" },
    "named like the sign itself": { sub: "{client}" },
  },
});
