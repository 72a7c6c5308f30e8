import type { LocalTemplate, Resource } from "../cloudformation/template.ts";
import { listen } from "../listen.ts";
import { createQueue, type LocalQueue, type QueueSettings } from "./queue.ts";
import { answerQueueRequest } from "./queue-requests.ts";

/** The queues of the template, and the endpoint that serves SQS's JSON protocol for them. */
export interface Queues {
  /** Endpoint for AWS_ENDPOINT_URL_SQS; a queue's own URL begins with it */
  readonly endpoint: string;
  readonly urlOf: (name: string) => string;
  /** Throws if the template has none */
  readonly byArn: (arn: string) => LocalQueue;
  readonly all: () => readonly LocalQueue[];
  /** Creates the queues of the template */
  readonly declare: (template: LocalTemplate) => void;
  readonly close: () => Promise<void>;
}

/**
 * Starts the endpoint without queues: resolving the template needs the queues' URLs, so the queues
 * are declared later. Keeps messages in memory until they are deleted: MessageRetentionPeriod is
 * ignored. Throws for FIFO queues.
 */
export async function startQueues(options: {
  readonly region: string;
  readonly accountId: string;
}): Promise<Queues> {
  const queues = new Map<string, LocalQueue>();
  const listener = await listen((request, response) => {
    void answerQueueRequest(request, response, { queues, urlOf });
  });
  const urlOf = (name: string): string => `${listener.url}/${options.accountId}/${name}`;
  const byArn = (arn: string): LocalQueue => {
    const queue = queues.get(arn.split(":").at(-1) ?? "");
    if (queue === undefined || queue.arn !== arn) throw new Error(`Queue ${arn} does not exist`);
    return queue;
  };
  return {
    endpoint: listener.url,
    urlOf,
    byArn,
    all: () => [...queues.values()],
    declare: (template) => {
      const resources = template.ofType("AWS::SQS::Queue");
      for (const resource of resources) {
        const settings = readSettings(template, resource);
        queues.set(settings.name, createQueue(settings, byArn));
      }
      // All queues that a message may be moved to are known only now.
      for (const { deadLetterArn } of queues.values()) {
        if (deadLetterArn !== undefined) byArn(deadLetterArn);
      }
    },
    close: async () => {
      for (const queue of queues.values()) queue.close();
      await listener.close();
    },
  };
}

function readSettings(template: LocalTemplate, resource: Resource): QueueSettings {
  const { properties } = resource;
  const arn = template.arn(resource);
  const name = arn.split(":").at(-1) ?? "";
  if (String(properties.FifoQueue ?? "false") === "true" || name.endsWith(".fifo")) {
    throw new Error(
      `${resource.stack}: ${resource.logicalId} is a FIFO queue, which the laptop does not run`,
    );
  }
  const seconds = (property: string, fallback: number): number =>
    Number(properties[property] ?? fallback) * 1000;
  const stated = properties.RedrivePolicy;
  const redrive = (typeof stated === "string" ? JSON.parse(stated) : stated) as
    | { deadLetterTargetArn: string; maxReceiveCount: number | string }
    | undefined;
  return {
    name,
    arn,
    visibilityTimeout: seconds("VisibilityTimeout", 30),
    delay: seconds("DelaySeconds", 0),
    receiveWait: seconds("ReceiveMessageWaitTimeSeconds", 0),
    largestMessage: Number(properties.MaximumMessageSize ?? 1_048_576),
    ...(redrive !== undefined && {
      deadLetterArn: redrive.deadLetterTargetArn,
      maxReceiveCount: Number(redrive.maxReceiveCount),
    }),
  };
}
