import { connect } from "node:net";
import { SOURCE_IP_HEADER } from "../../../../local/api-gateway/data/gateway.ts";
import {
  boot,
  closeAll,
  guarded,
  httpApi,
  httpRoute,
  policy,
  restApi,
  restAuthorizer,
  restMethod,
} from "../../../support/api-gateway/gateway-template.ts";

afterEach(closeAll);

const both = [
  ...restApi(),
  ...restMethod("/", "ANY"),
  ...restMethod("/{proxy+}", "ANY"),
  ...httpApi(),
  ...httpRoute("$default"),
];

async function bootBoth() {
  const booted = await boot(both);
  const [rest, http] = booted.gateway.apis.map(({ url }) => url);
  return { ...booted, rest: rest ?? "", http: http ?? "" };
}

/** Sends bytes as they are and returns everything that comes back until the end. */
function send(url: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.end(text));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => resolve(Buffer.concat(chunks).toString()));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}

test("there is one listener per API, described by name, kind, id and base URL", async () => {
  const { gateway, rest, http } = await bootBoth();
  expect(gateway.apis.map(({ name, kind, apiId }) => [name, kind, apiId])).toEqual([
    ["Rest", "rest", "rest1"],
    ["Http", "http", "http1"],
  ]);
  expect(rest).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/prod$/);
  expect(http).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

describe("the source address", () => {
  test("is the socket's, or the laptop's own header's, which no event shows", async () => {
    const { rest, http, events } = await bootBoth();
    for (const address of ["203.0.113.7", "2001:db8::1"]) {
      await fetch(rest, { headers: { [SOURCE_IP_HEADER]: address } });
      await fetch(http, { headers: { [SOURCE_IP_HEADER]: address } });
      const [one, two] = events.backend.splice(0);
      expect(one.requestContext.identity.sourceIp).toBe(address);
      expect(two.requestContext.http.sourceIp).toBe(address);
      expect(JSON.stringify([one, two]).toLowerCase()).not.toContain(SOURCE_IP_HEADER);
      expect(one.headers["X-Forwarded-For"]).toBe(address);
    }
    await fetch(http, { headers: { "X-Forwarded-For": "198.51.100.1" } });
    const [event] = events.backend;
    expect(event.requestContext.http.sourceIp).toBe("127.0.0.1");
    expect(event.headers["x-forwarded-for"]).toBe("198.51.100.1, 127.0.0.1");
  });

  test.each(["300.1.1.1", "example.org", "203.0.113.7, 203.0.113.8", "fe80::1%eth0"])(
    "%s is refused",
    async (address) => {
      const { rest, events } = await bootBoth();
      const response = await fetch(rest, { headers: { [SOURCE_IP_HEADER]: address } });
      expect(response.status).toBe(400);
      expect(events.backend).toHaveLength(0);
    },
  );
});

describe("limits", () => {
  test("10 MB of body pass the REST listener, one byte more does not", async () => {
    const { rest, http, events } = await bootBoth();
    const most = Buffer.alloc(10 * 1024 * 1024, "a");
    expect((await fetch(rest, { method: "POST", body: most })).status).toBe(200);
    expect(events.backend[0].body).toHaveLength(most.length);
    for (const url of [rest, http]) {
      const response = await fetch(url, { method: "POST", body: Buffer.concat([most, Buffer.from("b")]) });
      expect([response.status, await response.json()]).toEqual([413, { message: "Request Too Long" }]);
    }
  });

  test.each([10_000, 11_000, 100_000])("headers of %d bytes", async (size) => {
    const { rest, http } = await bootBoth();
    for (const url of [rest, http]) {
      const path = new URL(url).pathname;
      const reply = await send(
        url,
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: ${"a".repeat(size)}\r\n\r\n`,
      );
      expect(reply.split("\r\n")[0]).toMatch(size <= 10_000 ? /200/ : /431/);
    }
  });

  test("a URL beyond 10,240 characters is a 414 on REST", async () => {
    const { rest } = await bootBoth();
    expect((await fetch(`${rest}/${"a".repeat(10_240)}`)).status).toBe(414);
  });
});

test("malformed requests get an answer or a closed socket, and the next request is served", async () => {
  const { rest, http } = await bootBoth();
  const requests = [
    "\r\n\r\n",
    "GARBAGE\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "GET /prod HTTP/1.1\r\n\r\n",
    "GET nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "GET http://x/prod HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /prod HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    "POST /prod HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
    "POST /prod HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /prod HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "GET /prod/%zz/%00?%zz=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "GET /prod/\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "GET /prod HTTP/1.1\r\nHost: x\r\n__proto__: 1\r\nconstructor: 2\r\nConnection: close\r\n\r\n",
  ];
  for (const url of [rest, http]) {
    for (const text of requests) await send(url, text);
    expect((await fetch(url)).status).toBe(200);
  }
});

test("names that mean something to JavaScript are only names", async () => {
  const { rest, events } = await bootBoth();
  await send(
    rest,
    "GET /prod?__proto__=1&toString=2 HTTP/1.1\r\nHost: x\r\n__proto__: 1\r\nConnection: close\r\n\r\n",
  );
  const [event] = events.backend;
  expect(Object.entries(event.queryStringParameters)).toContainEqual(["toString", "2"]);
  expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
});

test("HEAD gets headers and no body", async () => {
  const { rest } = await bootBoth();
  const response = await fetch(rest, { method: "HEAD" });
  expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([
    200,
    "2",
    "",
  ]);
});

test("a watcher sees each answer until it stops listening, and cannot break one", async () => {
  const { gateway, url } = await boot(
    [...restApi(), restAuthorizer(), ...restMethod("/orders/{id}", "GET", guarded)],
    { authorizer: () => policy("Deny", "*") },
  );
  const traces: unknown[] = [];
  const warn = jest.spyOn(process, "emitWarning").mockImplementation(() => {});
  gateway.onRequest(() => {
    throw new Error("watcher");
  });
  const stop = gateway.onRequest((trace) => traces.push(trace));
  await fetch(`${url}/orders/7`, { headers: { [SOURCE_IP_HEADER]: "203.0.113.7" } });
  stop();
  await fetch(`${url}/orders/8`);
  expect(warn.mock.calls.map(([warning]) => warning)).toEqual([
    expect.stringContaining("watcher"),
    expect.stringContaining("watcher"),
  ]);
  warn.mockRestore();
  expect(traces).toEqual([
    {
      api: "Rest",
      kind: "rest",
      method: "GET",
      path: "/prod/orders/7",
      status: 403,
      sourceIp: "203.0.113.7",
      requestId: expect.any(String),
      route: "/orders/{id}",
      authorizer: {
        functionArn: expect.stringContaining("authorizer"),
        cached: false,
        verdict: "deny",
        durationMs: 1,
      },
      receivedAt: expect.any(Number),
      durationMs: expect.any(Number),
    },
  ]);
});
