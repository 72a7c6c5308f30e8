import { describeProduct } from "../../support/verification/issuer-product.ts";

describeProduct("auth0", {
  // Auth0's issuers end with a slash.
  configured: { issuer: "https://t.auth0.com/", audience: ["api"] },
  issuer: "https://t.auth0.com/",
  keys: "https://t.auth0.com/.well-known/jwks.json",
  user: {
    sub: "u1",
    "https://sallyport/roles": ["admin"],
    sid: "s1",
    "https://sallyport/device_id": "d1",
    "https://sallyport/device_trust_level": "low",
    "https://sallyport/amr": ["mfa"],
    "https://sallyport/risk_score": 7,
    scope: "a b",
    azp: "c1",
  },
  services: [[{ sub: "job@clients", azp: "job" }, "job@clients"]],
  users: {
    "of a client whose subject lacks the suffix": { sub: "job", azp: "job" },
    "whose subject names another client": { sub: "job@clients", azp: "web" },
  },
});
