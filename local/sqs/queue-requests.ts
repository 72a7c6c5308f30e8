import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../listen.ts";
import type { LocalQueue, MessageAttributes, ReceivedMessage } from "./queue.ts";

export interface QueueDirectory {
  readonly queues: ReadonlyMap<string, LocalQueue>;
  readonly urlOf: (name: string) => string;
}

type Input = Readonly<Record<string, unknown>>;

/** An error of the SQS API; `queryCode` is its name for older clients. */
class SqsError extends Error {
  readonly type: string;
  readonly queryCode: string;

  constructor(type: string, message: string, queryCode = type) {
    super(message);
    this.type = type;
    this.queryCode = queryCode;
  }
}

const LARGEST_BODY = 2 * 1024 * 1024;
const LONGEST_VISIBILITY = 43_200;
const PREFIX = "AmazonSQS.";

/**
 * Answers one request in SQS's JSON protocol. Refuses unknown actions and malformed input as AWS
 * does; does not verify signatures. Leaves out MD5OfMessageAttributes, which the SDK does not
 * check.
 * @see
 *   https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 */
export async function answerQueueRequest(
  request: IncomingMessage,
  response: ServerResponse,
  directory: QueueDirectory,
): Promise<void> {
  try {
    const target = String(request.headers["x-amz-target"] ?? "");
    const name = target.startsWith(PREFIX) ? target.slice(PREFIX.length) : "";
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined)
      throw new SqsError("UnsupportedOperation", `${target} is not served on the laptop`);
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const input = parse(await readBody(request, LARGEST_BODY));
    const output = await action(input, directory, gone.signal);
    response.writeHead(200, { "Content-Type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify(output));
  } catch (error) {
    const known = error instanceof SqsError ? error : new SqsError("InvalidParameterValue", String(error));
    response.writeHead(400, {
      "Content-Type": "application/x-amz-json-1.0",
      "x-amzn-query-error": `${known.queryCode};Sender`,
    });
    response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${known.type}`, message: known.message }));
  }
}

type Action = (input: Input, directory: QueueDirectory, gone: AbortSignal) => unknown;

const ACTIONS: Readonly<Record<string, Action>> = {
  SendMessage: (input, directory) => sendOne(queueOf(input, directory), input),
  SendMessageBatch: (input, directory) => {
    const queue = queueOf(input, directory);
    return inBatch(input, (entry) => sendOne(queue, entry));
  },
  ReceiveMessage: async (input, directory, gone) => {
    const queue = queueOf(input, directory);
    const limit = number(input, "MaxNumberOfMessages", 1, 10) ?? 1;
    const wait = number(input, "WaitTimeSeconds", 0, 20);
    const visibility = number(input, "VisibilityTimeout", 0, LONGEST_VISIBILITY);
    const messages = await queue.receive(limit, {
      signal: gone,
      ...(wait !== undefined && { wait: wait * 1000 }),
      ...(visibility !== undefined && { visibilityTimeout: visibility * 1000 }),
    });
    return messages.length === 0 ? {} : { Messages: messages.map((message) => describe(message, input)) };
  },
  DeleteMessage: (input, directory) => {
    queueOf(input, directory).remove(text(input, "ReceiptHandle"));
    return {};
  },
  DeleteMessageBatch: (input, directory) => {
    const queue = queueOf(input, directory);
    return inBatch(input, (entry) => {
      queue.remove(text(entry, "ReceiptHandle"));
      return {};
    });
  },
  ChangeMessageVisibility: (input, directory) => {
    const timeout = number(input, "VisibilityTimeout", 0, LONGEST_VISIBILITY);
    if (timeout === undefined) throw missing("VisibilityTimeout");
    const changed = queueOf(input, directory).changeVisibility(text(input, "ReceiptHandle"), timeout * 1000);
    if (!changed) throw new SqsError("MessageNotInflight", "The message is not in flight");
    return {};
  },
  GetQueueUrl: (input, directory) => {
    const name = text(input, "QueueName");
    return { QueueUrl: directory.urlOf(find(name, directory).name) };
  },
  GetQueueAttributes: (input, directory) => {
    const all = describeQueue(queueOf(input, directory));
    const wanted = Array.isArray(input.AttributeNames) ? input.AttributeNames.map(String) : [];
    const chosen = Object.entries(all).filter(([name]) => wanted.includes("All") || wanted.includes(name));
    return { Attributes: Object.fromEntries(chosen) };
  },
  PurgeQueue: (input, directory) => {
    queueOf(input, directory).purge();
    return {};
  },
};

function sendOne(queue: LocalQueue, input: Input): { MessageId: string; MD5OfMessageBody: string } {
  const body = text(input, "MessageBody");
  if (Buffer.byteLength(body) > queue.largestMessage) {
    throw new SqsError("InvalidParameterValue", `A message may have at most ${queue.largestMessage} bytes`);
  }
  if (input.MessageGroupId !== undefined && input.MessageDeduplicationId !== undefined) {
    throw new SqsError("InvalidParameterValue", "FIFO parameters on a standard queue");
  }
  const delay = number(input, "DelaySeconds", 0, 900);
  const attributes = (input.MessageAttributes ?? {}) as MessageAttributes;
  const sent = queue.send(body, attributes, delay === undefined ? undefined : delay * 1000);
  return { MessageId: sent.messageId, MD5OfMessageBody: sent.md5OfBody };
}

function inBatch(input: Input, act: (entry: Input) => object): unknown {
  const entries = input.Entries;
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new SqsError(
      "EmptyBatchRequest",
      "A batch needs at least one entry",
      "AWS.SimpleQueueService.EmptyBatchRequest",
    );
  }
  if (entries.length > 10) {
    const code = "AWS.SimpleQueueService.TooManyEntriesInBatchRequest";
    throw new SqsError("TooManyEntriesInBatchRequest", "A batch may have at most ten entries", code);
  }
  const ids = entries.map((entry: Input) => text(entry, "Id"));
  if (new Set(ids).size < ids.length) {
    const code = "AWS.SimpleQueueService.BatchEntryIdsNotDistinct";
    throw new SqsError("BatchEntryIdsNotDistinct", "Two entries have the same Id", code);
  }
  const [successful, failed]: [unknown[], unknown[]] = [[], []];
  for (const [index, entry] of (entries as Input[]).entries()) {
    try {
      successful.push({ Id: ids[index], ...act(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      failed.push({ Id: ids[index], SenderFault: true, Code: error.type, Message: error.message });
    }
  }
  return { Successful: successful, ...(failed.length > 0 && { Failed: failed }) };
}

function describe(message: ReceivedMessage, input: Input): unknown {
  const asked = [input.MessageSystemAttributeNames, input.AttributeNames].flat().map(String);
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => asked.includes("All") || asked.includes(name),
  );
  const names = [input.MessageAttributeNames].flat().map(String);
  const own = Object.entries(message.attributes).filter(([name]) =>
    names.some((wanted) => wanted === "All" || wanted === ".*" || wanted === name),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.md5OfBody,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(own.length > 0 && { MessageAttributes: Object.fromEntries(own) }),
  };
}

/** The system attributes of a message, as text. */
export function systemAttributes(message: ReceivedMessage): Readonly<Record<string, string>> {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId: "AIDALOCAL",
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  };
}

function describeQueue(queue: LocalQueue): Readonly<Record<string, string>> {
  const { visible, inFlight, delayed } = queue.count();
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(queue.visibilityTimeout / 1000),
    DelaySeconds: String(queue.delay / 1000),
    ReceiveMessageWaitTimeSeconds: String(queue.receiveWait / 1000),
    MaximumMessageSize: String(queue.largestMessage),
    ...(queue.deadLetterArn !== undefined && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: queue.deadLetterArn,
        maxReceiveCount: queue.maxReceiveCount,
      }),
    }),
  };
}

const queueOf = (input: Input, directory: QueueDirectory): LocalQueue =>
  find(text(input, "QueueUrl").split("/").at(-1) ?? "", directory);

function find(name: string, { queues }: QueueDirectory): LocalQueue {
  const queue = queues.get(name);
  if (queue !== undefined) return queue;
  const code = "AWS.SimpleQueueService.NonExistentQueue";
  throw new SqsError("QueueDoesNotExist", "The specified queue does not exist.", code);
}

function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value !== "string" || value === "") throw missing(name);
  return value;
}

function number(input: Input, name: string, least: number, most: number): number | undefined {
  const value = input[name];
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
    throw new SqsError("InvalidParameterValue", `${name} must be a whole number from ${least} to ${most}`);
  }
  return Number(value);
}

const missing = (name: string): SqsError => new SqsError("MissingParameter", `${name} is missing`);

function parse(body: string): Input {
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed !== "object" || parsed === null) throw new Error("The body is not an object");
  return parsed as Input;
}
