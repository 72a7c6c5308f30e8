import http from "node:http";
import type { AddressInfo } from "node:net";
import { createAccessBusClient, createPublishAccessEvent } from "../../aws/access-bus.ts";
import type { AccessEvent } from "../../domain/event/access-event.ts";

const event = { time: 1_790_000_000_000, metadata: { uid: "id-1" } } as AccessEvent;

/** An EventBridge that gives the test's answers, over real HTTP. */
async function bus(answer: (response: http.ServerResponse) => void) {
  const bodies: string[] = [];
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      bodies.push(body);
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_EVENTBRIDGE: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  const client = createAccessBusClient();
  return {
    bodies,
    publish: createPublishAccessEvent(client, "access"),
    close: () => {
      client.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const before = { ...process.env };
afterAll(() => {
  process.env = before;
});

let running: Awaited<ReturnType<typeof bus>>;
afterEach(() => running.close());
const json = (body: object) => (response: http.ServerResponse) =>
  void response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));

const taken = json({ FailedEntryCount: 0, Entries: [{ EventId: "1" }] });

describe("createPublishAccessEvent", () => {
  test("puts one entry with source, type and the event", async () => {
    running = await bus(taken);
    await running.publish(event, 2000);
    expect(JSON.parse(running.bodies[0] ?? "")).toEqual({
      Entries: [
        {
          EventBusName: "access",
          Source: "sallyport.authorizer",
          DetailType: "Sallyport Access Decision",
          Time: 1_790_000_000,
          Detail: JSON.stringify(event),
        },
      ],
    });
  });

  test.each<[string, (response: http.ServerResponse) => void]>([
    [
      "refuses the entry with status 200",
      json({ FailedEntryCount: 1, Entries: [{ ErrorCode: "ThrottlingException" }] }),
    ],
    ["gives no count", json({})],
    ["gives no id", json({ FailedEntryCount: 0 })],
    [
      "gives an error for the entry it counts as taken",
      json({ FailedEntryCount: 0, Entries: [{ ErrorCode: "InternalFailure" }] }),
    ],
    ["fails", (response) => void response.writeHead(500).end()],
    ["never answers", () => {}],
  ])("rejects when the bus %s", async (_, answer) => {
    running = await bus(answer);
    await expect(running.publish(event, 300)).rejects.toThrow();
  });

  test.each<[string, (response: http.ServerResponse) => void]>([
    [
      "refuses an entry for a moment",
      json({ FailedEntryCount: 1, Entries: [{ ErrorCode: "ThrottlingException" }] }),
    ],
    ["fails for a moment", (response) => void response.writeHead(503).end()],
    ["cuts a connection", (response) => void response.destroy()],
  ])("loses nothing when the bus %s", async (_, answer) => {
    let asked = 0;
    running = await bus((response) => (++asked < 3 ? answer : taken)(response));
    await running.publish(event, 5000);
    expect(new Set(running.bodies).size).toBe(1);
    expect(asked).toBe(3);
  });

  const attemptsOf = async (budget = 5000) => {
    const before = running.bodies.length;
    await running.publish(event, budget).catch(() => {});
    return running.bodies.length - before;
  };

  test("waits out a hiccup, but not an outage, until the bus takes an event again", async () => {
    let up = false;
    running = await bus((response) => (up ? taken(response) : void response.writeHead(503).end()));
    expect(await attemptsOf()).toBe(4);
    expect(await attemptsOf()).toBe(1);
    up = true;
    expect(await attemptsOf()).toBe(1);
    up = false;
    expect(await attemptsOf()).toBe(4);
  });

  test.each<[string, (response: http.ServerResponse) => void]>([
    ["answers nothing", () => {}],
    ["never ends its answer", (response) => void response.writeHead(200).write("{")],
  ])(
    "does not wait for a bus that %s as long as the budget lasts, and asks it once the next time",
    async (_, answer) => {
      running = await bus(answer);
      expect(await attemptsOf(1400)).toBeGreaterThan(1);
      expect(await attemptsOf()).toBe(1);
    },
  );

  test("keeps within a small budget, and tells what the bus said", async () => {
    running = await bus(json({ FailedEntryCount: 1 }));
    await expect(running.publish(event, 400)).rejects.toThrow("the event bus refused the event");
    expect(running.bodies.length).toBeLessThanOrEqual(3);
  });

  test("does not take its own haste for an outage", async () => {
    const unhurried = () => running.bodies.filter((body) => body.includes("id-1")).length;
    running = await bus((response) => {
      if (unhurried() > 0) (unhurried() === 1 ? json({}) : taken)(response);
    });
    const hasty = { ...event, metadata: { uid: "hasty" } } as AccessEvent;
    await expect(running.publish(hasty, 1)).rejects.toThrow();
    await running.publish(event, 5000);
    expect(unhurried()).toBe(2);
  });
});
