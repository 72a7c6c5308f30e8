import type { ServerResponse } from "node:http";

/** One event for a function. */
export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  /** Epoch milliseconds */
  readonly deadline: number;
  /** JSON */
  readonly payload: string;
}

/** An error as Lambda returns it to the caller. */
export interface FunctionFault {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** A function's response, or the error instead of it. */
export type Answer =
  | { readonly status: "ok"; readonly payload: unknown }
  | ({ readonly status: "error" } & FunctionFault);

/** The result that a function's caller receives. */
export type InvokeResult =
  | {
      readonly status: "ok";
      readonly payload: unknown;
      /** Milliseconds that the caller waited, including a cold start */
      readonly durationMs: number;
      /** Whether a process was started for this invocation */
      readonly cold: boolean;
    }
  | ({ readonly status: "error"; readonly durationMs: number } & FunctionFault);

/** Lambda's limit for a response payload, in bytes */
const LARGEST_RESPONSE = 6 * 1024 * 1024;

/**
 * Reads the body that a runtime posted as its response; `undefined` means that it was too large.
 */
export function readAnswer(body: string | undefined): Answer {
  if (body === undefined || Buffer.byteLength(body) > LARGEST_RESPONSE) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${LARGEST_RESPONSE} bytes).`;
    return { status: "error", errorType: "Function.ResponseSizeTooLarge", errorMessage };
  }
  try {
    return { status: "ok", payload: JSON.parse(body) as unknown };
  } catch {
    return { status: "error", errorType: "Runtime.MarshalError", errorMessage: "The response is not JSON" };
  }
}

/** Reads an error report. `stated` is the type from a header; it wins unless it is empty. */
export function readFault(body: string, stated = ""): FunctionFault {
  const fault = readObject(body);
  return {
    errorType: stated === "" ? String(fault?.errorType ?? "Runtime.Unknown") : stated,
    errorMessage: String(fault?.errorMessage ?? ""),
  };
}

/** An error without a readable description is still an error. */
function readObject(body: string): { readonly errorType?: unknown; readonly errorMessage?: unknown } {
  try {
    return (JSON.parse(body) as object | null) ?? {};
  } catch {
    return {};
  }
}

/** X-Ray header, unsampled: the laptop has no X-Ray to send traces to. */
export function traceOf({ requestId, deadline }: Invocation): string {
  const time = Math.floor(deadline / 1000).toString(16);
  return `Root=1-${time.padStart(8, "0")}-${requestId.replaceAll("-", "").slice(0, 24)};Sampled=0`;
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}

export function sendError(
  response: ServerResponse,
  status: number,
  errorType: string,
  errorMessage: string,
): void {
  send(response, status, { errorType, errorMessage });
}
