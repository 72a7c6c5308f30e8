import { type RetryDelays, retryDelay } from "../../domain/retry-delay.ts";
import type { Now } from "../../domain/time.ts";
import { type ControlError, toControlError } from "./control-error.ts";

/** One completed attempt at one call. */
export interface ObservedCall {
  /** The SDK's name, such as `UpdateMethod` */
  readonly operation: string;
  readonly milliseconds: number;
  /** 1 for the first attempt */
  readonly attempt: number;
  readonly failed?: ControlError["kind"];
}

export interface PaceSettings {
  /**
   * Calls started per second; API Gateway's control plane allows 10 per account and Region.
   * @default 8
   */
  readonly perSecond?: number;
  /** Attempts at one call, including the first. @default 8 */
  readonly attempts?: number;
  readonly observe?: (call: ObservedCall) => void;
  /** Milliseconds */
  readonly now?: Now;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** 0 to 1 */
  readonly random?: () => number;
}

/** Spaces calls out, so that a run stays within AWS's limits, and retries transient failures. */
export interface Pace {
  /** Rejects with ControlError only. `send` is called once per attempt */
  readonly call: <T>(operation: string, send: () => Promise<T>) => Promise<T>;
  /** Attempts started so far, by operation */
  readonly counts: () => Readonly<Record<string, number>>;
}

/**
 * Milliseconds between two calls of an operation, for operations with a separate quota.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const APART: Readonly<Record<string, number>> = { CreateDeployment: 5000, GetResources: 400 };
const WAITS: RetryDelays = { first: 500, longest: 20_000, spread: 0.5 };

/**
 * One for all calls of a run, for all services; the SDK's own retries must be off, or the counts
 * are wrong.
 */
export function createPace({
  perSecond = 8,
  attempts = 8,
  observe = () => {},
  now = Date.now,
  sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random = Math.random,
}: PaceSettings = {}): Pace {
  const free = new Map<string, number>();
  const counts = new Map<string, number>();
  const takeTurn = (operation: string): Promise<void> | undefined => {
    const at = Math.max(now(), free.get("") ?? 0, free.get(operation) ?? 0);
    free.set("", at + 1000 / perSecond);
    const apart = APART[operation];
    if (apart !== undefined) free.set(operation, at + apart);
    const wait = at - now();
    return wait > 0 ? sleep(wait) : undefined;
  };
  const attemptOnce = async <T>(operation: string, attempt: number, send: () => Promise<T>): Promise<T> => {
    await takeTurn(operation);
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    const start = now();
    const notify = (failed?: ControlError["kind"]) =>
      observe({
        operation,
        attempt,
        milliseconds: now() - start,
        ...(failed !== undefined && { failed }),
      });
    try {
      const result = await send();
      notify();
      return result;
    } catch (error) {
      const failure = toControlError(error, operation);
      notify(failure.kind);
      throw failure;
    }
  };
  return {
    call: async (operation, send) => {
      for (let attempt = 1; ; attempt += 1) {
        let asked = 0;
        try {
          return await attemptOnce(operation, attempt, send);
        } catch (error) {
          const failure = error as ControlError;
          if (!failure.passing || attempt >= attempts) throw failure;
          asked = (failure.retryAfter ?? 0) * 1000;
        }
        const wait = retryDelay(attempt, WAITS, random());
        await sleep(Math.min(WAITS.longest, Math.max(asked, wait)));
      }
    },
    counts: () => Object.fromEntries(counts),
  };
}
