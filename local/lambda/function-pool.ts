import {
  type ExecutionEnvironment,
  type FunctionDefinition,
  type OnLog,
  startEnvironment,
} from "./execution-environment.ts";
import type { Answer } from "./runtime-messages.ts";

/**
 * The environments of one function: one process per concurrent invocation, the most recently used
 * one first.
 */
export interface FunctionPool {
  readonly definition: FunctionDefinition;
  /** `cold`: the process was started for this invocation. Never rejects. */
  readonly invoke: (payload: string) => Promise<{ readonly answer: Answer; readonly cold: boolean }>;
  readonly close: () => Promise<void>;
}

interface Member {
  readonly environment: Promise<ExecutionEnvironment>;
  used: boolean;
  /**
   * The caller has its response, but the runtime or an extension has not yet requested the next
   * event
   */
  wrappingUp: boolean;
}

type Waiter = (member: Member | undefined) => void;

/** Lambda's error when a function's reserved concurrency is exhausted */
export const THROTTLED = "TooManyRequestsException";

const CLOSED: Answer = {
  status: "error",
  errorType: "Sandbox.Closed",
  errorMessage: "The stack was closed",
};
const TOO_MANY: Answer = { status: "error", errorType: THROTTLED, errorMessage: "Rate Exceeded." };

/**
 * Milliseconds that a caller waits for a process that has answered and is about to be free. Lambda
 * would not wait, but it starts a process faster than two busy cores do, and a network separates
 * its callers.
 */
const WRAP_UP_GRACE = 100;

/**
 * Manages a function's processes.
 *
 * @param processLimit above this many, an invocation waits for a free process where Lambda would
 *   start another one: a laptop cannot start a thousand processes.
 */
export function createPool(definition: FunctionDefinition, onLog: OnLog, processLimit: number): FunctionPool {
  const members = new Set<Member>();
  const idle: Member[] = [];
  const waiting: Waiter[] = [];
  let closed = false;

  const freed = (member: Member): void => {
    member.wrappingUp = false;
    const next = waiting.shift();
    if (next === undefined) idle.push(member);
    else next(member);
  };
  const lost = (member: Member): void => {
    members.delete(member);
    const at = idle.indexOf(member);
    if (at >= 0) idle.splice(at, 1);
    waiting.shift()?.(undefined);
  };
  const start = (): Member => {
    const [onFree, onGone] = [() => freed(member), () => lost(member)];
    const environment = startEnvironment(definition, onLog, onFree, onGone);
    const member: Member = { environment, used: false, wrappingUp: false };
    members.add(member);
    environment.catch(onGone);
    return member;
  };
  const wait = (grace?: number): Promise<Member | undefined> =>
    new Promise((resolve) => {
      const timer = grace === undefined ? undefined : setTimeout(() => waiter(undefined), grace);
      const waiter: Waiter = (member) => {
        clearTimeout(timer);
        const at = waiting.indexOf(waiter);
        if (at >= 0) waiting.splice(at, 1);
        resolve(member);
      };
      waiting.push(waiter);
    });
  /** Undefined: the function's concurrency is exhausted, or the pool is closed. */
  const take = async (): Promise<Member | undefined> => {
    let member = idle.pop();
    if (member === undefined && [...members].some(({ wrappingUp }) => wrappingUp)) {
      member = await wait(WRAP_UP_GRACE);
    }
    while (member === undefined && !closed) {
      if (members.size - idle.length >= (definition.reservedConcurrency ?? Number.POSITIVE_INFINITY)) break;
      member = members.size < processLimit ? start() : await wait();
    }
    return member;
  };

  return {
    definition,
    invoke: async (payload) => {
      const member = closed ? undefined : await take();
      if (member === undefined) return { answer: closed ? CLOSED : TOO_MANY, cold: false };
      const cold = !member.used;
      member.used = true;
      try {
        const answer = await (await member.environment).invoke(payload);
        return { answer, cold };
      } catch (error) {
        return { answer: { status: "error", errorType: "Sandbox.Fault", errorMessage: String(error) }, cold };
      } finally {
        member.wrappingUp = !idle.includes(member);
      }
    },
    close: async () => {
      closed = true;
      for (const next of [...waiting]) next(undefined);
      await Promise.all([...members].map(async ({ environment }) => (await environment).close()));
    },
  };
}
