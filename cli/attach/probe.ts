import { request as overHttp } from "node:http";
import { request as overTls } from "node:https";
import { messageOf } from "../command.ts";

/** How one call was answered, as far as it tells who answered. */
export type Answer =
  | {
      readonly status: number;
      /**
       * `sallyport`: by its words; `gateway`: API Gateway without them; `unknown`: the back end, or
       * one cannot tell
       */
      readonly by: "sallyport" | "gateway" | "unknown";
      /** Sallyport's reason code */
      readonly reason?: string;
      /** API Gateway has no such route in this stage */
      readonly noRoute?: true;
      /** API Gateway could not ask the authorizer */
      readonly failed?: true;
    }
  | { readonly status: "unreachable"; readonly why: string };

export interface ProbeRequest {
  readonly method: string;
  readonly url: string;
  /** The whole header; absent: none is sent */
  readonly authorization?: string;
  readonly timeoutMs: number;
}

const MOST_BODY = 8192;

/**
 * Calls a route once and reads only as much as tells who answered. Follows no redirect, never
 * rejects, and quotes no header.
 */
export async function probe({ method, url, authorization, timeoutMs }: ProbeRequest): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method,
      redirect: "manual",
      headers: authorization === undefined ? {} : { authorization },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return classifyAnswer(response.status, response.headers, await firstBytes(response));
  } catch (error) {
    return unreachable(error, timeoutMs);
  }
}

/** Opens a WebSocket as far as the handshake tells, and closes it again. */
export function probeWebSocket({ url, authorization, timeoutMs }: ProbeRequest): Promise<Answer> {
  const target = new URL(url);
  const send = target.protocol === "http:" || target.protocol === "ws:" ? overHttp : overTls;
  target.protocol = send === overHttp ? "http:" : "https:";
  return new Promise((resolve) => {
    const call = send(target, {
      timeout: timeoutMs,
      agent: false,
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": Buffer.from("sallyport-verify").toString("base64"),
        ...(authorization !== undefined && { authorization }),
      },
    });
    call.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 101, by: "unknown" });
    });
    call.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body = `${body}${text}`.slice(0, MOST_BODY);
      });
      const end = () =>
        resolve(classifyAnswer(response.statusCode ?? 0, new Headers(plain(response.headers)), body));
      response.on("end", end);
      response.on("error", end);
    });
    call.on("timeout", () => call.destroy(new Error("timeout")));
    call.on("error", (error) => resolve(unreachable(error, timeoutMs)));
    call.end();
  });
}

/** Says from status, headers and body who answered. */
export function classifyAnswer(status: number, headers: Headers, body: string): Answer {
  const kind = headers.get("x-amzn-errortype") ?? "";
  const answer = readObject(body);
  const { reason, decisionId, message, error } = answer;
  if (status >= 500 && (/Authorizer(Configuration|Failure)/i.test(kind) || error === "internal-fault"))
    return { status, by: "gateway", failed: true };
  if (typeof reason === "string" && reason !== "" && typeof decisionId === "string")
    return { status, by: "sallyport", reason: reason.slice(0, 60) };
  // REST says of a path or method that it does not know that a token is missing; HTTP APIs say 404
  // in these words.
  const unknownToHttp = status === 404 && message === "Not Found" && headers.has("apigw-requestid");
  if (/^MissingAuthenticationToken/.test(kind) || unknownToHttp)
    return { status, by: "gateway", noRoute: true };
  const inGatewaysWords =
    headers.has("apigw-requestid") && (message === "Forbidden" || message === "Unauthorized");
  return { status, by: kind !== "" || inGatewaysWords ? "gateway" : "unknown" };
}

export const isDenial = (answer: Answer): boolean => answer.status === 401 || answer.status === 403;

async function firstBytes(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < MOST_BODY) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}

function readObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function unreachable(error: unknown, timeoutMs: number): Answer {
  const { name, cause, code } = error as { name?: string; cause?: { code?: string }; code?: string };
  const timedOut = name === "TimeoutError" || messageOf(error) === "timeout";
  // The client's own message may quote a header that it does not like.
  const why = timedOut ? `no answer within ${timeoutMs / 1000} s` : (cause?.code ?? code ?? "no connection");
  return { status: "unreachable", why };
}

const plain = (headers: NodeJS.Dict<string | string[]>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
