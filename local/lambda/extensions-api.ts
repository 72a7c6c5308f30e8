import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type FunctionFault,
  type Invocation,
  readFault,
  send,
  sendError,
  traceOf,
} from "./runtime-messages.ts";

export interface ExtensionsOptions {
  readonly functionName: string;
  readonly handler: string;
  readonly accountId: string;
  readonly initDone: () => boolean;
  /** An extension requests its next event */
  readonly onNext: () => void;
  /** An extension reported a fatal error */
  readonly onBroken: (fault: FunctionFault) => void;
}

/** The extensions of one execution environment. */
export interface Extensions {
  /** Answers a request to the Extensions API; false for any other request */
  readonly handle: (request: IncomingMessage, response: ServerResponse, body: string) => boolean;
  /** Whether every registered extension is waiting for its next event */
  readonly allWaiting: () => boolean;
  readonly notify: (invocation: Invocation) => void;
}

interface Extension {
  readonly name: string;
  readonly wantsInvoke: boolean;
  waiting?: ServerResponse | undefined;
}

const ROOT = "/2020-01-01/extension";

/**
 * Serves the Extensions API to one process. Treats every extension as internal, because
 * /opt/extensions is empty: it may register during init only, and for INVOKE only.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
export function createExtensions(options: ExtensionsOptions): Extensions {
  const registered = new Map<string, Extension>();

  const register = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const name = headerOf(request, "lambda-extension-name");
    const events = readEvents(body);
    const error = findRegistrationError(name, events, options.initDone(), [...registered.values()]);
    if (error !== undefined) {
      sendError(response, ...error);
      return;
    }
    const identifier = randomUUID();
    registered.set(identifier, { name, wantsInvoke: events?.includes("INVOKE") === true });
    const { functionName, handler, accountId } = options;
    const wantsAccount = headerOf(request, "lambda-extension-accept-feature").includes("accountId");
    response.setHeader("Lambda-Extension-Identifier", identifier);
    send(response, 200, {
      functionName,
      functionVersion: "$LATEST",
      handler,
      ...(wantsAccount && { accountId }),
    });
  };

  return {
    handle: (request, response, body) => {
      const route = `${request.method} ${request.url}`;
      if (!request.url?.startsWith(ROOT)) return false;
      if (route === `POST ${ROOT}/register`) {
        register(request, response, body);
        return true;
      }
      const extension = registered.get(headerOf(request, "lambda-extension-identifier"));
      if (extension === undefined) {
        sendError(
          response,
          403,
          "Extension.UnknownExtensionIdentifier",
          "Register first, then send the identifier",
        );
      } else if (route === `GET ${ROOT}/event/next`) {
        extension.waiting = response;
        options.onNext();
      } else if (route === `POST ${ROOT}/init/error` || route === `POST ${ROOT}/exit/error`) {
        options.onBroken(readFault(body, headerOf(request, "lambda-extension-function-error-type")));
        send(response, 202, { status: "OK" });
      } else {
        sendError(response, 404, "NotFound", `${route} is not served`);
      }
      return true;
    },
    allWaiting: () => [...registered.values()].every(({ waiting }) => waiting !== undefined),
    notify: (invocation) => {
      for (const extension of registered.values()) sendInvokeEvent(extension, invocation);
    },
  };
}

function sendInvokeEvent(extension: Extension, invocation: Invocation): void {
  const { waiting, wantsInvoke } = extension;
  if (!wantsInvoke || waiting === undefined) return;
  extension.waiting = undefined;
  waiting.setHeader("Lambda-Extension-Event-Identifier", randomUUID());
  send(waiting, 200, {
    eventType: "INVOKE",
    deadlineMs: invocation.deadline,
    requestId: invocation.requestId,
    invokedFunctionArn: invocation.functionArn,
    tracing: { type: "X-Amzn-Trace-Id", value: traceOf(invocation) },
  });
}

type ErrorAnswer = readonly [status: number, errorType: string, errorMessage: string];

function findRegistrationError(
  name: string,
  events: readonly string[] | undefined,
  initDone: boolean,
  others: readonly Extension[],
): ErrorAnswer | undefined {
  if (name === "") return [400, "Extension.InvalidExtensionName", "Header Lambda-Extension-Name is missing"];
  if (events === undefined) return [400, "InvalidRequest", "The body must contain a list of events"];
  if (initDone) return [403, "Extension.InvalidExtensionState", "Extensions can register during init only"];
  if (others.some((other) => other.name === name)) {
    return [403, "Extension.AlreadyRegistered", `Extension ${name} is already registered`];
  }
  if (events.includes("SHUTDOWN")) {
    const why = "An internal extension may not register for SHUTDOWN";
    return [400, "ShutdownEventNotSupportedForInternalExtension", why];
  }
  const unknown = events.find((event) => event !== "INVOKE");
  return unknown === undefined ? undefined : [400, "Extension.InvalidEventType", `Unknown event ${unknown}`];
}

function readEvents(body: string): readonly string[] | undefined {
  try {
    const { events } = JSON.parse(body) as { events?: unknown };
    return Array.isArray(events) ? events.map(String) : undefined;
  } catch {
    return undefined;
  }
}

function headerOf(request: IncomingMessage, name: string): string {
  return String(request.headers[name] ?? "");
}
