import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { signal } from "../signal.ts";
import { type RuntimeApi, startRuntimeApi } from "./runtime-api.ts";
import type { Answer, FunctionFault } from "./runtime-messages.ts";

/** Everything needed to run one function. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  readonly accountId: string;
  readonly handler: string;
  /** Absolute folder of the bundle */
  readonly codePath: string;
  readonly memorySize: number;
  /** Milliseconds */
  readonly timeout: number;
  /** The environment variables of the process, besides those that this file sets */
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined: any number of environments */
  readonly reservedConcurrency?: number;
}

/**
 * Receives each line that a function writes to stdout or stderr; `requestId` is that of the latest
 * invocation, absent during init.
 */
export type OnLog = (line: {
  readonly functionName: string;
  readonly requestId?: string;
  readonly line: string;
}) => void;

/** One process that handles one invocation at a time. */
export interface ExecutionEnvironment {
  /**
   * Never rejects: a crash, a timeout and a failed init are results. Must not be called while busy.
   */
  readonly invoke: (payload: string) => Promise<Answer>;
  /** Ends the process and its server; resolves when both are gone */
  readonly close: () => Promise<void>;
}

/** Lambda's time limit for init, in milliseconds */
const INIT_TIMEOUT = 10_000;

/**
 * Starts a Node.js process for a function, as Lambda starts an execution environment: init runs at
 * once and does not count against the function's timeout.
 *
 * @param onFree called whenever the environment can take another invocation after its first: when
 *   the runtime and all extensions are done, which may be after the caller has its response.
 * @param onGone called once when the process has ended and will not be used again.
 *
 * Unlike in Lambda, a process is not frozen between invocations; a failed init is not retried, the
 * next invocation gets a new process; and memory is not limited.
 */
export async function startEnvironment(
  definition: FunctionDefinition,
  onLog: OnLog,
  onFree: () => void,
  onGone: () => void,
): Promise<ExecutionEnvironment> {
  const api = await startRuntimeApi({
    functionName: definition.name,
    handler: definition.handler,
    accountId: definition.accountId,
  });
  const fault = signal<FunctionFault>();
  const gone = signal<void>();
  let requestId: string | undefined;
  const child = spawnRuntime(definition, api);
  const log = (line: string): void =>
    onLog({ functionName: definition.name, line, ...(requestId !== undefined && { requestId }) });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream as Readable }).on("line", log);
  }
  const end = (why: FunctionFault): void => {
    fault.settle(why);
    child.kill("SIGKILL");
  };
  child.once("error", (error) => {
    fault.settle({ errorType: "Runtime.InvalidEntrypoint", errorMessage: error.message });
    gone.settle();
  });
  child.once("exit", (code, killedBy) => {
    const how = code === null ? `signal: ${killedBy}` : `exit status ${code}`;
    fault.settle({
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${requestId ?? "none"} Error: Runtime exited with error: ${how}`,
    });
    gone.settle();
  });
  void api.broken.then(end);
  void gone.promise.then(async () => {
    await api.close();
    onGone();
  });
  const ready = awaitInit(api, fault.promise, end);

  return {
    invoke: async (payload) => {
      const failed = await ready;
      if (failed !== undefined) return { status: "error", ...failed };
      const id = randomUUID();
      requestId = id;
      const deadline = Date.now() + definition.timeout;
      const { answered, settled } = api.dispatch({
        requestId: id,
        functionArn: definition.arn,
        deadline,
        payload,
      });
      const seconds = (definition.timeout / 1000).toFixed(2);
      const timer = setTimeout(() => {
        const errorMessage = `RequestId: ${id} Error: Task timed out after ${seconds} seconds`;
        log(errorMessage);
        end({ errorType: "Sandbox.Timedout", errorMessage });
      }, definition.timeout);
      // The timeout includes the extensions' work, although the caller does not wait for it.
      void Promise.race([settled.then(() => "free" as const), gone.promise]).then((outcome) => {
        clearTimeout(timer);
        if (outcome === "free") onFree();
      });
      return Promise.race([answered, fault.promise.then((why): Answer => ({ status: "error", ...why }))]);
    },
    close: async () => {
      end({ errorType: "Sandbox.Closed", errorMessage: "The stack was closed" });
      await gone.promise;
      await api.close();
    },
  };
}

/** Waits for the end of init; returns the error if it failed. */
async function awaitInit(
  api: RuntimeApi,
  fault: Promise<FunctionFault>,
  end: (why: FunctionFault) => void,
): Promise<FunctionFault | undefined> {
  const timer = setTimeout(() => {
    const errorMessage = `Init phase timed out after ${INIT_TIMEOUT / 1000} seconds`;
    end({ errorType: "Sandbox.Timedout", errorMessage });
  }, INIT_TIMEOUT);
  const failed = await Promise.race([api.initialized.then(() => undefined), fault]);
  clearTimeout(timer);
  return failed;
}

/**
 * Inherits only PATH from the parent: the template must set every other variable that a function
 * needs.
 */
function spawnRuntime(definition: FunctionDefinition, api: RuntimeApi): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, "runtime-bootstrap.mjs")], {
    cwd: definition.codePath,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...(process.env.PATH !== undefined && { PATH: process.env.PATH }),
      LANG: "en_US.UTF-8",
      TZ: "UTC",
      // Lambda's Node version causes no SDK warning; the laptop's may, in each process's log.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      ...definition.environment,
      _HANDLER: definition.handler,
      AWS_LAMBDA_RUNTIME_API: api.address,
      AWS_LAMBDA_FUNCTION_NAME: definition.name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memorySize),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: randomUUID(),
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      LAMBDA_TASK_ROOT: definition.codePath,
    },
  });
}
