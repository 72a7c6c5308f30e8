import { Match } from "aws-cdk-lib/assertions";
import { resourcesOf, synthesize } from "./synthesize.ts";

const { core } = synthesize({ driftMinutes: 30 });

const statements = Object.values(resourcesOf(core, "AWS::IAM::Policy"))
  .filter(({ Properties }) => /Drift/.test(Properties.Roles[0].Ref))
  .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
const actions = statements.flatMap(({ Action }) => Action);

test("there is none unless it is asked for", () => {
  const { core: without } = synthesize();
  expect(JSON.stringify(without.toJSON())).not.toMatch(/lambda\/drift|DriftNode/);
});

test("it runs as often as configured, one at a time, and failed runs are kept", () => {
  core.hasResourceProperties("AWS::Events::Rule", {
    ScheduleExpression: "rate(30 minutes)",
    Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
  });
  core.hasResourceProperties("AWS::Lambda::Function", {
    Description: "Sallyport: checks attached APIs for drift",
    ReservedConcurrentExecutions: 1,
    Timeout: 900,
  });
});

test("it may read APIs' configuration and change none", () => {
  expect(actions.filter((action) => action.startsWith("apigateway:"))).toEqual(["apigateway:GET"]);
  const [{ Resource }] = statements.filter(({ Action }) => Action === "apigateway:GET");
  expect(JSON.stringify(Resource)).not.toContain('"*"');
  expect(Resource).toHaveLength(4);
});

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

test("someone is told when APIs cannot be checked", () => {
  core.hasResourceProperties("AWS::CloudWatch::Alarm", {
    MetricName: "DriftFailures",
    Dimensions: [{ Name: "service", Value: "sallyport-drift" }],
  });
});
