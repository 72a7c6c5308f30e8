import { createHash, randomUUID } from "node:crypto";

export interface QueueSettings {
  readonly name: string;
  readonly arn: string;
  /** Milliseconds, as all times here */
  readonly visibilityTimeout: number;
  readonly delay: number;
  /** How long a receive call waits for a first message */
  readonly receiveWait: number;
  /** Bytes */
  readonly largestMessage: number;
  readonly deadLetterArn?: string;
  readonly maxReceiveCount?: number;
}

/** Message attributes in the shape of the SQS API. */
export type MessageAttributes = Readonly<
  Record<string, { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: string }>
>;

/** A message as a consumer receives it. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: MessageAttributes;
  readonly receiveCount: number;
  /** Epoch milliseconds */
  readonly sentAt: number;
  readonly firstReceivedAt: number;
}

/** A standard queue in memory. */
export interface LocalQueue extends QueueSettings {
  readonly send: (
    body: string,
    attributes?: MessageAttributes,
    delay?: number,
  ) => { readonly messageId: string; readonly md5OfBody: string };
  /**
   * Waits up to `wait` for a first message, then returns at most `limit`. Returns early, empty,
   * when `signal` aborts.
   */
  readonly receive: (limit: number, options?: ReceiveOptions) => Promise<readonly ReceivedMessage[]>;
  /** Unknown handles are ignored, as SQS does */
  readonly remove: (receiptHandle: string) => void;
  /** False if no message in flight has this handle */
  readonly changeVisibility: (receiptHandle: string, timeout: number) => boolean;
  readonly purge: () => void;
  /** Messages by state */
  readonly count: () => { readonly visible: number; readonly inFlight: number; readonly delayed: number };
  /** Bodies of all messages, in the order sent; for pages and tests */
  readonly bodies: () => readonly string[];
  readonly close: () => void;
}

export interface ReceiveOptions {
  readonly wait?: number;
  readonly visibilityTimeout?: number;
  readonly signal?: AbortSignal;
}

interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: MessageAttributes;
  readonly sentAt: number;
  firstReceivedAt?: number;
  receiveCount: number;
  visibleAt: number;
  receiptHandle?: string;
}

/** @param byArn finds the dead-letter queue when it is needed */
export function createQueue(settings: QueueSettings, byArn: (arn: string) => LocalQueue): LocalQueue {
  const messages = new Map<string, StoredMessage>();
  const wakers = new Set<() => void>();
  let closed = false;

  const wake = (): void => {
    for (const waker of [...wakers]) waker();
  };
  /** When a waiting receiver must check again, unless a change wakes it first */
  const nextLook = (until: number): number => {
    let soonest = until;
    for (const { visibleAt } of messages.values()) soonest = Math.min(soonest, visibleAt);
    return soonest;
  };
  const byHandle = (handle: string): StoredMessage | undefined => {
    const message = messages.get(handle.split("#")[0] ?? "");
    return message?.receiptHandle === handle ? message : undefined;
  };
  const takeVisible = (limit: number, timeout: number): readonly ReceivedMessage[] => {
    const now = Date.now();
    const taken: ReceivedMessage[] = [];
    for (const message of messages.values()) {
      if (taken.length === limit) break;
      if (message.visibleAt > now) continue;
      if (settings.deadLetterArn !== undefined && message.receiveCount >= (settings.maxReceiveCount ?? 1)) {
        messages.delete(message.messageId);
        byArn(settings.deadLetterArn).send(message.body, message.attributes, 0);
        continue;
      }
      message.receiveCount += 1;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + timeout;
      message.receiptHandle = `${message.messageId}#${randomUUID()}`;
      const { messageId, body, md5OfBody, attributes, sentAt, receiveCount, receiptHandle, firstReceivedAt } =
        message;
      taken.push({
        messageId,
        body,
        md5OfBody,
        attributes,
        sentAt,
        receiveCount,
        receiptHandle,
        firstReceivedAt,
      });
    }
    return taken;
  };
  const sleep = (until: number, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        wakers.delete(done);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, until - Date.now()));
      wakers.add(done);
      signal?.addEventListener("abort", done);
    });

  return {
    ...settings,
    send: (body, attributes = {}, delay = settings.delay) => {
      const messageId = randomUUID();
      const now = Date.now();
      const message = {
        messageId,
        body,
        md5OfBody: md5(body),
        attributes,
        sentAt: now,
        receiveCount: 0,
        visibleAt: now + delay,
      };
      messages.set(messageId, message);
      wake();
      return { messageId, md5OfBody: message.md5OfBody };
    },
    receive: async (
      limit,
      { wait = settings.receiveWait, visibilityTimeout = settings.visibilityTimeout, signal } = {},
    ) => {
      const until = Date.now() + wait;
      for (;;) {
        if (closed || signal?.aborted === true) return [];
        const taken = takeVisible(limit, visibilityTimeout);
        if (taken.length > 0 || Date.now() >= until) return taken;
        await sleep(nextLook(until), signal);
      }
    },
    remove: (receiptHandle) => {
      messages.delete(byHandle(receiptHandle)?.messageId ?? "");
    },
    changeVisibility: (receiptHandle, timeout) => {
      const message = byHandle(receiptHandle);
      if (message === undefined || message.visibleAt <= Date.now()) return false;
      message.visibleAt = Date.now() + timeout;
      wake();
      return true;
    },
    purge: () => messages.clear(),
    count: () => {
      const now = Date.now();
      const hidden = [...messages.values()].filter(({ visibleAt }) => visibleAt > now);
      const inFlight = hidden.filter(({ receiveCount }) => receiveCount > 0).length;
      return { visible: messages.size - hidden.length, inFlight, delayed: hidden.length - inFlight };
    },
    bodies: () => [...messages.values()].map(({ body }) => body),
    close: () => {
      closed = true;
      wake();
    },
  };
}

/** SQS returns the MD5 of a body; the SDK refuses a message whose MD5 differs. */
function md5(text: string): string {
  return createHash("md5").update(text, "utf8").digest("hex");
}
