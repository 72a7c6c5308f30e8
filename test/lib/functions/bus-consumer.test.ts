import { App, Duration, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { EventBus } from "aws-cdk-lib/aws-events";
import { Topic } from "aws-cdk-lib/aws-sns";
import { METRIC } from "../../../contract/metrics.ts";
import { SERVICE } from "../../../contract/service.ts";
import { BusConsumer } from "../../../lib/functions/bus-consumer.ts";

function templateOf(): Template {
  const stack = new Stack(new App({ analyticsReporting: false }), "Stack");
  const action = new SnsAction(new Topic(stack, "Alarms"));
  new BusConsumer(stack, "Consumer", {
    name: "drift",
    description: "A consumer",
    deadLetters: "Things",
    timeout: Duration.seconds(30),
    maxEventAge: Duration.hours(2),
    rule: {
      id: "Each",
      eventBus: new EventBus(stack, "Bus"),
      eventPattern: { source: ["somewhere"] },
      retryAttempts: 9,
    },
    says: { errors: "It failed", throttles: "It was throttled" },
    alarms: { OwnAlarm: { metric: METRIC.driftFailures, says: "Its own trouble" } },
    alarmActions: [action],
  });
  return Template.fromStack(stack);
}

const template = templateOf();
const [deadLetterQueue] = Object.keys(template.findResources("AWS::SQS::Queue"));
const deadLetterArn = { "Fn::GetAtt": [deadLetterQueue, "Arn"] };

test("An event that Lambda does not take is retried within its age and then goes to the dead-letter queue", () => {
  template.hasResourceProperties("AWS::Events::Rule", {
    EventPattern: { source: ["somewhere"] },
    Targets: [
      Match.objectLike({
        DeadLetterConfig: { Arn: deadLetterArn },
        RetryPolicy: { MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 9 },
      }),
    ],
  });
});

test("An event that the function fails on is retried twice and then goes to the same dead-letter queue", () => {
  template.hasResourceProperties("AWS::Lambda::Function", { DeadLetterConfig: { TargetArn: deadLetterArn } });
  template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
    MaximumEventAgeInSeconds: 7200,
    MaximumRetryAttempts: 2,
  });
});

test("Every way to lose or delay an event has an alarm that notifies", () => {
  const alarms = Object.values(template.findResources("AWS::CloudWatch::Alarm")).map(
    ({ Properties }) => Properties,
  );
  expect(alarms.map(({ MetricName }) => MetricName).toSorted()).toEqual(
    ["ApproximateNumberOfMessagesVisible", "Errors", "Throttles", METRIC.driftFailures].toSorted(),
  );
  for (const { AlarmActions } of alarms) expect(AlarmActions).toHaveLength(1);
});

test("An alarm on a metric of the function's own has the dimension that the function emits", () => {
  template.hasResourceProperties("AWS::CloudWatch::Alarm", {
    MetricName: METRIC.driftFailures,
    Dimensions: [{ Name: "service", Value: SERVICE.drift }],
  });
});

test("A consumer may do nothing but write its log and fill its dead-letter queue", () => {
  const [policy] = Object.values(template.findResources("AWS::IAM::Policy"));
  const actions = policy?.Properties.PolicyDocument.Statement.flatMap(
    ({ Action }: { Action: string }) => Action,
  );
  expect(actions.toSorted()).toEqual(["logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"]);
});
