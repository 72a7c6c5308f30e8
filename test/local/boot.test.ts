import { readdirSync, readFileSync } from "node:fs";
import { bootStack, type LocalStack } from "../../local/boot.ts";
import { eventually, type Fixture, functionResource, writeAssembly } from "../support/shop/assembly.ts";

jest.setTimeout(60_000);

/** Puts an event on the bus, as the authorizer does. */
const PUBLISHER = `
  import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
  const client = new EventBridgeClient({});
  export const handler = (detail) => client.send(new PutEventsCommand({ Entries: [
    { EventBusName: process.env.BUS, Source: "test", DetailType: "Access", Detail: JSON.stringify(detail) }] }));`;

/**
 * Counts in the table and hands over a finding, as the scorer does; fails where the event says so.
 */
const SCORER = `
  import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
  import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
  const [tables, queues] = [new DynamoDBClient({}), new SQSClient({})];
  export const handler = async ({ detail }) => {
    if (detail.poison) throw new Error("poison");
    const { Attributes } = await tables.send(new UpdateItemCommand({ TableName: process.env.TABLE, Key: { pk: { S: detail.user } },
      UpdateExpression: "ADD n :one", ExpressionAttributeValues: { ":one": { N: "1" } }, ReturnValues: "ALL_NEW" }));
    await queues.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: JSON.stringify({ user: detail.user, n: Attributes.n.N }) }));
  };`;

/** Imports findings, reporting those that were refused, as the findings function does. */
const IMPORTER = `
  import { BatchImportFindingsCommand, SecurityHubClient } from "@aws-sdk/client-securityhub";
  const client = new SecurityHubClient({ maxAttempts: 1 });
  const [region, account] = [process.env.AWS_REGION, "000000000000"];
  export const handler = async ({ Records }) => {
    const Findings = Records.map(({ messageId, body }) => ({
      SchemaVersion: "2018-10-08", Id: messageId, GeneratorId: "g", AwsAccountId: account, Title: body, Description: "d",
      ProductArn: "arn:aws:securityhub:" + region + ":" + account + ":product/" + account + "/default",
      Types: ["TTPs"], CreatedAt: new Date().toISOString(), UpdatedAt: new Date().toISOString(), Severity: { Label: "HIGH" },
      Resources: [{ Type: "Other", Id: "x" }] }));
    const { FailedFindings } = await client.send(new BatchImportFindingsCommand({ Findings }));
    return { batchItemFailures: (FailedFindings ?? []).map(({ Id }) => ({ itemIdentifier: Id })) };
  };`;

const attribute = { AttributeName: "pk", AttributeType: "S" };
const queue = (Properties: Readonly<Record<string, unknown>>) => ({ Type: "AWS::SQS::Queue", Properties });
const variables = (Variables: Readonly<Record<string, unknown>>) => ({ Environment: { Variables } });

const RESOURCES = {
  Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "access" } },
  Table: {
    Type: "AWS::DynamoDB::GlobalTable",
    Properties: { AttributeDefinitions: [attribute], KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }] },
  },
  Findings: queue({
    VisibilityTimeout: 2,
    RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["Lost", "Arn"] }, maxReceiveCount: 2 },
  }),
  Lost: queue({ QueueName: "lost" }),
  Unscored: queue({ QueueName: "unscored" }),
  Publisher: functionResource("publisher", variables({ BUS: { Ref: "Bus" } })),
  Scorer: functionResource("scorer", {
    ...variables({ TABLE: { Ref: "Table" }, QUEUE: { Ref: "Findings" } }),
    DeadLetterConfig: { TargetArn: { "Fn::GetAtt": ["Unscored", "Arn"] } },
  }),
  Importer: functionResource("importer"),
  Rule: {
    Type: "AWS::Events::Rule",
    Properties: {
      EventBusName: { Ref: "Bus" },
      EventPattern: { source: ["test"], detail: { user: [{ exists: true }] } },
      Targets: [{ Id: "0", Arn: { "Fn::GetAtt": ["Scorer", "Arn"] } }],
    },
  },
  MayScore: {
    Type: "AWS::Lambda::Permission",
    Properties: {
      Action: "lambda:InvokeFunction",
      FunctionName: { "Fn::GetAtt": ["Scorer", "Arn"] },
      Principal: "events.amazonaws.com",
      SourceArn: { "Fn::GetAtt": ["Rule", "Arn"] },
    },
  },
  Mapping: {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: {
      EventSourceArn: { "Fn::GetAtt": ["Findings", "Arn"] },
      FunctionName: { Ref: "Importer" },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    },
  },
};
const SOURCES = { publisher: PUBLISHER, scorer: SCORER, importer: IMPORTER };

let fixture: Fixture;
let stack: LocalStack;
const lines: string[] = [];

beforeAll(async () => {
  fixture = writeAssembly({ Ring: { Resources: RESOURCES } }, SOURCES);
  stack = await bootStack({
    assemblyDir: fixture.dir,
    environment: { NODE_NO_WARNINGS: "1" },
    onLog: ({ functionName, line }) => lines.push(`${functionName}: ${line}`),
  });
});
afterAll(async () => {
  await stack.close();
  await stack.close();
  expect(childrenOfThisProcess()).toEqual([]);
  fixture.remove();
});

const publish = (detail: unknown) => stack.functions.invoke("Ring-Publisher", detail);
const bodies = (name: string) => stack.queues.byArn(`arn:aws:sqs:eu-central-1:000000000000:${name}`).bodies();

/** Node processes whose parent this one is and that run the bootstrap. */
function childrenOfThisProcess(): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [, parent] = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return parent === `${process.pid}` && command.includes("runtime-bootstrap");
    } catch {
      return false;
    }
  });
}

test("an event goes all the way round, each function using its own SDK clients", async () => {
  const first = await publish({ user: "ann" });
  expect(first).toMatchObject({ status: "ok", payload: { FailedEntryCount: 0 } });
  const finding = await eventually(() => stack.securityHub.findings()[0]);
  expect(finding).toMatchObject({ Title: '{"user":"ann","n":"1"}', Severity: { Label: "HIGH" } });
  expect(lines).toEqual([]);
});

test("what a pattern does not match goes nowhere", async () => {
  await publish({ nobody: true });
  await stack.bus.idle();
  await stack.functions.idle();
  expect(stack.securityHub.findings().every(({ Title }) => Title.includes("ann"))).toBe(true);
  expect(bodies("unscored")).toEqual([]);
});

test("an event that its function cannot take ends in the function's dead-letter queue", async () => {
  await publish({ user: "eve", poison: true });
  await stack.bus.idle();
  await stack.functions.idle();
  expect(bodies("unscored").map((body) => JSON.parse(body) as unknown)).toMatchObject([
    { source: "test", detail: { user: "eve", poison: true } },
  ]);
  expect(lines.some((line) => line.startsWith("Ring-Scorer: Error: poison"))).toBe(true);
});

test("a finding that is refused once comes again and is taken", async () => {
  stack.securityHub.refuseNext(1);
  await publish({ user: "bob" });
  const finding = await eventually(() =>
    stack.securityHub.findings().find(({ Title }) => Title.includes("bob")),
  );
  expect(finding.Title).toBe('{"user":"bob","n":"1"}');
  expect(bodies("lost")).toEqual([]);
});

test("a finding that is never taken ends in the dead-letter queue", async () => {
  stack.securityHub.disable();
  await publish({ user: "joe" });
  const lost = await eventually(() => bodies("lost")[0]);
  expect(JSON.parse(lost)).toEqual({ user: "joe", n: "1" });
  stack.securityHub.enable();
});

test("Security Hub tells the default bus of each finding", async () => {
  const heard = new Promise((resolve) => {
    stack.bus.onEvent((event, bus) => {
      if (bus === "default") resolve(event);
    });
  });
  await publish({ user: "kim" });
  expect(await heard).toMatchObject({
    source: "aws.securityhub",
    "detail-type": "Security Hub Findings - Imported",
    detail: { findings: [{ Title: expect.stringContaining("kim") }] },
  });
});

test("every endpoint is on this machine only", () => {
  expect(stack.endpoints.map(({ name }) => name)).toEqual([
    "DynamoDB",
    "EventBridge",
    "SQS",
    "Security Hub",
    "API Gateway",
    "API Gateway v2",
    "Lambda",
    "STS",
  ]);
  for (const { url } of stack.endpoints) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});
