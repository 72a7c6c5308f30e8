import { retryDelay } from "../../domain/retry-delay.ts";
import type { LocalTemplate, Resource } from "../cloudformation/template.ts";
import type { InvokeAsync, SendToQueue } from "../lambda/event-invoke.ts";
import { mayInvoke } from "../lambda/permission.ts";
import type { BusEvent } from "./bus-event.ts";

export interface DeliveryOptions {
  readonly invokeAsync: InvokeAsync;
  readonly sendToQueue: SendToQueue;
  /** Milliseconds before the first retry; doubles with each, up to 5 seconds. @default 100 */
  readonly retryDelay?: number;
}

/** One target of one rule. */
export interface EventTarget {
  readonly arn: string;
  readonly ruleArn: string;
  readonly input: (event: BusEvent) => unknown;
  readonly retries: number;
  /** Milliseconds */
  readonly maximumAge: number;
  readonly deadLetterArn?: string;
}

export interface TargetDelivery {
  /** Throws for a type of target that the laptop does not run */
  readonly readTarget: (rule: Resource, stated: unknown) => EventTarget;
  /** Returns at once; an event that cannot be delivered goes to the target's dead-letter queue */
  readonly deliver: (target: EventTarget, event: BusEvent) => void;
  readonly idle: () => Promise<void>;
  readonly close: () => void;
}

/** A permanent delivery error; the event goes to the dead-letter queue at once. */
class DeliveryNotPermitted extends Error {
  override readonly name = "NO_PERMISSIONS";
}

const LONGEST_PAUSE = 5000;

/**
 * Delivers events to their targets. As in AWS, a target's retry policy and dead-letter queue apply
 * to events that could not be delivered; when a function accepts an event and fails, the function's
 * own asynchronous settings apply.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function createTargetDelivery(template: LocalTemplate, options: DeliveryOptions): TargetDelivery {
  const pending = new Set<Promise<void>>();
  const stop = new AbortController();

  const handOver = async (target: EventTarget, event: BusEvent): Promise<void> => {
    const input = target.input(event);
    if (isQueue(target.arn)) return options.sendToQueue(target.arn, JSON.stringify(input));
    if (!mayInvoke(template, target.arn, "events.amazonaws.com", target.ruleArn)) {
      throw new DeliveryNotPermitted(`${target.ruleArn} is not permitted to invoke ${target.arn}`);
    }
    return options.invokeAsync(target.arn, input);
  };

  const bring = async (target: EventTarget, event: BusEvent): Promise<void> => {
    const began = Date.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await handOver(target, event);
      } catch (error) {
        if (stop.signal.aborted) return;
        const tooOld = Date.now() - began > target.maximumAge;
        if (attempt < target.retries && !tooOld && !(error instanceof DeliveryNotPermitted)) {
          await pause(
            retryDelay(attempt + 1, { first: options.retryDelay ?? 100, longest: LONGEST_PAUSE }),
            stop.signal,
          );
          continue;
        }
        return bury(target, event, error, attempt, tooOld);
      }
    }
  };

  const bury = async (
    target: EventTarget,
    event: BusEvent,
    error: unknown,
    attempts: number,
    tooOld: boolean,
  ): Promise<void> => {
    if (target.deadLetterArn === undefined) return;
    const notPermitted = error instanceof DeliveryNotPermitted;
    await options.sendToQueue(target.deadLetterArn, JSON.stringify(event), {
      RULE_ARN: target.ruleArn,
      TARGET_ARN: target.arn,
      ERROR_CODE: notPermitted ? error.name : "SDK_CLIENT_ERROR",
      ERROR_MESSAGE: error instanceof Error ? error.message : String(error),
      RETRY_ATTEMPTS: String(attempts),
      ...(!notPermitted && {
        EXHAUSTED_RETRY_CONDITION: tooOld ? "MaximumEventAgeInSeconds" : "MaximumRetryAttempts",
      }),
    });
  };

  return {
    readTarget,
    deliver: (target, event) => {
      const done = bring(target, event).finally(() => pending.delete(done));
      pending.add(done);
    },
    idle: async () => {
      while (pending.size > 0) await Promise.all(pending);
    },
    close: () => stop.abort(),
  };

  function readTarget(rule: Resource, stated: unknown): EventTarget {
    const target = stated as StatedTarget;
    const [where, { Arn: arn }] = [`${rule.stack}: a target of rule ${rule.logicalId}`, target];
    if (!isQueue(arn) && !arn.startsWith("arn:aws:lambda:")) {
      throw new Error(`${where} is ${arn}, neither a function nor a queue`);
    }
    if (target.InputTransformer !== undefined || target.InputPath !== undefined) {
      throw new Error(`${where} has an input transformer, which the laptop does not support`);
    }
    const constant: unknown = target.Input === undefined ? undefined : JSON.parse(target.Input);
    const deadLetterArn = target.DeadLetterConfig?.Arn;
    return {
      arn,
      ruleArn: template.arn(rule),
      input: (event) => (target.Input === undefined ? event : constant),
      retries: Number(target.RetryPolicy?.MaximumRetryAttempts ?? 185),
      maximumAge: Number(target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400) * 1000,
      ...(deadLetterArn !== undefined && { deadLetterArn }),
    };
  }
}

interface StatedTarget {
  readonly Arn: string;
  readonly Input?: string;
  readonly InputPath?: unknown;
  readonly InputTransformer?: unknown;
  readonly RetryPolicy?: {
    readonly MaximumRetryAttempts?: number;
    readonly MaximumEventAgeInSeconds?: number;
  };
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}

const isQueue = (arn: string): boolean => arn.startsWith("arn:aws:sqs:");
