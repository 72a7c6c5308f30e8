import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { BodyTooLargeError, type Listener, listen, readBody } from "../../listen.ts";
import { GatewayBootError, isRecord } from "../data/gateway-resource.ts";
import { answerSts, callerArn, stsFailure } from "./caller-identity.ts";
import { badRequest, ControlFailure } from "./control-failure.ts";
import { type CallLog, type CallTarget, ConnectionCut, type FaultSwitch } from "./faults.ts";
import { findOperation, type Operation } from "./operation.ts";

export interface ControlServer {
  readonly operations: readonly Operation[];
  readonly faults: FaultSwitch;
  readonly log: CallLog;
  readonly region: string;
  readonly accountId: string;
}

interface Answered {
  readonly status: number;
  readonly type: string;
  /** Name of the exception; absent on success */
  readonly error?: string;
  readonly body: string;
}

const LARGEST_BODY = 1024 * 1024;
const JSON_TYPE = "application/json";

/** Listens for the calls of all services at one address; the path identifies the service. */
export function serveControl(server: ControlServer): Promise<Listener> {
  return listen((message, response) => {
    void respond(server, message, response).catch(() => response.destroy());
  });
}

async function respond(
  server: ControlServer,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(message.url ?? "/", "http://localhost");
  const sts = message.method === "POST" && url.pathname === "/";
  try {
    const body = await readBody(message, LARGEST_BODY);
    const answered = sts
      ? await serveSts(server, body)
      : await serveJson(server, message.method ?? "", url, body);
    write(response, answered);
  } catch (error) {
    if (error instanceof ConnectionCut) response.destroy();
    else write(response, sts ? xmlFailure(failureOf(error)) : jsonFailure(failureOf(error)));
  }
}

async function serveJson(server: ControlServer, method: string, url: URL, text: string): Promise<Answered> {
  const found = findOperation(server.operations, method, url.pathname);
  if (found === undefined)
    throw new ControlFailure(
      404,
      "UnknownOperationException",
      `${method} ${url.pathname} is not served on the laptop`,
    );
  const { operation, labels } = found;
  const target = targetOf(server, operation, method, url.pathname);
  return perform(server, target, jsonFailure, async () => {
    const body = readJson(text);
    const output: unknown = await operation.run({ path: labels, query: url.searchParams, body });
    const content = output === undefined ? "" : JSON.stringify(output);
    return { status: operation.status, type: JSON_TYPE, body: content };
  });
}

function serveSts(server: ControlServer, body: string): Promise<Answered> {
  const name = new URLSearchParams(body).get("Action") ?? "";
  const caller = callerArn(server.accountId);
  const target: CallTarget = { service: "sts", name, action: `sts:${name}`, resource: "*", caller };
  return perform(server, target, xmlFailure, async () => {
    return { status: 200, type: "text/xml", body: answerSts(body, server.accountId) };
  });
}

/** Applies the faults set for the call, runs the call, and records the result. */
async function perform(
  { faults, log }: ControlServer,
  target: CallTarget,
  toAnswer: (failure: ControlFailure) => Answered,
  work: () => Promise<Answered>,
): Promise<Answered> {
  const { service, name } = target;
  try {
    const { cutAfter } = await faults.meet(target);
    const answered = await work();
    if (cutAfter) throw new ConnectionCut();
    log.record({ service, name, status: answered.status });
    return answered;
  } catch (error) {
    if (error instanceof ConnectionCut) {
      log.record({ service, name, status: 0 });
      throw error;
    }
    const answered = toAnswer(failureOf(error));
    log.record({ service, name, status: answered.status });
    return answered;
  }
}

/** The caller and resource that a denial message would name. */
function targetOf(
  { region, accountId }: ControlServer,
  { service, name }: Operation,
  method: string,
  path: string,
): CallTarget {
  const caller = callerArn(accountId);
  if (service === "lambda") {
    const functionName = decodeURIComponent(path.split("/")[3] ?? "").replace(/^arn:.*:function:/, "");
    const resource = `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
    return { service, name, action: `lambda:${name}`, resource, caller };
  }
  const resource = `arn:aws:apigateway:${region}::${path.replace(/^\/v2/, "")}`;
  return { service, name, action: `apigateway:${method}`, resource, caller };
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  if (text === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ControlFailure(400, "SerializationException", "The request body is not JSON");
  }
  if (!isRecord(value)) throw badRequest("Invalid request input");
  return value;
}

function failureOf(error: unknown): ControlFailure {
  if (error instanceof ControlFailure) return error;
  // The changed configuration could not be deployed.
  if (error instanceof GatewayBootError) return badRequest(error.message);
  if (error instanceof BodyTooLargeError)
    return new ControlFailure(413, "RequestTooLargeException", error.message);
  return new ControlFailure(500, "InternalFailure", error instanceof Error ? error.message : String(error));
}

function jsonFailure({ status, type, message, more }: ControlFailure): Answered {
  const content = "Message" in more ? more : { message, ...more };
  return { status, type: JSON_TYPE, error: type, body: JSON.stringify(content) };
}

const xmlFailure = (failure: ControlFailure): Answered => ({
  status: failure.status,
  type: "text/xml",
  body: stsFailure(failure),
});

function write(response: ServerResponse, { status, type, error, body }: Answered): void {
  response.writeHead(status, {
    ...(body !== "" && { "Content-Type": type }),
    "x-amzn-RequestId": randomUUID(),
    ...(error !== undefined && { "x-amzn-ErrorType": error }),
  });
  response.end(body);
}
