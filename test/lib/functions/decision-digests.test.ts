import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, CfnParameter, Stack } from "aws-cdk-lib";
import type { AuthorizerSettings } from "../../../contract/settings.ts";
import { decisionDigests } from "../../../lib/functions/decision-digests.ts";
import { NO_POLICIES } from "../../support/lib/synthesize.ts";
import { folder } from "../../support/policy/policy-folder.ts";

const issuer: AuthorizerSettings["issuers"][number] = {
  preset: "oidc",
  issuer: "https://id.example.com",
  audience: ["api"],
};
const settings: AuthorizerSettings = {
  issuers: [issuer],
  timeZone: "Europe/Berlin",
  countries: ["DE"],
  geo: "none",
  deviceClaimCap: "medium",
  acrValues: { mfa: ["mfa"] },
};
const digestOf = (changed: Partial<AuthorizerSettings> = {}) =>
  decisionDigests({ settings: { ...settings, ...changed }, policies: NO_POLICIES }).configuration;
const withIssuer = (changed: object) => ({ issuers: [{ ...issuer, ...changed }] });

describe("decisionDigests", () => {
  test("the order in which settings are written changes nothing", () => {
    const reversed = Object.fromEntries(
      Object.entries(settings).toReversed(),
    ) as unknown as AuthorizerSettings;
    expect(digestOf(reversed)).toBe(digestOf());
    expect(decisionDigests({ settings: reversed, policies: NO_POLICIES })).toEqual(
      decisionDigests({ settings, policies: NO_POLICIES }),
    );
  });

  test("every setting that bears on a decision changes the configuration's digest, each to a different one", () => {
    const changes: readonly Partial<AuthorizerSettings>[] = [
      {},
      { timeZone: "UTC" },
      { countries: [] },
      { geo: "cloudfront" },
      { deviceClaimCap: "low" },
      { devicePostureMaxAge: 60 },
      { acrValues: { mfa: ["other"] } },
      { segmentLimits: { admin: { maxTokenAge: 60 } } },
      { network: { proxy: "http://proxy.example:3128" } },
      { publicOrigins: { "a1/prod": ["https://api.example.com"] } },
      { dpop: { maxAge: 10 } },
      { webSocket: { queryParameter: "token" } },
      withIssuer({ issuer: "https://other.example.com" }),
      withIssuer({ preset: "auth0" }),
      withIssuer({ audience: ["other"] }),
      withIssuer({ jwksUri: "https://id.example.com/keys" }),
      withIssuer({ keysStaleFor: 60 }),
      withIssuer({ profile: "rfc9068" }),
      withIssuer({ algorithms: ["ES256"] }),
      withIssuer({ leeway: 0 }),
      withIssuer({ maxTokenAge: 60 }),
      withIssuer({ maxAuthenticationAge: 60 }),
      withIssuer({ boundTokens: "refused" }),
      withIssuer({ claims: { roles: "groups" } }),
      { issuers: [issuer, { ...issuer, issuer: "https://second.example.com" }] },
    ];
    expect(new Set(changes.map(digestOf)).size).toBe(changes.length);
  });

  test("an authority that may sign issuers' certificates counts by its content, whatever its line endings", () => {
    const authority = (text: string) => {
      const extraAuthority = join(folder, `${Math.random()}.pem`);
      writeFileSync(extraAuthority, text);
      return decisionDigests({ settings, policies: NO_POLICIES, extraAuthority }).configuration;
    };
    expect(authority("one\r\n")).toBe(authority("one\n"));
    expect(authority("two\n")).not.toBe(authority("one\n"));
    expect(authority("one\n")).not.toBe(digestOf());
  });

  test("what only CloudFormation knows counts by its reference, so that two syntheses of one app agree", () => {
    const synthesized = (parameter: string) => {
      const app = new App();
      // Tokens are numbered within a process: another one first gives the same reference another
      // number.
      new CfnParameter(new Stack(app, "Other"), "Unrelated").valueAsString;
      const stack = new Stack(app, "Own");
      const { valueAsString } = new CfnParameter(stack, parameter);
      const inputs = {
        settings: { ...settings, ...withIssuer({ audience: [valueAsString] }) },
        policies: NO_POLICIES,
      };
      return decisionDigests(inputs, (known) => stack.resolve(known)).configuration;
    };
    expect(synthesized("ClientId")).toBe(synthesized("ClientId"));
    expect(synthesized("OtherClientId")).not.toBe(synthesized("ClientId"));
  });
});
