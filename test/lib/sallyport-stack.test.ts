import { Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Key } from "aws-cdk-lib/aws-kms";
import { ACCESS_EVENT } from "../../contract/bus.ts";
import { SERVICE } from "../../contract/service.ts";
import { authorizerSettings, scorerSettings } from "../../lib/functions/function-settings.ts";
import { SallyportCore } from "../../lib/sallyport-core.ts";
import { bareApp, configure, NO_POLICIES, resourcesOf, synthesize } from "../support/lib/synthesize.ts";

const { core } = synthesize();
/** All functions but the one that the configuration must ask for */
const FUNCTIONS = Object.keys(SERVICE).filter((name) => name !== "drift");

test("the table is on demand, restorable, protected, kept and expires items by contract", () => {
  core.hasResource("AWS::DynamoDB::GlobalTable", {
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
    Properties: {
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
      SSESpecification: { SSEEnabled: false },
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
      GlobalSecondaryIndexes: Match.absent(),
    },
  });
});

test("every function runs Node 24 on ARM64 with its own log group and role", () => {
  const functions = Object.values(resourcesOf(core, "AWS::Lambda::Function")).map(
    ({ Properties }) => Properties,
  );
  expect(functions).toHaveLength(FUNCTIONS.length);
  for (const properties of functions) {
    expect(properties).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
    });
    expect(properties.TracingConfig).toBeUndefined();
  }
  const distinct = (pick: (properties: (typeof functions)[number]) => unknown) =>
    new Set(functions.map((properties) => JSON.stringify(pick(properties)))).size;
  expect(distinct(({ LoggingConfig }) => LoggingConfig.LogGroup)).toBe(FUNCTIONS.length);
  expect(distinct(({ Role }) => Role)).toBe(FUNCTIONS.length);
  core.allResources("AWS::Logs::LogGroup", { DeletionPolicy: "Retain", Properties: { RetentionInDays: 90 } });
});

test("the authorizer's environment names its table and bus, and nothing else", () => {
  core.hasResourceProperties("AWS::Lambda::Function", {
    Timeout: 5,
    MemorySize: 512,
    ReservedConcurrentExecutions: Match.absent(),
    Environment: {
      Variables: {
        SALLYPORT_TABLE: { Ref: Match.stringLikeRegexp("RiskTable") },
        SALLYPORT_BUS: { Ref: Match.stringLikeRegexp("AccessBus") },
      },
    },
  });
});

test("the scorer runs on access events, twice retried, and what fails is kept", () => {
  core.hasResourceProperties("AWS::Events::Rule", {
    EventBusName: { Ref: Match.stringLikeRegexp("AccessBus") },
    EventPattern: { source: [ACCESS_EVENT.source], "detail-type": [ACCESS_EVENT.detailType] },
    Targets: [
      Match.objectLike({
        DeadLetterConfig: { Arn: Match.anyValue() },
        RetryPolicy: { MaximumEventAgeInSeconds: 21600, MaximumRetryAttempts: 185 },
      }),
    ],
  });
  core.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 21600,
  });
  core.hasResourceProperties("AWS::Lambda::Function", {
    Timeout: 30,
    DeadLetterConfig: { TargetArn: Match.anyValue() },
    Environment: {
      Variables: {
        SALLYPORT_TABLE: { Ref: Match.stringLikeRegexp("RiskTable") },
        SALLYPORT_FINDINGS_QUEUE_URL: { Ref: Match.stringLikeRegexp("Findings") },
      },
    },
  });
});

test("findings wait in a queue that outlasts the function and ends in a dead-letter queue", () => {
  core.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
    BatchSize: 10,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    ScalingConfig: { MaximumConcurrency: 2 },
  });
  core.hasResourceProperties("AWS::SQS::Queue", {
    VisibilityTimeout: 180,
    MessageRetentionPeriod: 14 * 24 * 3600,
    RedrivePolicy: { maxReceiveCount: 200, deadLetterTargetArn: Match.anyValue() },
  });
});

test("every queue is encrypted, refuses plain HTTP and is kept for 14 days", () => {
  const queues = resourcesOf(core, "AWS::SQS::Queue");
  expect(Object.keys(queues)).not.toEqual([]);
  const sealed = Object.values(resourcesOf(core, "AWS::SQS::QueuePolicy"))
    .filter(({ Properties }) =>
      Properties.PolicyDocument.Statement.some(
        (statement: { Effect: string; Condition?: { Bool?: Record<string, string> } }) =>
          statement.Effect === "Deny" && statement.Condition?.Bool?.["aws:SecureTransport"] === "false",
      ),
    )
    .flatMap(({ Properties }) => Properties.Queues.map(({ Ref }: { Ref: string }) => Ref));
  expect(sealed.toSorted()).toEqual(Object.keys(queues).toSorted());
  core.allResourcesProperties("AWS::SQS::Queue", {
    SqsManagedSseEnabled: true,
    MessageRetentionPeriod: 14 * 24 * 3600,
  });
});

test("other stacks find authorizer, table and bus by output and by SSM parameter", () => {
  for (const name of ["authorizer-arn", "table-name", "event-bus-name"]) {
    core.hasResourceProperties("AWS::SSM::Parameter", { Name: `/sallyport/${name}`, Type: "String" });
  }
  for (const output of ["AuthorizerArn", "TableName", "EventBusName"]) core.hasOutput(output, {});
});

describe("what the configuration changes", () => {
  const topic = "arn:aws:sns:eu-central-1:123456789012:alarms";
  const { core: changed, sallyport } = synthesize({
    tableDeletionProtection: false,
    archiveDays: 30,
    tracing: true,
    logRetentionDays: 7,
    authorizer: { memory: 1024, reservedConcurrency: 40 },
    parameterPrefix: "/security/gate",
    alarmTopicArn: topic,
    region: "eu-central-1",
  });

  test("protection, archive, tracing, log retention, memory and concurrency", () => {
    changed.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
      Replicas: [Match.objectLike({ DeletionProtectionEnabled: false })],
    });
    changed.hasResourceProperties("AWS::Events::Archive", { RetentionDays: 30 });
    changed.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 7 });
    changed.allResourcesProperties("AWS::Lambda::Function", { TracingConfig: { Mode: "Active" } });
    changed.hasResourceProperties("AWS::Lambda::Function", {
      MemorySize: 1024,
      ReservedConcurrentExecutions: 40,
    });
  });

  test("every alarm notifies the topic", () => {
    changed.allResourcesProperties("AWS::CloudWatch::Alarm", { AlarmActions: [topic] });
  });

  test("parameters and Region", () => {
    changed.hasResourceProperties("AWS::SSM::Parameter", { Name: "/security/gate/table-name" });
    expect(sallyport.region).toBe("eu-central-1");
  });
});

test("a permissions boundary bounds every role of both stacks", () => {
  const boundary = "arn:aws:iam::123456789012:policy/team/Boundary";
  const { core: bounded, demo } = synthesize({ permissionsBoundary: boundary, demo: true, driftMinutes: 60 });
  for (const template of [bounded, Template.fromStack(demo as Stack)]) {
    expect(Object.keys(resourcesOf(template, "AWS::IAM::Role"))).not.toEqual([]);
    template.allResourcesProperties("AWS::IAM::Role", { PermissionsBoundary: boundary });
  }
  expect(() => configure({ permissionsBoundary: "Boundary" })).toThrow(/ARN of a managed policy/);
});

test("a customer key may be used through DynamoDB alone", () => {
  const stack = new Stack(bareApp(), "Own", { env: { region: "eu-central-1" } });
  const configuration = configure();
  new SallyportCore(stack, "Core", {
    authorizer: authorizerSettings(configuration),
    scorer: scorerSettings(configuration),
    policies: NO_POLICIES,
    tableKey: new Key(stack, "Key"),
  });
  const statements = Object.values(resourcesOf(Template.fromStack(stack), "AWS::IAM::Policy"))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => JSON.stringify(Action).includes("kms:"));
  expect(statements).toHaveLength(2);
  for (const { Condition } of statements) {
    expect(JSON.stringify(Condition)).toContain("kms:ViaService");
  }
});

test("props are left as they were", () => {
  const stack = new Stack(bareApp(), "Own");
  const configuration = configure();
  const freeze = <T extends object>(value: T): T => {
    for (const inner of Object.values(value)) if (typeof inner === "object" && inner !== null) freeze(inner);
    return Object.freeze(value);
  };
  const props = freeze({
    authorizer: authorizerSettings(configuration),
    scorer: scorerSettings(configuration),
    policies: { ...NO_POLICIES },
  });
  expect(() => new SallyportCore(stack, "Core", props)).not.toThrow();
});
