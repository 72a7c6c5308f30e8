import { describeProduct, readAs } from "../../support/verification/issuer-product.ts";

describeProduct("okta", {
  configured: { issuer: "https://t.okta.com/oauth2/default", audience: ["api"] },
  issuer: "https://t.okta.com/oauth2/default",
  keys: "https://t.okta.com/oauth2/default/v1/keys",
  user: {
    sub: "u@example.com",
    uid: "u1",
    groups: ["admin"],
    sid: "s1",
    device_id: "d1",
    device_trust_level: "low",
    amr: ["mfa"],
    risk_score: 7,
    scp: ["a", "b"],
    cid: "c1",
  },
  services: [[{ sub: "0oa1", cid: "0oa1" }, "0oa1"]],
  users: { "whose subject is another client": { sub: "0oa2", uid: "u1", cid: "0oa1" } },
});

test("Okta's users need a user id, although a service has none", () => {
  expect(readAs("okta", { sub: "u@example.com", cid: "0oa1" })).toBeUndefined();
});
