import type { LocalTemplate, Resource } from "../cloudformation/template.ts";
import { createEventInvoker, type EventInvokerOptions, type InvokeAsync } from "./event-invoke.ts";
import type { FunctionDefinition, OnLog } from "./execution-environment.ts";
import { createPool, type FunctionPool } from "./function-pool.ts";
import type { InvokeResult } from "./runtime-messages.ts";

export type { InvokeResult };

/** Every Lambda function of the template. */
export interface FunctionFleet {
  /**
   * Request and response. Rejects only for a function that does not exist; a function's error is a
   * result.
   */
  readonly invoke: (functionArnOrName: string, payload: unknown) => Promise<InvokeResult>;
  /** Queues an event; resolves once it is queued, rejects for a function that does not exist. */
  readonly invokeAsync: InvokeAsync;
  /** Resolves when no asynchronous event is queued or being processed */
  readonly idle: () => Promise<void>;
  /** Ends every process; drops queued events */
  readonly close: () => Promise<void>;
}

export interface FleetOptions extends Pick<EventInvokerOptions, "sendToQueue"> {
  /**
   * Environment variables that every function gets besides the template's and Lambda's own, such as
   * AWS_ENDPOINT_URL_*
   */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onLog?: OnLog;
  /** Processes per function. @default 8 */
  readonly processLimit?: number;
  /**
   * Milliseconds before the first retry of an asynchronous event; Lambda waits a minute.
   * @default 200
   */
  readonly retryDelay?: number;
}

/** Lambda's limit for a synchronous request, in bytes */
const LARGEST_REQUEST = 6 * 1024 * 1024;

/**
 * Makes every function of the template invocable; the first invocation starts a process.
 * Versions and aliases run the code in the assembly. Does not check permissions.
 */
export function startFunctions(template: LocalTemplate, options: FleetOptions): FunctionFleet {
  const pools = new Map<string, FunctionPool>();
  for (const resource of template.ofType("AWS::Lambda::Function")) {
    const definition = define(template, resource, options.environment ?? {});
    pools.set(
      definition.name,
      createPool(definition, options.onLog ?? (() => {}), options.processLimit ?? 8),
    );
  }
  const poolOf = (functionArnOrName: string): FunctionPool => {
    const pool = pools.get(nameOf(functionArnOrName));
    if (pool === undefined)
      throw new Error(`ResourceNotFoundException: Function not found: ${functionArnOrName}`);
    return pool;
  };
  const invoke: FunctionFleet["invoke"] = async (functionArnOrName, payload) => {
    const pool = poolOf(functionArnOrName);
    const text = JSON.stringify(payload) ?? "{}";
    const began = performance.now();
    if (Buffer.byteLength(text) > LARGEST_REQUEST) {
      const errorMessage = `The request is larger than ${LARGEST_REQUEST} bytes`;
      return { status: "error", errorType: "RequestTooLargeException", errorMessage, durationMs: 0 };
    }
    const { answer, cold } = await pool.invoke(text);
    const durationMs = performance.now() - began;
    return answer.status === "ok" ? { ...answer, durationMs, cold } : { ...answer, durationMs };
  };
  const events = createEventInvoker(template, {
    invoke,
    definitionOf: (functionArnOrName) => poolOf(functionArnOrName).definition,
    sendToQueue: options.sendToQueue,
    retryDelay: options.retryDelay ?? 200,
  });
  return {
    invoke,
    invokeAsync: events.invokeAsync,
    idle: events.idle,
    close: async () => {
      events.close();
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

/** The function name from a name, an ARN or a qualified ARN. */
export function nameOf(functionArnOrName: string): string {
  return functionArnOrName.startsWith("arn:")
    ? (functionArnOrName.split(":")[6] ?? "")
    : (functionArnOrName.split(":")[0] ?? "");
}

function define(
  template: LocalTemplate,
  resource: Resource,
  extra: Readonly<Record<string, string>>,
): FunctionDefinition {
  const { Environment, Handler, Runtime, MemorySize, Timeout, ReservedConcurrentExecutions, Layers } =
    resource.properties as FunctionProperties;
  const where = `${resource.stack}: function ${resource.logicalId}`;
  if (Handler === undefined || resource.assetPath === undefined)
    throw new Error(`${where} has no handler or code`);
  if (Runtime?.startsWith("nodejs") !== true)
    throw new Error(`${where} runs on ${Runtime}; the laptop has Node.js`);
  if ((Layers ?? []).length > 0) throw new Error(`${where} has layers, which the laptop does not load`);
  const name = template.physicalId(resource);
  return {
    name,
    arn: template.arn(resource),
    accountId: template.accountId,
    handler: Handler,
    codePath: resource.assetPath,
    memorySize: Number(MemorySize ?? 128),
    timeout: Number(Timeout ?? 3) * 1000,
    ...(ReservedConcurrentExecutions !== undefined && {
      reservedConcurrency: Number(ReservedConcurrentExecutions),
    }),
    environment: {
      AWS_REGION: template.region,
      AWS_DEFAULT_REGION: template.region,
      AWS_EXECUTION_ENV: `AWS_Lambda_${Runtime}`,
      // The laptop does not verify signatures, but the SDK refuses to send a request without one.
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_SESSION_TOKEN: "local",
      ...Environment?.Variables,
      ...extra,
    },
  };
}

interface FunctionProperties {
  readonly Handler?: string;
  readonly Runtime?: string;
  readonly MemorySize?: number;
  readonly Timeout?: number;
  readonly ReservedConcurrentExecutions?: number;
  readonly Layers?: readonly unknown[];
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
}
