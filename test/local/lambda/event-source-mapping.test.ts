import { loadAssembly } from "../../../local/cloudformation/template.ts";
import { type Pollers, startPollers } from "../../../local/lambda/event-source-mapping.ts";
import type { InvokeResult } from "../../../local/lambda/runtime-messages.ts";
import { createQueue, type LocalQueue } from "../../../local/sqs/queue.ts";
import { eventually, type Fixture, writeAssembly } from "../../support/shop/assembly.ts";

jest.setTimeout(30_000);

const ARN = "arn:aws:sqs:eu-central-1:000000000000:work";
const OPTIONS = { region: "eu-central-1", accountId: "000000000000", queueUrl: (name: string) => name };

interface Batch {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}
const open: { pollers: Pollers; queue: LocalQueue }[] = [];
const fixtures: Fixture[] = [];
afterEach(async () => {
  for (const { pollers, queue } of open.splice(0)) {
    await pollers.close();
    queue.close();
  }
  for (const fixture of fixtures.splice(0)) fixture.remove();
});

function start(
  properties: Readonly<Record<string, unknown>>,
  answer: (batch: Batch) => unknown,
): { queue: LocalQueue; batches: Batch[] } {
  const Mapping = {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: { EventSourceArn: ARN, FunctionName: "worker", ...properties },
  };
  const fixture = writeAssembly({ One: { Resources: { Mapping } } });
  fixtures.push(fixture);
  const settings = {
    name: "work",
    arn: ARN,
    visibilityTimeout: 50,
    delay: 0,
    receiveWait: 0,
    largestMessage: 9999,
  };
  const queue: LocalQueue = createQueue(settings, () => queue);
  const batches: Batch[] = [];
  const pollers = startPollers(loadAssembly(fixture.dir, OPTIONS), {
    queueByArn: () => queue,
    invoke: async (_, payload): Promise<InvokeResult> => {
      batches.push(payload as Batch);
      const result = answer(payload as Batch);
      return result instanceof Error
        ? { status: "error", errorType: result.name, errorMessage: result.message, durationMs: 0 }
        : { status: "ok", payload: result, durationMs: 0, cold: false };
    },
  });
  open.push({ pollers, queue });
  return { queue, batches };
}

const emptied = (queue: LocalQueue) => eventually(() => (queue.bodies().length === 0 ? true : undefined));

test("a function gets records in Lambda's form, and what it took leaves the queue", async () => {
  const { queue, batches } = start({}, () => null);
  const { messageId, md5OfBody } = queue.send("hello", { a: { DataType: "String", StringValue: "1" } });
  await emptied(queue);
  expect(batches).toMatchObject([
    {
      Records: [
        {
          messageId,
          md5OfBody,
          body: "hello",
          attributes: { ApproximateReceiveCount: "1" },
          messageAttributes: { a: { stringValue: "1", dataType: "String" } },
          eventSource: "aws:sqs",
          eventSourceARN: ARN,
          awsRegion: "eu-central-1",
        },
      ],
    },
  ]);
});

test("a batch fills up within its window", async () => {
  const { queue, batches } = start(
    { BatchSize: 12, MaximumBatchingWindowInSeconds: 5, ScalingConfig: { MaximumConcurrency: 1 } },
    () => null,
  );
  for (let index = 0; index < 12; index += 1) queue.send(`${index}`);
  await emptied(queue);
  expect(batches.map(({ Records }) => Records.length)).toEqual([12]);
});

test("a failed batch comes again after its visibility timeout", async () => {
  let fails = 2;
  const { queue, batches } = start({}, () => (fails-- > 0 ? new Error("no") : null));
  queue.send("x");
  await emptied(queue);
  expect(batches).toHaveLength(3);
});

const ofBodies = ({ Records }: Batch, wanted: string) => ({
  batchItemFailures: Records.filter(({ body }) => body === wanted).map(({ messageId }) => ({
    itemIdentifier: messageId,
  })),
});

test("only the messages that a function reports come again, if the mapping says that it reports", async () => {
  let fails = 1;
  const mapping = {
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    ScalingConfig: { MaximumConcurrency: 1 },
  };
  const { queue, batches } = start(mapping, (batch) =>
    fails-- > 0 ? ofBodies(batch, "b") : ofBodies(batch, ""),
  );
  for (const body of ["a", "b", "c"]) queue.send(body);
  await emptied(queue);
  expect(batches.map(({ Records }) => Records.map(({ body }) => body))).toEqual([["a", "b", "c"], ["b"]]);
});

test("without that, a report is not looked at", async () => {
  const { queue, batches } = start({}, (batch) => ofBodies(batch, "a"));
  queue.send("a");
  await emptied(queue);
  expect(batches).toHaveLength(1);
});

test.each<[string, unknown]>([
  ["names a stranger", { batchItemFailures: [{ itemIdentifier: "nobody" }] }],
  ["names nothing", { batchItemFailures: [{ itemIdentifier: "" }] }],
  ["is no list", { batchItemFailures: "all" }],
  ["lists no objects", { batchItemFailures: [null] }],
])("a report that %s fails the whole batch", async (_, report) => {
  let fails = 1;
  const mapping = { FunctionResponseTypes: ["ReportBatchItemFailures"] };
  const { queue, batches } = start(mapping, () => (fails-- > 0 ? report : {}));
  queue.send("a");
  await emptied(queue);
  expect(batches).toHaveLength(2);
});

test("a mapping that is not enabled does not poll", async () => {
  const { queue } = start({ Enabled: false }, () => null);
  queue.send("stays");
  await new Promise((resolve) => setImmediate(resolve));
  expect(queue.count()).toMatchObject({ visible: 1 });
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ["a stream", { EventSourceArn: "arn:aws:dynamodb:eu-central-1:000000000000:table/x/stream/y" }],
  ["a filter", { FilterCriteria: { Filters: [{ Pattern: "{}" }] } }],
])("%s is an error", (_, properties) => {
  expect(() => start(properties, () => null)).toThrow("must read from a queue, without a filter");
});
