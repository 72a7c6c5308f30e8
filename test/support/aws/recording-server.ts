import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createPace, type ObservedCall } from "../../../aws/api-gateway/pace.ts";

/** A request as the SDK sent it. */
export interface SentRequest {
  readonly method: string;
  /** As sent, percent-encoding and all */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined without a body */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * By `<METHOD> <path>`; the last answer stands for all further requests, so that a list can tell
 * what each attempt gets.
 */
export type Answers = Readonly<Record<string, Answer | ((request: SentRequest) => Answer)>>;

/**
 * A server that takes down what the SDK asks for and answers as API Gateway's documentation says;
 * 404 for all else.
 */
export async function startRecordingServer(answers: Answers) {
  const requests: SentRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
      const text = Buffer.concat(chunks).toString("utf8");
      const request: SentRequest = {
        method: incoming.method ?? "",
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        body: text === "" ? undefined : parse(text),
        headers: incoming.headers,
      };
      requests.push(request);
      const found = answers[`${request.method} ${request.path}`] ?? missing;
      const { status = 200, headers = {}, body } = typeof found === "function" ? found(request) : found;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(body === undefined ? "" : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    /** `GET /restapis/a` and so on, in the order they came */
    lines: () => requests.map(({ method, path }) => `${method} ${path}`),
    /** What was sent other than to read */
    changes: () =>
      requests.filter(({ method }) => method !== "GET").map(({ method, path, body }) => [method, path, body]),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Answers one after the other; the last one stands. */
export function inTurn(...answers: readonly Answer[]): () => Answer {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] ?? {};
}

/** As API Gateway refuses a caller whose policy does not allow the call. */
export const refusal = (action: string, resource: string): Answer => ({
  status: 403,
  headers: { "x-amzn-errortype": "AccessDeniedException" },
  body: {
    Message: `User: arn:aws:iam::111122223333:user/ops is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  },
});

export const failure = (status: number, type: string, message: string): Answer => ({
  status,
  headers: { "x-amzn-errortype": type },
  body: { message },
});

/** A pace that waits for nothing and keeps what it saw. */
export function hastyPace() {
  const observed: ObservedCall[] = [];
  const pace = createPace({
    perSecond: 1e6,
    sleep: () => Promise.resolve(),
    observe: (call) => observed.push(call),
  });
  return { pace, observed };
}

const missing: Answer = failure(404, "NotFoundException", "Invalid API identifier specified");

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
