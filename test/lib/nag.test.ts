import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type App, Stack } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { composeApp } from "../../lib/compose-app.ts";
import { SallyportAuthorizer } from "../../lib/sallyport-authorizer.ts";
import { bareApp, configure, NO_POLICIES } from "./synthesize.ts";

interface Report {
  readonly pluginReports: readonly {
    readonly violations?: readonly { readonly ruleName: string }[];
    readonly suppressedViolations?: readonly unknown[];
  }[];
}

/** Synthesizes with the validation plugins on; answers the names of the rules that were broken. */
function brokenRules(app: App): string[] {
  let failed = false;
  try {
    app.synth();
  } catch {
    failed = true;
  }
  const report = JSON.parse(readFileSync(join(app.outdir, "validation-report.json"), "utf8")) as Report;
  const broken = report.pluginReports.flatMap(({ violations }) => violations ?? []);
  expect(failed).toBe(broken.length > 0);
  return broken.map(({ ruleName }) => ruleName);
}

test.each([
  ["as delivered", {}],
  [
    "with everything turned on",
    {
      tracing: true,
      archiveDays: 7,
      driftMinutes: 60,
      alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:x",
      attach: { accounts: ["444455556666"], organization: "o-a1b2c3d4e5" },
    },
  ],
])("both stacks break no AwsSolutions rule, %s", (_, parts) => {
  const app = bareApp();
  composeApp(app, configure({ demo: true, ...parts }), NO_POLICIES);
  expect(brokenRules(app)).toEqual([]);
});

test("a role to ask by breaks no AwsSolutions rule in the API's own stack", () => {
  const app = bareApp();
  composeApp(app, configure(), NO_POLICIES);
  SallyportAuthorizer.fromParameter().invokeRole(new Stack(app, "Orders"), "AskSallyport");
  expect(brokenRules(app)).toEqual([]);
});

test("a finding that no one acknowledged fails synthesis", () => {
  const app = bareApp();
  const { sallyport } = composeApp(app, configure(), NO_POLICIES);
  new Bucket(sallyport, "Careless");
  expect(brokenRules(app).join()).toContain("AwsSolutions-S1");
});
