import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { UserPool, UserPoolClient } from "aws-cdk-lib/aws-cognito";
import { BUNDLE_FILE, ENV } from "../../../contract/environment.ts";
import type { AuthorizerSettings } from "../../../contract/settings.ts";
import { authorizerSettings, scorerSettings } from "../../../lib/functions/function-settings.ts";
import { placeSettings } from "../../../lib/functions/settings-placement.ts";
import { SallyportCore } from "../../../lib/sallyport-core.ts";
import type { IssuerPreset } from "../../../verification/issuers/products.ts";
import { bareApp, configure, manyIssuers, NO_POLICIES, resourcesOf } from "../../support/lib/synthesize.ts";

const settings = authorizerSettings(configure());

/** A stack with a user pool, and settings that trust it. */
function withUserPool(more: Partial<AuthorizerSettings<IssuerPreset>> = {}) {
  const stack = new Stack(bareApp(), "Own");
  const pool = new UserPool(stack, "Pool");
  const client = new UserPoolClient(stack, "Client", { userPool: pool });
  const issuer = {
    preset: "cognito",
    issuer: pool.userPoolProviderUrl,
    audience: [client.userPoolClientId],
  } as const;
  return {
    stack,
    issuer,
    settings: { ...settings, issuers: [issuer], ...more } satisfies AuthorizerSettings<IssuerPreset>,
  };
}

const coreOf = (stack: Stack, authorizer: AuthorizerSettings<IssuerPreset>) =>
  new SallyportCore(stack, "Core", {
    authorizer,
    scorer: scorerSettings(configure()),
    policies: NO_POLICIES,
  });

test("settings that are known are in the file, with any content", () => {
  const odd = { ...settings, acrValues: { mfa: ["$" + "{Token}", "#{x}", 'a"b'] } };
  expect(placeSettings(new Stack(), odd)).toEqual({
    environment: {},
    companions: [{ name: BUNDLE_FILE.settings, content: JSON.stringify(odd) }],
  });
});

test.each<[string, (stack: Stack) => AuthorizerSettings]>([
  ["a text", ({ region }) => ({ ...settings, timeZone: region })],
  ["part of a text", ({ region }) => ({ ...settings, timeZone: `Europe/${region}` })],
  ["a list", ({ availabilityZones }) => ({ ...settings, countries: availabilityZones })],
  ["a name", ({ region }) => ({ ...settings, acrValues: { [region]: [] } })],
])("%s that CloudFormation alone knows keeps the settings out of the file", (_, change) => {
  const stack = new Stack();
  const placed = placeSettings(stack, change(stack));
  expect(placed.companions).toEqual([]);
  expect(Object.keys(placed.environment)).toEqual([ENV.settings]);
});

test("a user pool of the same app is named in the environment, and the rest is JSON around it", () => {
  const { stack, settings: own } = withUserPool();
  coreOf(stack, own);
  const functions = Object.values(resourcesOf(Template.fromStack(stack), "AWS::Lambda::Function"));
  const [variable] = functions.flatMap(
    ({ Properties }) => Properties.Environment?.Variables?.[ENV.settings] ?? [],
  );
  const [, parts] = variable["Fn::Join"] as [string, (string | Record<string, unknown>)[]];
  const references = parts.filter((part) => typeof part !== "string");
  expect(references).toEqual([
    { "Fn::GetAtt": [expect.stringMatching(/^Pool/), "ProviderURL"] },
    { Ref: expect.stringMatching(/^Client/) },
  ]);
  const deployed = parts.map((part) =>
    typeof part === "string" ? part : `known-${references.indexOf(part)}`,
  );
  expect(JSON.parse(deployed.join(""))).toEqual({
    ...own,
    issuers: [{ preset: "cognito", issuer: "known-0", audience: ["known-1"] }],
  });
});

test("such settings share 4 KB, and are refused by the variable's name when they are too long", () => {
  const { stack, issuer } = withUserPool();
  const more = authorizerSettings(configure({ issuers: manyIssuers(40) })).issuers;
  expect(() => coreOf(stack, { ...settings, issuers: [issuer, ...more] })).toThrow(
    /Own\/Core\/Authorizer\/Node: .* the largest part is SALLYPORT_SETTINGS/,
  );
});
