import { randomUUID } from "node:crypto";
import { retryDelay } from "../../domain/retry-delay.ts";
import type { LocalTemplate } from "../cloudformation/template.ts";
import type { FunctionDefinition } from "./execution-environment.ts";
import { THROTTLED } from "./function-pool.ts";
import type { InvokeResult } from "./runtime-messages.ts";

export type InvokeAsync = (functionArnOrName: string, payload: unknown) => Promise<void>;

/** Sends a message to a queue of the template; rejects for a queue that does not exist. */
export type SendToQueue = (
  queueArn: string,
  body: string,
  attributes?: Readonly<Record<string, string>>,
) => Promise<void>;

export interface EventInvokerOptions {
  readonly invoke: (functionArnOrName: string, payload: unknown) => Promise<InvokeResult>;
  /** Throws for a function that does not exist */
  readonly definitionOf: (functionArnOrName: string) => FunctionDefinition;
  readonly sendToQueue: SendToQueue;
  /** Milliseconds before the first retry; doubles with each */
  readonly retryDelay: number;
}

/** Lambda's queue of asynchronous events. */
export interface EventInvoker {
  readonly invokeAsync: InvokeAsync;
  readonly idle: () => Promise<void>;
  readonly close: () => void;
}

interface Policy {
  readonly retries: number;
  /** Milliseconds */
  readonly maximumAge: number;
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly deadLetterQueue?: string;
}

/** One event and its state. */
interface QueuedEvent {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: unknown;
  readonly acceptedAt: number;
  attempts: number;
}

type FailedResult = Extract<InvokeResult, { status: "error" }>;

/**
 * Invokes functions with events, as Lambda does for EventBridge and the SDK's `Event` invocations:
 * retries (2 by default), a maximum age (6 hours), destinations and the function's dead-letter
 * queue. A throttled attempt does not count as a retry.
 *
 * Unlike Lambda it waits fractions of a second, not minutes, before a retry, and supports only SQS
 * queues and functions as destinations; any other type throws at once.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function createEventInvoker(template: LocalTemplate, options: EventInvokerOptions): EventInvoker {
  const policies = readPolicies(template, options);
  const pending = new Set<Promise<void>>();
  const timers = new Map<NodeJS.Timeout, () => void>();
  let closed = false;

  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, milliseconds);
      timers.set(timer, resolve);
    });

  const work = async (event: QueuedEvent, policy: Policy): Promise<void> => {
    let throttles = 0;
    for (;;) {
      const result = await options.invoke(event.functionArn, event.payload);
      if (closed) return;
      const throttled = result.status === "error" && result.errorType === THROTTLED;
      if (throttled) throttles += 1;
      else event.attempts += 1;
      if (result.status === "ok") return sendToDestination(policy.onSuccess, event, "Success", result);
      if (!throttled && event.attempts > policy.retries)
        return fail(event, policy, "RetriesExhausted", result);
      await pause(
        retryDelay(event.attempts + throttles, {
          first: options.retryDelay,
          longest: options.retryDelay * 256,
        }),
      );
      if (closed) return;
      if (Date.now() - event.acceptedAt > policy.maximumAge)
        return fail(event, policy, "EventAgeExceeded", result);
    }
  };

  const fail = async (event: QueuedEvent, policy: Policy, condition: string, result: FailedResult) => {
    await sendToDestination(policy.onFailure, event, condition, result);
    if (policy.deadLetterQueue === undefined) return;
    await options.sendToQueue(policy.deadLetterQueue, JSON.stringify(event.payload), {
      RequestID: event.requestId,
      ErrorCode: "200",
      ErrorMessage: result.errorMessage.slice(0, 1024),
    });
  };

  const sendToDestination = async (
    to: string | undefined,
    event: QueuedEvent,
    condition: string,
    result: InvokeResult,
  ) => {
    if (to === undefined) return;
    const record = describeOutcome(event, condition, result);
    if (isQueue(to)) await options.sendToQueue(to, JSON.stringify(record));
    else await invokeAsync(to, record);
  };

  const invokeAsync: InvokeAsync = async (functionArnOrName, payload) => {
    const { name, arn } = options.definitionOf(functionArnOrName);
    const policy = policies.get(name) ?? DEFAULT_POLICY;
    const event = { requestId: randomUUID(), functionArn: arn, payload, acceptedAt: Date.now(), attempts: 0 };
    const done = work(event, policy).finally(() => pending.delete(done));
    pending.add(done);
  };

  return {
    invokeAsync,
    idle: async () => {
      while (pending.size > 0) await Promise.all(pending);
    },
    close: () => {
      closed = true;
      for (const [timer, resume] of timers) {
        clearTimeout(timer);
        resume();
      }
      timers.clear();
    },
  };
}

const DEFAULT_POLICY: Policy = { retries: 2, maximumAge: 6 * 3600 * 1000 };

/** The record that Lambda sends to a destination. */
function describeOutcome(event: QueuedEvent, condition: string, result: InvokeResult): unknown {
  const failed = result.status === "error";
  return {
    version: "1.0",
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${event.functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: event.attempts,
    },
    requestPayload: event.payload,
    responseContext: {
      statusCode: 200,
      executedVersion: "$LATEST",
      ...(failed && { functionError: "Unhandled" }),
    },
    responsePayload: failed
      ? { errorType: result.errorType, errorMessage: result.errorMessage }
      : result.payload,
  };
}

function readPolicies(template: LocalTemplate, options: EventInvokerOptions): ReadonlyMap<string, Policy> {
  const policies = new Map<string, Policy>();
  const known = (arn: string | undefined): string | undefined => {
    if (arn === undefined || isQueue(arn)) return arn;
    // Throws if the ARN is not that of a function in the template.
    return options.definitionOf(arn).arn;
  };
  for (const resource of template.ofType("AWS::Lambda::Function")) {
    const deadLetters = resource.properties.DeadLetterConfig as { TargetArn?: string } | undefined;
    const queue = deadLetters?.TargetArn;
    if (queue !== undefined && !isQueue(queue)) {
      throw new Error(
        `${resource.stack}: ${resource.logicalId} has a dead-letter target that is not a queue`,
      );
    }
    policies.set(template.physicalId(resource), {
      ...DEFAULT_POLICY,
      ...(queue !== undefined && { deadLetterQueue: queue }),
    });
  }
  for (const { properties } of template.ofType("AWS::Lambda::EventInvokeConfig")) {
    const stated = properties as unknown as InvokeConfig;
    const { name } = options.definitionOf(stated.FunctionName);
    const onSuccess = known(stated.DestinationConfig?.OnSuccess?.Destination);
    const onFailure = known(stated.DestinationConfig?.OnFailure?.Destination);
    policies.set(name, {
      ...(policies.get(name) ?? DEFAULT_POLICY),
      ...(stated.MaximumRetryAttempts !== undefined && { retries: Number(stated.MaximumRetryAttempts) }),
      ...(stated.MaximumEventAgeInSeconds !== undefined && {
        maximumAge: Number(stated.MaximumEventAgeInSeconds) * 1000,
      }),
      ...(onSuccess !== undefined && { onSuccess }),
      ...(onFailure !== undefined && { onFailure }),
    });
  }
  return policies;
}

interface InvokeConfig {
  readonly FunctionName: string;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig?: {
    readonly OnSuccess?: { readonly Destination?: string };
    readonly OnFailure?: { readonly Destination?: string };
  };
}

const isQueue = (arn: string): boolean => arn.startsWith("arn:aws:sqs:");
