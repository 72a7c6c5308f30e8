import type { ServerResponse } from "node:http";
import { listen, readBody } from "../listen.ts";
import { type Signal, signal } from "../signal.ts";
import { createExtensions } from "./extensions-api.ts";
import {
  type Answer,
  type FunctionFault,
  type Invocation,
  readAnswer,
  readFault,
  send,
  sendError,
  traceOf,
} from "./runtime-messages.ts";

/** One execution environment's Lambda: the Runtime API and the Extensions API at one address. */
export interface RuntimeApi {
  /** host:port, for AWS_LAMBDA_RUNTIME_API */
  readonly address: string;
  /** Resolves once the runtime and every registered extension have requested their next event */
  readonly initialized: Promise<void>;
  /** Resolves when the runtime or an extension reports a fatal error */
  readonly broken: Promise<FunctionFault>;
  /**
   * Hands out one invocation; must not be called while another is in progress. `answered` resolves
   * with the response; `settled` once the runtime and all extensions have requested their next
   * event.
   */
  readonly dispatch: (invocation: Invocation) => {
    readonly answered: Promise<Answer>;
    readonly settled: Promise<void>;
  };
  readonly close: () => Promise<void>;
}

interface Running {
  readonly requestId: string;
  readonly answered: Signal<Answer>;
  readonly settled: Signal<void>;
  over: boolean;
}

const LARGEST_BODY = 16 * 1024 * 1024;
const ROOT = "/2018-06-01/runtime";

/**
 * Serves the Runtime API and the Extensions API to one process. The environment is free again when
 * the runtime has answered and, with all extensions, requested the next event. Does not serve the
 * Telemetry and Logs APIs, nor streamed responses.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startRuntimeApi(about: {
  readonly functionName: string;
  readonly handler: string;
  readonly accountId: string;
}): Promise<RuntimeApi> {
  const initialized = signal<void>();
  const broken = signal<FunctionFault>();
  let runtimeWaiting: ServerResponse | undefined;
  let initDone = false;
  let running: Running | undefined;

  const someoneAsked = (): void => {
    if (runtimeWaiting === undefined || !extensions.allWaiting()) return;
    if (!initDone) {
      initDone = true;
      initialized.settle();
    } else if (running?.over === true) {
      const { settled } = running;
      running = undefined;
      settled.settle();
    }
  };
  const extensions = createExtensions({
    ...about,
    initDone: () => initDone,
    onNext: someoneAsked,
    onBroken: broken.settle,
  });
  const finish = (response: ServerResponse, requestId: string, answer: Answer): void => {
    if (running?.requestId !== requestId || running.over) {
      sendError(response, 400, "InvalidRequestID", "This request is not in progress");
      return;
    }
    running.over = true;
    running.answered.settle(answer);
    send(response, 202, { status: "OK" });
  };

  const listener = await listen(async (request, response) => {
    const body = await readBody(request, LARGEST_BODY).catch(() => undefined);
    if (extensions.handle(request, response, body ?? "")) return;
    const route = `${request.method} ${request.url}`;
    const [, requestId, kind] = /^POST .*\/invocation\/([^/]+)\/(response|error)$/.exec(route) ?? [];
    if (route === `GET ${ROOT}/invocation/next`) {
      runtimeWaiting = response;
      someoneAsked();
    } else if (route === `POST ${ROOT}/init/error`) {
      broken.settle(readFault(body ?? ""));
      send(response, 202, { status: "OK" });
    } else if (requestId === undefined) {
      sendError(response, 404, "NotFound", `${route} is not served`);
    } else {
      const failed = kind === "error";
      finish(response, requestId, failed ? { status: "error", ...readFault(body ?? "") } : readAnswer(body));
    }
  });

  return {
    address: listener.url.slice("http://".length),
    initialized: initialized.promise,
    broken: broken.promise,
    close: listener.close,
    dispatch: (invocation) => {
      const runtime = runtimeWaiting;
      if (runtime === undefined) throw new Error("The runtime has not asked for an invocation");
      const [answered, settled] = [signal<Answer>(), signal<void>()];
      running = { requestId: invocation.requestId, over: false, answered, settled };
      runtimeWaiting = undefined;
      extensions.notify(invocation);
      sendInvocation(runtime, invocation);
      return { answered: answered.promise, settled: settled.promise };
    },
  };
}

function sendInvocation(response: ServerResponse, invocation: Invocation): void {
  response.writeHead(200, {
    "Content-Type": "application/json",
    "Lambda-Runtime-Aws-Request-Id": invocation.requestId,
    "Lambda-Runtime-Deadline-Ms": String(invocation.deadline),
    "Lambda-Runtime-Invoked-Function-Arn": invocation.functionArn,
    "Lambda-Runtime-Trace-Id": traceOf(invocation),
  });
  response.end(invocation.payload);
}
