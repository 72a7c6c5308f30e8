import {
  type ExecutionEnvironment,
  type FunctionDefinition,
  type OnLog,
  startEnvironment,
} from "./execution-environment.ts";
import type { Answer } from "./runtime-messages.ts";

/** The environments of one function: one process per concurrent invocation, the most recently used one first. */
export interface FunctionPool {
  readonly definition: FunctionDefinition;
  /** `cold` tells that a process was started for this invocation. Never rejects. */
  readonly invoke: (payload: string) => Promise<{ readonly answer: Answer; readonly cold: boolean }>;
  readonly close: () => Promise<void>;
}

interface Member {
  readonly environment: Promise<ExecutionEnvironment>;
}

/** Lambda's error when a function's reserved concurrency is used up, or its account's */
export const THROTTLED = "TooManyRequestsException";

const CLOSED: Answer = { status: "error", errorType: "Sandbox.Closed", errorMessage: "The stack was closed" };

/**
 * @param processLimit where Lambda would start another environment, an invocation above this many waits for a free one: a laptop
 *   cannot start a thousand processes.
 */
export function createPool(definition: FunctionDefinition, onLog: OnLog, processLimit: number): FunctionPool {
  const members = new Set<Member>();
  const idle: Member[] = [];
  const waiting: ((member: Member | undefined) => void)[] = [];
  let closed = false;

  const freed = (member: Member): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(member);
    else next(member);
  };
  const lost = (member: Member): void => {
    members.delete(member);
    const at = idle.indexOf(member);
    if (at >= 0) idle.splice(at, 1);
    const next = waiting.shift();
    if (next !== undefined) next(closed ? undefined : start());
  };
  const start = (): Member => {
    const member: Member = {
      environment: startEnvironment(
        definition,
        onLog,
        () => freed(member),
        () => lost(member),
      ),
    };
    members.add(member);
    member.environment.catch(() => lost(member));
    return member;
  };

  return {
    definition,
    invoke: async (payload) => {
      if (closed) return { answer: CLOSED, cold: false };
      const limit = definition.reservedConcurrency;
      if (limit !== undefined && members.size - idle.length >= limit)
        return { answer: throttle(), cold: false };
      let member = idle.pop();
      let cold = false;
      if (member === undefined && members.size < processLimit) {
        member = start();
        cold = true;
      }
      member ??= await new Promise<Member | undefined>((resolve) => waiting.push(resolve));
      if (member === undefined) return { answer: CLOSED, cold: false };
      try {
        const environment = await member.environment;
        return { answer: await environment.invoke(payload), cold };
      } catch (error) {
        return { answer: { status: "error", errorType: "Sandbox.Fault", errorMessage: String(error) }, cold };
      }
    },
    close: async () => {
      closed = true;
      for (const next of waiting.splice(0)) next(undefined);
      await Promise.all([...members].map(async ({ environment }) => (await environment).close()));
    },
  };
}

function throttle(): Answer {
  return { status: "error", errorType: THROTTLED, errorMessage: "Rate Exceeded." };
}
