import http, { type IncomingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type RetryDelays, retryDelay } from "../../domain/retry-delay.ts";

/** Work that the caller does not wait for; it may take `budget` milliseconds. */
export type Work = (budget: number) => Promise<void>;

export interface Extension {
  /**
   * Does `work` after the response of this invocation, or before it where extensions are not
   * available.
   */
  readonly defer: (requestId: string, work: Work) => Promise<void>;
}

/** The environment stays busy, and billed, for as long as work goes on after the response. */
const BUDGET_AFTER_RESPONSE = 1500;
/**
 * Of an invocation, left for logging what could not be done: at its deadline Lambda ends
 * the process.
 */
const LAST_WORDS = 100;
/**
 * Without an extension the client waits for the work, or the time left for it is unknown.
 */
const BUDGET_BEFORE_RESPONSE = 150;
const ATTEMPTS = 4;
const PAUSES: RetryDelays = { first: 10, longest: 40 };
const EXTENSIONS_API = "2020-01-01/extension";
const EXTENSION_NAME = "sallyport-after-response";

export interface ExtensionOptions {
  /** `AWS_LAMBDA_RUNTIME_API`, host and port; absent outside Lambda */
  readonly runtimeApi: string | undefined;
  /** Called when extensions are not available, or fail later */
  readonly onFallback: (why: unknown) => void;
  /**
   * Called when the Extensions API is lost for good and all work is done: the environment cannot go
   * on
   */
  readonly onLost: () => void;
}

/**
 * Registers an internal Lambda extension, which keeps the environment running after a response
 * until its work is done.
 *
 * Must be awaited during init: Lambda takes registrations only then. `work` must not reject; it
 * reports its own failures.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
export async function startExtension({
  runtimeApi,
  onFallback,
  onLost,
}: ExtensionOptions): Promise<Extension> {
  if (runtimeApi === undefined) return beforeResponse;
  try {
    const registered = await call(runtimeApi, "register", {
      method: "POST",
      headers: { "Lambda-Extension-Name": EXTENSION_NAME },
      body: JSON.stringify({ events: ["INVOKE"] }),
    });
    const identifier = registered.headers["lambda-extension-identifier"];
    if (typeof identifier !== "string") throw new Error("registering answered without an identifier");
    const headers = { "Lambda-Extension-Identifier": identifier };
    return runExtension(
      async () =>
        JSON.parse((await call(runtimeApi, "event/next", { method: "GET", headers })).body) as Invocation,
      onFallback,
      onLost,
    );
  } catch (error) {
    onFallback(error);
    return beforeResponse;
  }
}

interface Invocation {
  readonly requestId: string;
  readonly deadlineMs: number;
}

interface Call {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Calls the Extensions API with no timeout: `event/next` answers when the next invocation comes,
 * maybe hours later.
 */
function call(runtimeApi: string, path: string, { method, headers, body }: Call) {
  return new Promise<{ headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const request = http.request(
      `http://${runtimeApi}/${EXTENSIONS_API}/${path}`,
      { method, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const { statusCode = 0, headers: received } = response;
          if (statusCode < 200 || statusCode > 299) reject(new Error(`${path} answered ${statusCode}`));
          else resolve({ headers: received, body: Buffer.concat(chunks).toString("utf8") });
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** Tries a call that ought to succeed a few times more. */
async function persist<T>(attempt: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (failures === ATTEMPTS) throw error;
      await sleep(retryDelay(failures, PAUSES));
    }
  }
}

const beforeResponse: Extension = { defer: (_requestId, work) => work(BUDGET_BEFORE_RESPONSE) };

function runExtension(
  nextInvocation: () => Promise<Invocation>,
  onFallback: (why: unknown) => void,
  onLost: () => void,
): Extension {
  // One environment serves one invocation at a time; the handler and the loop below meet by its
  // request id.
  const meetings = new Map<string, { work: Promise<Work>; bring: (work: Work) => void }>();
  let lost = false;
  let missed: string | undefined;

  const meeting = (requestId: string) => {
    let found = meetings.get(requestId);
    if (found === undefined) {
      let bring: (work: Work) => void = () => {};
      const work = new Promise<Work>((resolve) => {
        bring = resolve;
      });
      found = { work, bring };
      meetings.set(requestId, found);
    }
    return found;
  };

  const serve = async ({ requestId, deadlineMs }: Invocation) => {
    const timer = new AbortController();
    const gaveUp = sleep(Math.max(0, deadlineMs - Date.now()), undefined, {
      signal: timer.signal,
      ref: false,
    });
    const work = await Promise.race([meeting(requestId).work, gaveUp.catch(() => undefined)]);
    timer.abort();
    meetings.delete(requestId);
    if (work === undefined) {
      missed = requestId;
      return;
    }
    // Lets the runtime send the response before this process turns to anything else.
    await sleep(1);
    const left = deadlineMs - Date.now() - LAST_WORDS;
    await work(Math.max(1, Math.trunc(Math.min(BUDGET_AFTER_RESPONSE, left)))).catch(onFallback);
  };
  const loop = async () => {
    for (;;) await serve(await persist(nextInvocation));
  };
  loop().catch(async (error) => {
    lost = true;
    onFallback(error);
    const waiting = [...meetings.values()];
    meetings.clear();
    await Promise.allSettled(waiting.map(({ work }) => work.then((late) => late(BUDGET_BEFORE_RESPONSE))));
    // Lambda goes on waiting for an extension that has registered: only a new environment can
    // answer in time again.
    onLost();
  });

  return {
    defer: async (requestId, work) => {
      // No event follows for an invocation that was given up; late work is better than none.
      if (lost || requestId === missed) return work(BUDGET_BEFORE_RESPONSE);
      meeting(requestId).bring(work);
    },
  };
}
