import http from "node:http";
import type { AddressInfo } from "node:net";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { createPublishAccessEvent } from "../../aws/access-bus.ts";
import type { AccessEvent } from "../../domain/access-event.ts";

const event = { time: 1_790_000_000_000, metadata: { uid: "id-1" } } as AccessEvent;

/** An EventBridge that answers as told, over real HTTP. */
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
  const client = new EventBridgeClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
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

  test("waits out a hiccup, but not an outage, until the bus takes an event again", async () => {
    let up = false;
    running = await bus((response) => (up ? taken : json({}))(response));
    const attempts = async () => {
      const before = running.bodies.length;
      await running.publish(event, 5000).catch(() => {});
      return running.bodies.length - before;
    };
    expect(await attempts()).toBe(4);
    expect(await attempts()).toBe(1);
    up = true;
    expect(await attempts()).toBe(1);
    up = false;
    expect(await attempts()).toBe(4);
  });
});
