import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createReadRiskState } from "../../aws/dynamodb/risk-table.ts";
import { ENV } from "../../contract/environment.ts";
import { DEFAULT_FACTOR_RULES, DEFAULT_THRESHOLDS } from "../../domain/risk/risk-rules.ts";
import { loadAssembly } from "../../local/cloudformation/template.ts";
import { type SecurityHub, startSecurityHub } from "../../local/security-hub/security-hub.ts";
import { type Queues, startQueues } from "../../local/sqs/queues.ts";
import { startTable } from "../support/aws/dynalite.ts";
import { accessEvent } from "../support/domain/access-events.ts";
import { type Fixture, writeAssembly } from "../support/shop/assembly.ts";
import { clientConfig } from "../support/shop/clients.ts";

jest.setTimeout(30_000);

/** Both handlers against a table, a queue and a Security Hub that speak the real protocols. */
const OWNER = { region: "eu-central-1", accountId: "000000000000" };
const CONTEXT = { invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:scorer" };
let table: Awaited<ReturnType<typeof startTable>>;
let queues: Queues;
let hub: SecurityHub;
let fixture: Fixture;
let sqs: SQSClient;
let score: typeof import("../../lambda/scorer/handler.ts").handler;
let importAll: typeof import("../../lambda/findings/handler.ts").handler;
let lines: string[] = [];
const environment = { ...process.env };

beforeAll(async () => {
  table = await startTable();
  fixture = writeAssembly({
    One: { Resources: { Findings: { Type: "AWS::SQS::Queue", Properties: { QueueName: "findings" } } } },
  });
  queues = await startQueues(OWNER);
  queues.declare(loadAssembly(fixture.dir, { ...OWNER, queueUrl: queues.urlOf }));
  hub = await startSecurityHub(OWNER);
  sqs = new SQSClient(clientConfig(queues.endpoint));
  const endpoint = await table.client.config.endpoint?.();
  Object.assign(process.env, {
    AWS_REGION: OWNER.region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_DYNAMODB: `http://${endpoint?.hostname}:${endpoint?.port}`,
    AWS_ENDPOINT_URL_SQS: queues.endpoint,
    AWS_ENDPOINT_URL_SECURITYHUB: hub.endpoint,
    LAMBDA_TASK_ROOT: __dirname,
    POWERTOOLS_DEV: "true",
    POWERTOOLS_METRICS_DISABLED: "false",
    [ENV.tableName]: table.tableName,
    [ENV.findingsQueueUrl]: queues.urlOf("findings"),
    [ENV.settings]: JSON.stringify({
      timeZone: "UTC",
      geo: "none",
      rules: DEFAULT_FACTOR_RULES,
      thresholds: DEFAULT_THRESHOLDS,
    }),
  });
  score = (await import("../../lambda/scorer/handler.ts")).handler;
  importAll = (await import("../../lambda/findings/handler.ts")).handler;
});

afterAll(async () => {
  sqs.destroy();
  process.env = environment;
  await Promise.all([table.close(), queues.close(), hub.close()]);
  fixture.remove();
});

beforeEach(() => {
  lines = [];
  for (const method of ["log", "info", "error", "warn"] as const) {
    jest.spyOn(console, method).mockImplementation((...texts: unknown[]) => {
      lines.push(texts.map(String).join(" "));
    });
  }
});
afterEach(() => jest.restoreAllMocks());

/** Last night at 23:00 UTC: a profile of long ago would have expired by the handlers' clock. */
const NIGHT = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 3_600_000;
let user = "user-0";
const at = (second: number, city: readonly [number, number], path: string, agent: string) =>
  accessEvent({
    metadata: { uid: `${user}-${second}` },
    time: NIGHT + second * 1000,
    actor: { user: { type_id: 1, uid: user, domain: "https://id.example.com" } },
    http_response: null,
    src_endpoint: { location: { lat: city[0], long: city[1] } },
    http_request: { url: { path }, user_agent: agent },
  });
const [FRANKFURT, SINGAPORE] = [
  [50.11, 8.68],
  [1.35, 103.82],
] as const;
/** A score of 55, then of 75. */
const theft = () => [
  at(0, FRANKFURT, "/api/orders", "home"),
  at(60, SINGAPORE, "/api/orders", "other"),
  at(70, SINGAPORE, "/api/admin", "other"),
];
const steal = async (name: string) => {
  user = name;
  for (const detail of theft()) await score({ id: "bus", detail }, CONTEXT);
};

/** What SQS would hand to the function; gone from the queue, as if it had all been taken. */
async function drain() {
  const records: { messageId: string; body: string }[] = [];
  for (;;) {
    const input = { QueueUrl: queues.urlOf("findings"), MaxNumberOfMessages: 10 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
    if (Messages.length === 0) return { Records: records };
    for (const { MessageId = "", Body = "", ReceiptHandle } of Messages) {
      records.push({ messageId: MessageId, body: Body });
      await sqs.send(new DeleteMessageCommand({ QueueUrl: input.QueueUrl, ReceiptHandle }));
    }
  }
}

const metric = (name: string) =>
  lines.flatMap((line) => (line.includes('"_aws"') && line.includes(`"${name}"`) ? [JSON.parse(line)] : []));
const found = (subject: string) =>
  hub.findings().filter(({ Title }) => String(Title).endsWith(` ${subject}`));

test("from bus events to risk and to a finding that Security Hub's rules accept", async () => {
  await steal("anna");
  const state = await createReadRiskState(table.client, table.tableName)(
    { user: { issuer: "https://id.example.com", subject: "anna" } },
    NIGHT / 1000 + 100,
  );
  expect(state).toMatchObject({ status: "known", user: { score: 75, elevatedAt: NIGHT / 1000 + 70 } });
  expect(metric("RiskScore").map(({ RiskScore }) => RiskScore)).toEqual([15, 55, 75]);
  expect(metric("Findings").map(({ severity }) => severity)).toEqual(["MEDIUM", "HIGH"]);
  const batch = await drain();
  expect(batch.Records).toHaveLength(2);
  expect(await importAll(batch)).toEqual({ batchItemFailures: [] });
  expect(found("anna")).toMatchObject([{ Severity: { Label: "HIGH" }, RecordState: "ACTIVE" }]);
  expect(metric("ImportedFindings").map(({ ImportedFindings }) => ImportedFindings)).toEqual([1]);
});

test("an event that comes twice leads to no second finding", async () => {
  await steal("berta");
  await steal("berta");
  expect((await drain()).Records).toHaveLength(2);
});

test("where Security Hub is off every finding waits, the log says what to do, and nothing is lost", async () => {
  await steal("carla");
  const batch = await drain();
  hub.disable();
  const { batchItemFailures } = await importAll(batch);
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual(
    batch.Records.map(({ messageId }) => messageId).sort(),
  );
  expect(lines.join("\n")).toContain("turn it on in this account and Region");
  hub.enable();
  expect(await importAll(batch)).toEqual({ batchItemFailures: [] });
  expect(found("carla")).toHaveLength(1);
});

test("of two findings the refused one comes back alone", async () => {
  await steal("dora");
  await steal("emil");
  const batch = await drain();
  hub.refuseNext(1);
  const { batchItemFailures } = await importAll(batch);
  expect(batchItemFailures).toHaveLength(2);
  expect(found("dora").length + found("emil").length).toBe(1);
  expect(metric("RefusedFindings")).toHaveLength(1);
  expect(await importAll(batch)).toEqual({ batchItemFailures: [] });
  expect([found("dora").length, found("emil").length]).toEqual([1, 1]);
});

test("a throttled call fails its messages once the client's own attempts are used up", async () => {
  await steal("fred");
  const batch = await drain();
  hub.throttleNext(2);
  expect((await importAll(batch)).batchItemFailures).toHaveLength(2);
  expect(await importAll(batch)).toEqual({ batchItemFailures: [] });
});

test("an event that cannot be read is counted and logged, and its function does not fail", async () => {
  await score({ id: "bus-7", detail: { metadata: { uid: "x y" } } }, CONTEXT);
  expect(metric("UnreadableEvents")).toHaveLength(1);
  expect(lines.join("\n")).toContain("metadata.uid");
  await score({ id: "bus-8" }, CONTEXT);
  expect(metric("UnreadableEvents")).toHaveLength(2);
});

test("an unverified caller's event touches nothing", async () => {
  const forged = accessEvent({ actor: { user: { type_id: 0, uid: "anna" } } });
  await score({ id: "bus", detail: forged }, CONTEXT);
  expect(lines).toEqual([]);
});

test("a queue that is gone makes the function fail, so that the event is tried again; the risk stands", async () => {
  user = "gerd";
  const [first, second] = theft();
  await score({ id: "bus", detail: first }, CONTEXT);
  const other = process.env[ENV.findingsQueueUrl];
  process.env[ENV.findingsQueueUrl] = `${queues.endpoint}/000000000000/none`;
  jest.resetModules();
  const { handler } = await import("../../lambda/scorer/handler.ts");
  process.env[ENV.findingsQueueUrl] = other;
  await expect(handler({ id: "bus", detail: second }, CONTEXT)).rejects.toThrow();
  await score({ id: "bus", detail: second }, CONTEXT);
  expect((await drain()).Records).toHaveLength(1);
});

test("a function that is not configured does not start", async () => {
  const settings = process.env[ENV.settings];
  try {
    for (const [wrong, message] of [
      ["", /SALLYPORT_SETTINGS is not set, and .*settings\.json cannot be read/],
      ['{"timeZone":"Mars/Olympus"}', "time zone"],
    ] as const) {
      process.env[ENV.settings] = wrong;
      jest.resetModules();
      await expect(import("../../lambda/scorer/handler.ts")).rejects.toThrow(message);
    }
  } finally {
    process.env[ENV.settings] = settings;
  }
});
