import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type App, CfnResource, Duration, Stack } from "aws-cdk-lib";
import { WebSocketApi } from "aws-cdk-lib/aws-apigatewayv2";
import { WebSocketMockIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Key } from "aws-cdk-lib/aws-kms";
import { Bucket } from "aws-cdk-lib/aws-s3";
import type { ConfigurationInput } from "../../configuration/schema.ts";
import { restAuthorizer, webSocketAuthorizer } from "../../lib/attach/gateway-authorizers.ts";
import { SallyportAuthorizer } from "../../lib/attach/sallyport-authorizer.ts";
import { composeApp } from "../../lib/compose-app.ts";
import { authorizerSettings, scorerSettings } from "../../lib/functions/function-settings.ts";
import { SallyportCore } from "../../lib/sallyport-core.ts";
import { complaint, ordersSite, restApi, withoutBoundTokens } from "../support/lib/orders-site.ts";
import { bareApp, configure, NO_POLICIES } from "../support/lib/synthesize.ts";

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

// The only tests that apply CDK's own rules for templates, so every part that changes a template is
// turned on here.
const EVERYTHING: Partial<ConfigurationInput> = {
  issuers: [
    {
      preset: "oidc",
      issuer: "https://id.example.com",
      audience: ["api"],
      jwksUri: "https://id.example.com/keys",
      introspection: {
        endpoint: "https://id.example.com/introspect",
        clientId: "gateway",
        clientSecretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway/client-AbCdEf",
      },
    },
  ],
  region: "eu-west-1",
  tracing: true,
  archiveDays: 7,
  driftMinutes: 60,
  attach: { accounts: ["444455556666"], organization: "o-a1b2c3d4e5" },
  logRetentionDays: 7,
  tableDeletionProtection: false,
  authorizer: { memory: 1024, reservedConcurrency: 40 },
  parameterPrefix: "/security/gate",
  alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:x",
  webSocket: { queryParameter: "access_token" },
  cors: { allowOrigin: "https://app.example.com" },
};

test.each([
  ["as delivered", {}],
  ["with everything turned on", EVERYTHING],
])("both stacks break no AwsSolutions rule and none of CDK's own, %s", (_, parts) => {
  const app = bareApp({ withRulesOfCdk: true });
  composeApp(app, configure({ demo: true, ...parts }), NO_POLICIES);
  expect(brokenRules(app)).toEqual([]);
});

// What `cdk init` turns on; @aws-cdk/core:enablePartitionLiterals changes the ids of cdk-nag.
const flags = JSON.parse(
  readFileSync(require.resolve("aws-cdk-lib/recommended-feature-flags.json"), "utf8"),
) as Record<string, unknown>;

test.each(["eu-west-1", "us-gov-west-1", "cn-north-1", undefined])(
  "both stacks break no AwsSolutions rule under every flag of `cdk init`, in Region %s",
  (region) => {
    expect(flags).toHaveProperty("@aws-cdk/core:enablePartitionLiterals", true);
    const app = bareApp({ flags });
    // The extension that reads secrets is not in every partition, and these flags put warnings,
    // such as that of tokens in queries, into the report.
    const { region: _, issuers, webSocket, ...parts } = EVERYTHING;
    const inRegion = region === undefined ? {} : { region };
    composeApp(app, configure({ demo: true, ...parts, ...inRegion }), NO_POLICIES);
    expect(brokenRules(app)).toEqual([]);
  },
);

test("a role to ask by breaks no AwsSolutions rule in the API's own stack", () => {
  const app = bareApp();
  composeApp(app, configure(), NO_POLICIES);
  SallyportAuthorizer.fromParameter().invokeRole(new Stack(app, "Orders"), "AskSallyport");
  expect(brokenRules(app)).toEqual([]);
});

test("a core with a customer key, a guarded WebSocket API and a caching REST API break none of CDK's own", () => {
  const { app, stack, authorizer } = ordersSite(withoutBoundTokens(), bareApp({ withRulesOfCdk: true }));
  const configuration = configure();
  const keyed = new Stack(app, "Keyed", { env: { region: "eu-west-1" } });
  new SallyportCore(keyed, "Core", {
    authorizer: authorizerSettings(configuration),
    scorer: scorerSettings(configuration),
    policies: NO_POLICIES,
    tableKey: new Key(keyed, "Key"),
  });
  new WebSocketApi(stack, "Socket", {
    connectRouteOptions: {
      integration: new WebSocketMockIntegration("Connect"),
      authorizer: webSocketAuthorizer("Authorizer", { authorizer }),
    },
  });
  restApi(
    stack,
    restAuthorizer(stack, "Rest", {
      authorizer,
      resultCacheTtl: Duration.seconds(5),
      geo: "none",
      boundTokens: "refused",
    }),
  );
  expect(complaint(app)).toEqual("");
});

test("a finding that no one acknowledged fails synthesis", () => {
  const app = bareApp();
  const { sallyport } = composeApp(app, configure(), NO_POLICIES);
  new Bucket(sallyport, "Careless");
  expect(brokenRules(app).join()).toContain("AwsSolutions-S1");
});

test("a template that breaks a rule of CDK's own fails synthesis", () => {
  const app = bareApp({ withRulesOfCdk: true });
  const stack = new Stack(app, "Own");
  new CfnResource(stack, "Careless", { type: "AWS::SQS::Queue", properties: { VisibilityTimeout: "soon" } });
  expect(brokenRules(app)).toEqual(["F3012"]);
});
