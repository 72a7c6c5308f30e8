import type { LocalTemplate, Resource } from "../cloudformation/template.ts";
import type { LocalQueue, ReceivedMessage } from "../sqs/queue.ts";
import { systemAttributes } from "../sqs/queue-requests.ts";
import type { InvokeResult } from "./runtime-messages.ts";

export interface PollerOptions {
  readonly queueByArn: (arn: string) => LocalQueue;
  readonly invoke: (functionArnOrName: string, payload: unknown) => Promise<InvokeResult>;
}

export interface Pollers {
  /** Stops polling; resolves when every batch that was being processed is done */
  readonly close: () => Promise<void>;
}

interface Mapping {
  readonly queue: LocalQueue;
  readonly functionName: string;
  readonly batchSize: number;
  /** Milliseconds */
  readonly window: number;
  readonly reportsItemFailures: boolean;
  readonly concurrency: number;
  readonly region: string;
}

/** Milliseconds of one long poll */
const POLL = 20_000;

/**
 * Polls queues and invokes functions, as Lambda's event source mappings do: batches, the batching
 * window, partial batch responses. Messages of a failed batch stay in the queue until their
 * visibility timeout ends. Processes two batches at a time unless the mapping sets a limit; Lambda
 * would scale further. Sources other than SQS and filters are errors.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function startPollers(template: LocalTemplate, options: PollerOptions): Pollers {
  const stop = new AbortController();
  const mappings = template
    .ofType("AWS::Lambda::EventSourceMapping")
    .filter(({ properties }) => properties.Enabled !== false)
    .map((resource) => readMapping(resource, template.region, options));
  const loops = mappings.flatMap((mapping) =>
    Array.from({ length: mapping.concurrency }, () => poll(mapping, options, stop.signal)),
  );
  return {
    close: async () => {
      stop.abort();
      await Promise.all(loops);
    },
  };
}

async function poll(mapping: Mapping, { invoke }: PollerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const batch = await gather(mapping, signal);
    if (batch.length === 0 || signal.aborted) continue;
    const result = await invoke(mapping.functionName, {
      Records: batch.map((message) => describe(message, mapping)),
    });
    const failed = failedItems(result, batch, mapping.reportsItemFailures);
    for (const { messageId, receiptHandle } of batch) {
      if (!failed.has(messageId)) mapping.queue.remove(receiptHandle);
    }
  }
}

/** Takes a first message, then goes on until the batch is full or the window closes. */
async function gather(mapping: Mapping, signal: AbortSignal): Promise<readonly ReceivedMessage[]> {
  const { queue, batchSize, window } = mapping;
  const batch = [...(await queue.receive(Math.min(batchSize, 10), { wait: POLL, signal }))];
  const until = Date.now() + window;
  while (batch.length > 0 && batch.length < batchSize && Date.now() < until && !signal.aborted) {
    const limit = Math.min(batchSize - batch.length, 10);
    batch.push(...(await queue.receive(limit, { wait: until - Date.now(), signal })));
  }
  return batch;
}

/**
 * Ids of the messages that stay in the queue. A response that is malformed or names an unknown
 * message fails the whole batch.
 */
function failedItems(
  result: InvokeResult,
  batch: readonly ReceivedMessage[],
  reportsItemFailures: boolean,
): ReadonlySet<string> {
  const everything = new Set(batch.map(({ messageId }) => messageId));
  if (result.status === "error") return everything;
  const failures = (result.payload as { batchItemFailures?: unknown } | null)?.batchItemFailures;
  if (!reportsItemFailures || failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return everything;
  const named = failures.map((item) => (item as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  return named.every((id) => typeof id === "string" && everything.has(id))
    ? new Set(named as string[])
    : everything;
}

function describe(message: ReceivedMessage, { queue, region }: Mapping): unknown {
  const attributes = Object.entries(message.attributes).map(([name, attribute]) => [
    name,
    {
      stringValue: attribute.StringValue,
      binaryValue: attribute.BinaryValue,
      stringListValues: [],
      binaryListValues: [],
      dataType: attribute.DataType,
    },
  ]);
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(attributes) as unknown,
    md5OfBody: message.md5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queue.arn,
    awsRegion: region,
  };
}

function readMapping(resource: Resource, region: string, options: PollerOptions): Mapping {
  const stated = resource.properties as unknown as MappingProperties;
  const source = stated.EventSourceArn ?? "";
  if (!source.startsWith("arn:aws:sqs:") || stated.FilterCriteria !== undefined) {
    throw new Error(`${resource.stack}: ${resource.logicalId} must read from a queue, without a filter`);
  }
  return {
    queue: options.queueByArn(source),
    functionName: stated.FunctionName,
    batchSize: Number(stated.BatchSize ?? 10),
    window: Number(stated.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    reportsItemFailures: stated.FunctionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
    concurrency: Number(stated.ScalingConfig?.MaximumConcurrency ?? 2),
    region,
  };
}

interface MappingProperties {
  readonly EventSourceArn?: string;
  readonly FunctionName: string;
  readonly BatchSize?: number;
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly FunctionResponseTypes?: readonly string[];
  readonly FilterCriteria?: unknown;
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
}
