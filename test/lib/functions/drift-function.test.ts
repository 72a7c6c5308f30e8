import { Match } from "aws-cdk-lib/assertions";
import { resourcesOf, synthesize } from "../../support/lib/synthesize.ts";

const { core } = synthesize({ driftMinutes: 30 });

const statements = Object.values(resourcesOf(core, "AWS::IAM::Policy"))
  .filter(({ Properties }) => /Drift/.test(Properties.Roles[0].Ref))
  .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

test("there is none unless it is asked for", () => {
  const { core: without } = synthesize();
  expect(JSON.stringify(without.toJSON())).not.toMatch(/lambda\/drift|DriftNode/);
});

test("it runs as often as configured, sets no concurrency aside, and failed runs are kept", () => {
  core.hasResourceProperties("AWS::Events::Rule", {
    ScheduleExpression: "rate(30 minutes)",
    Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
  });
  core.hasResourceProperties("AWS::Lambda::Function", {
    Description: "Sallyport: checks attached APIs for drift",
    // An account whose quota is 10 executions has none to set aside.
    ReservedConcurrentExecutions: Match.absent(),
    Timeout: 900,
  });
});

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html */
test("it may read APIs' configuration, by the ARNs that API Gateway has for it, and change none", () => {
  const granted = statements
    .filter(({ Action }) => [Action].flat().some((action) => action.startsWith("apigateway:")))
    .map(({ Action, Resource }) => [Action, [Resource].flat().map(written).sort()]);
  expect(granted).toEqual([
    [
      "apigateway:GET",
      ["/apis/*", "/domainnames", "/domainnames/*", "/restapis/*"].map(
        (path) => `arn:{AWS::Partition}:apigateway:{AWS::Region}::${path}`,
      ),
    ],
    [
      "apigateway:ListRoutingRules",
      ["arn:{AWS::Partition}:apigateway:{AWS::Region}:{AWS::AccountId}:/domainnames/*/routingrules/*"],
    ],
  ]);
});

const written = (joined: { readonly "Fn::Join": readonly [string, readonly unknown[]] }): string =>
  joined["Fn::Join"][1]
    .map((part) => (typeof part === "string" ? part : `{${(part as { Ref: string }).Ref}}`))
    .join("");

test("it reads attachments, and writes its own ledgers alone", () => {
  const onTable = statements.filter(({ Action }) => JSON.stringify(Action).includes("dynamodb:"));
  expect(
    onTable.map(({ Action, Condition }) => [
      [Action].flat(),
      Condition["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"],
    ]),
  ).toEqual([
    [["dynamodb:Query"], ["ATTACHMENT"]],
    [["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query"], ["DRIFT"]],
  ]);
});

test("an alarm notifies someone when APIs cannot be checked", () => {
  core.hasResourceProperties("AWS::CloudWatch::Alarm", {
    MetricName: "DriftFailures",
    Dimensions: [{ Name: "service", Value: "sallyport-drift" }],
  });
});
