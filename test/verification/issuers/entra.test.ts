import { productOf } from "../../../verification/issuers/products.ts";
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

test.each([
  "https://login.microsoftonline.us/11112222-3333-4444-5555-666677778888/v2.0",
  "https://login.microsoftonline.com/contoso.com/v2.0",
  "https://sts.windows.net/11112222-3333-4444-5555-666677778888",
  "https://sts.windows.net.example/11112222-3333-4444-5555-666677778888/",
])("Entra issues no tokens under a second name for %s", (issuer) => {
  expect(productOf("entra").otherName?.(issuer)).toBeUndefined();
});

test("Entra's keys for tokens of version 1 are at the tenant's address, not at the issuer's", () => {
  const tenant = "11112222-3333-4444-5555-666677778888";
  expect(productOf("entra").keySet?.address(`https://sts.windows.net/${tenant}`)).toBe(
    `https://login.microsoftonline.com/${tenant}/discovery/keys`,
  );
});

test("Entra's keys are beside the version that ends the issuer's name, and nowhere else", () => {
  const address = productOf("entra").keySet?.address;
  expect(address?.("https://login.example/t/v2.0")).toBe("https://login.example/t/discovery/v2.0/keys");
  expect(address?.("https://login.example/v2.0/t")).toBe("https://login.example/v2.0/t/discovery/v2.0/keys");
});
