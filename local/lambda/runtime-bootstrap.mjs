// Replaces Lambda's Node runtime: loads the handler, then requests one invocation after another
// from the Runtime API. Plain JavaScript, because each function's process runs it without a
// TypeScript loader.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { existsSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true });
const RUNTIME = "/2018-06-01/runtime";
let current;
let dying = false;

function call(method, path, body) {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  if (body?.errorType !== undefined) headers["lambda-runtime-function-error-type"] = body.errorType;
  return new Promise((resolve, reject) => {
    const request = http.request(
      { hostname, port, path: `${RUNTIME}${path}`, method, agent, headers },
      (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ headers: response.headers, text: Buffer.concat(chunks).toString("utf8") }),
        );
      },
    );
    request.on("error", reject);
    request.end(body === undefined ? undefined : (body.text ?? JSON.stringify(body)));
  });
}

function describeError(error, errorType) {
  if (!(error instanceof Error))
    return { errorType: errorType ?? typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: errorType ?? error.name,
    errorMessage: error.message,
    trace: (error.stack ?? "").split("\n"),
  };
}

async function loadHandler() {
  const named = process.env._HANDLER;
  const dot = named.lastIndexOf(".");
  const base = join(process.env.LAMBDA_TASK_ROOT, named.slice(0, dot));
  const file = [".mjs", ".js", ".cjs"].map((end) => base + end).find((path) => existsSync(path));
  if (file === undefined)
    throw failure("Runtime.ImportModuleError", `Cannot find module '${named.slice(0, dot)}'`);
  const module = await import(pathToFileURL(file).href);
  const handler = module[named.slice(dot + 1)];
  if (typeof handler !== "function") {
    throw failure("Runtime.HandlerNotFound", `${named} is undefined or not exported`);
  }
  // From Node.js 24 on, Lambda's runtime takes no handler with a callback.
  if (handler.length > 2) {
    throw failure("Runtime.CallbackHandlerDeprecated", `${named} takes a callback: use an async handler`);
  }
  return handler;
}

function failure(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

async function answer(handler, { headers, text }) {
  current = headers["lambda-runtime-aws-request-id"];
  process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"];
  try {
    const result = await handler(JSON.parse(text), contextOf(headers));
    await call("POST", `/invocation/${current}/response`, { text: JSON.stringify(result) ?? "null" });
  } catch (error) {
    console.error(error);
    await call("POST", `/invocation/${current}/error`, describeError(error));
  }
  current = undefined;
}

async function dieOf(error, errorType) {
  if (dying) return;
  dying = true;
  console.error(error);
  const path = current === undefined ? "/init/error" : `/invocation/${current}/error`;
  await call("POST", path, describeError(error, errorType)).catch(() => {});
  process.exit(1);
}

// A write error means that the stack, which reads these lines, has ended. Logging it would loop.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(0));
process.on("uncaughtException", (error) => void dieOf(error));
process.on("unhandledRejection", (error) => void dieOf(error, "Runtime.UnhandledPromiseRejection"));

const handler = await loadHandler();
for (;;) {
  // No Runtime API means that the stack has ended, so this process ends too.
  const invocation = await call("GET", "/invocation/next").catch(() => process.exit(0));
  await answer(handler, invocation);
}
