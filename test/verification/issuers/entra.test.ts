import { describeProduct } from "../../support/verification/issuer-product.ts";

describeProduct("entra", {
  configured: { issuer: "https://login.microsoftonline.com/t/v2.0", audience: ["api"] },
  issuer: "https://login.microsoftonline.com/t/v2.0",
  keys: "https://login.microsoftonline.com/t/discovery/v2.0/keys",
  user: {
    sub: "pairwise",
    oid: "u1",
    roles: ["admin"],
    sid: "s1",
    deviceid: "d1",
    device_trust_level: "low",
    amr: ["mfa"],
    risk_score: 7,
    scp: "a b",
    azp: "c1",
  },
  services: [[{ sub: "o1", oid: "o1", azp: "job", idtyp: "app" }, "o1"]],
  users: {
    "of another type": { sub: "u", oid: "u", azp: "job", idtyp: "user" },
    "whose sign is a list": { sub: "u", oid: "u", idtyp: ["app"] },
  },
});
