import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { loadAssembly } from "../../../local/cloudformation/template.ts";
import { type Queues, startQueues } from "../../../local/sqs/queues.ts";
import { eventually, type Fixture, writeAssembly } from "../../support/shop/assembly.ts";
import { clientConfig } from "../../support/shop/clients.ts";

jest.setTimeout(30_000);

const OWNER = { region: "eu-central-1", accountId: "000000000000" };
let fixture: Fixture;
let queues: Queues;
let client: SQSClient;

const queue = (Properties: Readonly<Record<string, unknown>>) => ({ Type: "AWS::SQS::Queue", Properties });

beforeAll(async () => {
  fixture = writeAssembly({
    One: {
      Resources: {
        Plain: queue({ QueueName: "plain", MaximumMessageSize: 2048 }),
        Brief: queue({
          QueueName: "brief",
          VisibilityTimeout: 1,
          RedrivePolicy: {
            deadLetterTargetArn: { "Fn::GetAtt": ["Letters", "Arn"] },
            maxReceiveCount: 2,
          },
        }),
        Letters: queue({ QueueName: "letters" }),
        Late: queue({ QueueName: "late", DelaySeconds: 1, ReceiveMessageWaitTimeSeconds: 5 }),
      },
    },
  });
  queues = await startQueues(OWNER);
  queues.declare(loadAssembly(fixture.dir, { ...OWNER, queueUrl: queues.urlOf }));
  client = new SQSClient(clientConfig(queues.endpoint));
});

afterAll(async () => {
  client.destroy();
  await queues.close();
  fixture.remove();
});

const url = (name: string): string => queues.urlOf(name);
const receive = async (name: string, more: object = {}) => {
  const output = await client.send(new ReceiveMessageCommand({ QueueUrl: url(name), ...more }));
  return output.Messages ?? [];
};

test("a message goes in and out by the SDK, whose check of the MD5 holds for any script", async () => {
  const MessageBody = "grüße, 世界 \u{1F600}";
  const sent = await client.send(
    new SendMessageCommand({
      QueueUrl: url("plain"),
      MessageBody,
      MessageAttributes: { kind: { DataType: "String", StringValue: "test" } },
    }),
  );
  const [message] = await receive("plain", {
    MessageAttributeNames: ["All"],
    MessageSystemAttributeNames: ["ApproximateReceiveCount"],
  });
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: MessageBody,
    MD5OfBody: sent.MD5OfMessageBody,
    Attributes: { ApproximateReceiveCount: "1" },
    MessageAttributes: { kind: { StringValue: "test" } },
  });
  expect(await receive("plain")).toEqual([]);
  await client.send(
    new DeleteMessageCommand({ QueueUrl: url("plain"), ReceiptHandle: message!.ReceiptHandle! }),
  );
  expect(queues.byArn("arn:aws:sqs:eu-central-1:000000000000:plain").bodies()).toEqual([]);
});

test("batches are sent, received and deleted, one entry's fault leaving the others alone", async () => {
  const Entries = [
    { Id: "a", MessageBody: "1" },
    { Id: "b", MessageBody: "x".repeat(4096) },
    { Id: "c", MessageBody: "3" },
  ];
  const sent = await client.send(new SendMessageBatchCommand({ QueueUrl: url("plain"), Entries }));
  expect(sent.Successful?.map(({ Id }) => Id)).toEqual(["a", "c"]);
  expect(sent.Failed).toMatchObject([{ Id: "b", SenderFault: true, Code: "InvalidParameterValue" }]);
  const messages = await receive("plain", { MaxNumberOfMessages: 10 });
  expect(messages.map(({ Body }) => Body)).toEqual(["1", "3"]);
  const deleted = await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl: url("plain"),
      Entries: messages.map(({ ReceiptHandle }, index) => ({
        Id: `${index}`,
        ReceiptHandle: ReceiptHandle!,
      })),
    }),
  );
  expect(deleted.Successful).toHaveLength(2);
});

test("a long poll is answered when a message comes", async () => {
  const polling = receive("plain", { WaitTimeSeconds: 20 });
  await client.send(new SendMessageCommand({ QueueUrl: url("plain"), MessageBody: "now" }));
  expect((await polling).map(({ Body }) => Body)).toEqual(["now"]);
  await client.send(new PurgeQueueCommand({ QueueUrl: url("plain") }));
});

test("a delayed message is counted as such and comes by the queue's own long poll", async () => {
  await client.send(new SendMessageCommand({ QueueUrl: url("late"), MessageBody: "later" }));
  const counted = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url("late"), AttributeNames: ["All"] }),
  );
  expect(counted.Attributes).toMatchObject({
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesDelayed: "1",
    DelaySeconds: "1",
  });
  expect((await receive("late")).map(({ Body }) => Body)).toEqual(["later"]);
});

test("visibility can be changed while a message is in flight, and an old handle is worth nothing", async () => {
  await client.send(new SendMessageCommand({ QueueUrl: url("plain"), MessageBody: "again" }));
  const [first] = await receive("plain");
  const change = (VisibilityTimeout: number) =>
    client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url("plain"),
        ReceiptHandle: first!.ReceiptHandle!,
        VisibilityTimeout,
      }),
    );
  await change(0);
  const [second] = await receive("plain");
  expect(second).toMatchObject({ Body: "again" });
  expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
  await expect(change(5)).rejects.toMatchObject({ name: "MessageNotInflight" });
  await client.send(
    new DeleteMessageCommand({ QueueUrl: url("plain"), ReceiptHandle: first!.ReceiptHandle! }),
  );
  expect(queues.byArn("arn:aws:sqs:eu-central-1:000000000000:plain").bodies()).toEqual(["again"]);
  await client.send(new PurgeQueueCommand({ QueueUrl: url("plain") }));
});

test("a message that was received too often goes to the dead-letter queue", async () => {
  await client.send(new SendMessageCommand({ QueueUrl: url("brief"), MessageBody: "poison" }));
  for (const count of ["1", "2"]) {
    const [message] = await receive("brief", {
      WaitTimeSeconds: 5,
      MessageSystemAttributeNames: ["All"],
    });
    expect(message).toMatchObject({ Body: "poison", Attributes: { ApproximateReceiveCount: count } });
  }
  const letter = await eventually(async () => {
    await receive("brief");
    return (await receive("letters"))[0];
  });
  expect(letter.Body).toBe("poison");
});

test("errors are those that the SDK knows", async () => {
  const missing = client.send(new GetQueueUrlCommand({ QueueName: "nobody" }));
  await expect(missing).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  const found = await client.send(new GetQueueUrlCommand({ QueueName: "plain" }));
  expect(found.QueueUrl).toBe(url("plain"));
  const tooMany = client.send(new ReceiveMessageCommand({ QueueUrl: url("plain"), MaxNumberOfMessages: 11 }));
  await expect(tooMany).rejects.toMatchObject({ name: "InvalidParameterValue" });
  const none = client.send(new SendMessageBatchCommand({ QueueUrl: url("plain"), Entries: [] }));
  await expect(none).rejects.toMatchObject({ name: "EmptyBatchRequest" });
  const twins = [
    { Id: "a", MessageBody: "1" },
    { Id: "a", MessageBody: "2" },
  ];
  const same = client.send(new SendMessageBatchCommand({ QueueUrl: url("plain"), Entries: twins }));
  await expect(same).rejects.toMatchObject({ name: "BatchEntryIdsNotDistinct" });
  const unknown = await fetch(queues.endpoint, {
    method: "POST",
    headers: { "x-amz-target": "AmazonSQS.constructor" },
  });
  expect(unknown.status).toBe(400);
  const malformed = await fetch(queues.endpoint, {
    method: "POST",
    headers: { "x-amz-target": "AmazonSQS.SendMessage" },
    body: "{",
  });
  expect(malformed.status).toBe(400);
});

test.each([
  ["a FIFO queue", { QueueName: "a.fifo", FifoQueue: true }, "FIFO"],
  [
    "a dead-letter queue that is not there",
    {
      RedrivePolicy: {
        deadLetterTargetArn: "arn:aws:sqs:eu-central-1:000000000000:none",
        maxReceiveCount: 1,
      },
    },
    "Queue arn:aws:sqs:eu-central-1:000000000000:none does not exist",
  ],
])("%s is an error", async (_, properties, says) => {
  const odd = writeAssembly({ Odd: { Resources: { Queue: queue(properties) } } });
  const other = await startQueues(OWNER);
  const template = loadAssembly(odd.dir, { ...OWNER, queueUrl: other.urlOf });
  expect(() => other.declare(template)).toThrow(says);
  await other.close();
  odd.remove();
});
