import { ConfigurationError } from "../../configuration/configuration-error.ts";
import { readConfiguration } from "../../configuration/read-configuration.ts";

const TENANT = "11112222-3333-4444-5555-666677778888";
const KEYS = { jwksUri: "https://id.example.com/keys" };

function problemOf(preset: string, issuer: string, more: object = {}): string {
  const content = JSON.stringify({ issuers: [{ preset, issuer, audience: ["api"], ...more }] });
  try {
    readConfiguration(content, "/etc/sallyport.json");
    return "";
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}

test.each([
  ["auth0", "https://acme.eu.auth0.com/"],
  ["auth0", "https://login.acme.com/"],
  ["entra", `https://login.microsoftonline.com/${TENANT}/v2.0`],
  ["entra", `https://sts.windows.net/${TENANT}/`],
  ["entra", `https://acme.ciamlogin.com/${TENANT}/v2.0`],
  ["okta", "https://acme.okta.com/oauth2/default"],
  ["okta", "https://login.acme.com/oauth2/aus1"],
  ["keycloak", "https://id.example.com/realms/main"],
  ["keycloak", "https://id.example.com/auth/realms/main"],
  ["oidc", "https://id.example.com/anything"],
])("a configuration with preset %s accepts the issuer %s", (preset, issuer) => {
  expect(problemOf(preset, issuer)).toBe("");
});

test.each([
  ["auth0", "https://acme.eu.auth0.com", '"https://acme.eu.auth0.com/"'],
  ["entra", "https://login.microsoftonline.com/common/v2.0", 'instead of "common"'],
  ["entra", "https://login.microsoftonline.us/organizations/v2.0", 'instead of "organizations"'],
  ["entra", `https://login.microsoftonline.com/${TENANT}`, "<tenant id>/v2.0"],
  ["entra", `https://login.microsoftonline.com/${TENANT}/v2.0/`, "<tenant id>/v2.0"],
  ["entra", `https://sts.windows.net/${TENANT}`, "with its slash"],
  ["okta", "https://acme.okta.com", "only Okta can verify"],
  ["okta", "https://acme.okta.com/oauth2/default/", "without a slash"],
  ["keycloak", "https://id.example.com", "the URL of a realm"],
  ["keycloak", "https://id.example.com/realms/main/", "without a slash"],
])("a configuration with preset %s refuses the issuer %s and says the form", (preset, issuer, said) => {
  const problem = problemOf(preset, issuer);
  expect(problem).toContain("issuers[0].issuer");
  expect(problem).toContain(said);
});

test("an issuer may be an http URL, as with AD FS, where the keys come from an https address", () => {
  const name = "http://adfs.example.com/adfs/services/trust";
  expect(problemOf("oidc", name, KEYS)).toBe("");
  expect(problemOf("oidc", name)).toContain("only with jwksUri");
  expect(problemOf("oidc", name, { discovery: true })).toContain("only with jwksUri");
  expect(problemOf("oidc", name, { jwksUri: "http://adfs.example.com/keys" })).toContain(
    "issuers[0].jwksUri",
  );
  expect(problemOf("auth0", "http://acme.auth0.com", KEYS)).toContain("with a slash at its end");
});
