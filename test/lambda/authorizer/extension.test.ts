import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { startExtension } from "../../../lambda/authorizer/extension.ts";

/**
 * The Extensions API over real HTTP: registering, and `event/next` that answers when the test says
 * so.
 */
async function extensionsApi({ registerStatus = 200 } = {}) {
  const waiting: http.ServerResponse[] = [];
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    if (request.url?.endsWith("/register")) {
      response.writeHead(registerStatus, { "Lambda-Extension-Identifier": "id-1" }).end("{}");
    } else waiting.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const until = async (condition: () => boolean) => {
    while (!condition()) await sleep(2);
  };
  return {
    runtimeApi: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    waiting,
    until,
    invoke: async (requestId: string, deadlineMs = Date.now() + 5000) => {
      await until(() => waiting.length > 0);
      waiting.shift()?.end(JSON.stringify({ eventType: "INVOKE", requestId, deadlineMs }));
    },
    fail: async () => {
      await until(() => waiting.length > 0);
      waiting.shift()?.writeHead(500).end();
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

let api: Awaited<ReturnType<typeof extensionsApi>>;
afterEach(() => api.close());

/** Starts it, on the API at hand if nothing else is said, with what it says on the way. */
async function start(parts: Partial<Parameters<typeof startExtension>[0]> = {}) {
  const fallbacks: unknown[] = [];
  const { defer } = await startExtension({
    runtimeApi: api.runtimeApi,
    onLost: () => {},
    onFallback: (why) => fallbacks.push(why),
    ...parts,
  });
  return { defer, fallbacks };
}

describe("startExtension", () => {
  test("does the work after the handler returned, and asks for the next invocation only when it is done", async () => {
    api = await extensionsApi();
    const { defer, fallbacks } = await start();
    const order: string[] = [];
    await api.invoke("r1");
    let finish = () => {};
    const working = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await defer("r1", async (budget) => {
      order.push(`work ${budget}`);
      await working;
    });
    order.push("responded");
    await api.until(() => order.length === 2);
    expect(order).toEqual(["responded", "work 1500"]);
    expect(api.asked.filter((call) => call.endsWith("/event/next"))).toHaveLength(1);
    finish();
    await api.until(() => api.waiting.length === 1);
    expect(api.asked.filter((call) => call.endsWith("/event/next"))).toHaveLength(2);
    expect(fallbacks).toEqual([]);
  });

  test("meets the work also when the handler is faster than the extension's event", async () => {
    api = await extensionsApi();
    const { defer } = await start();
    let done = false;
    await defer("r1", async () => {
      done = true;
    });
    expect(done).toBe(false);
    await api.invoke("r1");
    await api.until(() => done);
  });

  test("goes on to the next invocation when a handler never brings its work", async () => {
    api = await extensionsApi();
    await start();
    await api.invoke("r1", Date.now() + 20);
    await api.until(() => api.waiting.length === 1);
  });

  test.each([
    ["outside Lambda", undefined],
    ["where registering is refused", 403],
  ])("works before the response, within the tighter budget, %s", async (_, registerStatus) => {
    api = await extensionsApi(registerStatus === undefined ? {} : { registerStatus });
    const { defer, fallbacks } = await start(registerStatus === undefined ? { runtimeApi: undefined } : {});
    const budgets: number[] = [];
    await defer("r1", async (budget) => {
      budgets.push(budget);
    });
    expect(budgets).toEqual([150]);
    expect(fallbacks).toHaveLength(registerStatus === undefined ? 0 : 1);
  });

  test("leaves off before the invocation's deadline, at which Lambda would end the process", async () => {
    api = await extensionsApi();
    const { defer } = await start();
    const budgets: number[] = [];
    for (const [requestId, remaining] of [
      ["r1", 800],
      ["r2", 60],
    ] as const) {
      await defer(requestId, async (budget) => {
        budgets.push(budget);
      });
      await api.invoke(requestId, Date.now() + remaining);
    }
    await api.until(() => budgets.length === 2);
    expect(budgets[0]).toBeGreaterThan(1);
    expect(budgets[0]).toBeLessThanOrEqual(700);
    expect(budgets[1]).toBe(1);
  });

  test("asks again when the Extensions API fails once", async () => {
    api = await extensionsApi();
    const { defer, fallbacks } = await start();
    await api.fail();
    let done = false;
    await defer("r1", async () => {
      done = true;
    });
    await api.invoke("r1");
    await api.until(() => done);
    expect(fallbacks).toEqual([]);
  });

  test("goes on after work that rejects, and says so", async () => {
    api = await extensionsApi();
    const { defer, fallbacks } = await start();
    await defer("r1", () => Promise.reject(new Error("work failed")));
    await api.invoke("r1");
    await api.until(() => api.waiting.length === 1);
    expect(fallbacks).toEqual([new Error("work failed")]);
  });

  test("does work at once that comes after its invocation was given up", async () => {
    api = await extensionsApi();
    const { defer } = await start();
    await api.invoke("r1", Date.now() - 5);
    await api.until(() => api.waiting.length === 1);
    const budgets: number[] = [];
    await defer("r1", async (budget) => {
      budgets.push(budget);
    });
    expect(budgets).toEqual([150]);
  });

  test("loses no work when the Extensions API is lost for good, and ends the environment after it", async () => {
    api = await extensionsApi();
    const order: string[] = [];
    const { defer } = await start({
      onLost: () => order.push("lost"),
      onFallback: () => order.push("fallback"),
    });
    await defer("r1", async (budget) => {
      order.push(`r1 ${budget}`);
    });
    for (let attempt = 0; attempt < 4; attempt++) await api.fail();
    await api.until(() => order.includes("lost"));
    await defer("r2", async () => {
      order.push("r2");
    });
    expect(order).toEqual(["fallback", "r1 150", "lost", "r2"]);
  });
});
