import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { type LocalTemplate, loadAssembly } from "../../../local/cloudformation/template.ts";
import type { BusEvent } from "../../../local/eventbridge/bus-event.ts";
import { type EventBuses, startEventBus } from "../../../local/eventbridge/event-bus.ts";
import { type Fixture, writeAssembly } from "../../support/shop/assembly.ts";
import { clientConfig } from "../../support/shop/clients.ts";

const OPTIONS = { region: "eu-central-1", accountId: "000000000000", queueUrl: (name: string) => name };
const FUNCTION = "arn:aws:lambda:eu-central-1:000000000000:function:taker";
const queueArn = (name: string): string => `arn:aws:sqs:eu-central-1:000000000000:${name}`;

const fixtures: Fixture[] = [];
let bus: EventBuses;
let client: EventBridgeClient;
let invoked: { arn: string; payload: unknown }[] = [];
let sent: { queue: string; body: unknown; attributes: unknown }[] = [];
let refusals = 0;

const rule = (more: Readonly<Record<string, unknown>>, Targets: readonly unknown[]) => ({
  Type: "AWS::Events::Rule",
  Properties: {
    EventBusName: { Ref: "Bus" },
    State: "ENABLED",
    EventPattern: { source: ["s"] },
    ...more,
    Targets,
  },
});
const permission = (ruleId: string) => ({
  Type: "AWS::Lambda::Permission",
  Properties: {
    Action: "lambda:InvokeFunction",
    FunctionName: FUNCTION,
    Principal: "events.amazonaws.com",
    SourceArn: { "Fn::GetAtt": [ruleId, "Arn"] },
  },
});

function load(Resources: Readonly<Record<string, unknown>>): LocalTemplate {
  const Bus = { Type: "AWS::Events::EventBus", Properties: { Name: "bus" } };
  const fixture = writeAssembly({ One: { Resources: { Bus, ...Resources } } });
  fixtures.push(fixture);
  return loadAssembly(fixture.dir, OPTIONS);
}

const start = (template: LocalTemplate): Promise<EventBuses> =>
  startEventBus(template, {
    retryDelay: 1,
    invokeAsync: async (arn, payload) => {
      if (refusals > 0) {
        refusals -= 1;
        throw new Error("no answer");
      }
      invoked.push({ arn, payload });
    },
    sendToQueue: async (queue, body, attributes) => {
      sent.push({ queue, body: JSON.parse(body) as unknown, attributes });
    },
  });

beforeAll(async () => {
  const dead = { DeadLetterConfig: { Arn: queueArn("dead") } };
  const template = load({
    Plain: rule({ Name: "plain", EventPattern: { source: ["s"], detail: { kind: ["call"] } } }, [
      { Id: "0", Arn: FUNCTION, ...dead, RetryPolicy: { MaximumRetryAttempts: 2 } },
    ]),
    PlainPermission: permission("Plain"),
    Queue: rule({ EventPattern: { "detail-type": [{ prefix: "Q" }] } }, [{ Id: "0", Arn: queueArn("work") }]),
    Constant: rule({ EventPattern: { "detail-type": ["C"] } }, [
      { Id: "0", Arn: queueArn("work"), Input: '{"always":"this"}' },
    ]),
    Off: rule({ State: "DISABLED" }, [{ Id: "0", Arn: queueArn("off") }]),
    Forbidden: rule({ EventPattern: { detail: { kind: ["forbidden"] } } }, [
      { Id: "0", Arn: FUNCTION, ...dead },
    ]),
    Default: rule({ EventBusName: { Ref: "AWS::NoValue" }, EventPattern: { source: [{ prefix: "aws." }] } }, [
      { Id: "0", Arn: queueArn("default") },
    ]),
  });
  bus = await start(template);
  client = new EventBridgeClient(clientConfig(bus.endpoint));
});
beforeEach(() => {
  [invoked, sent, refusals] = [[], [], 0];
});
afterAll(async () => {
  client.destroy();
  await bus.close();
  for (const fixture of fixtures) fixture.remove();
});

const put = async (...Entries: PutEventsRequestEntry[]) => {
  const output = await client.send(new PutEventsCommand({ Entries }));
  await bus.idle();
  return output;
};
const entry = (more: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  EventBusName: "bus",
  Source: "s",
  DetailType: "T",
  Detail: '{"kind":"call"}',
  ...more,
});

test("an event goes to the functions of the rules that match, in EventBridge's envelope", async () => {
  const heard: BusEvent[] = [];
  const stop = bus.onEvent((event) => heard.push(event));
  const output = await put(entry({ Time: new Date("2026-01-02T03:04:05Z"), Resources: ["arn:x"] }));
  stop();
  expect(output.FailedEntryCount).toBe(0);
  expect(invoked).toEqual([
    {
      arn: FUNCTION,
      payload: {
        version: "0",
        id: output.Entries?.[0]?.EventId,
        "detail-type": "T",
        source: "s",
        account: "000000000000",
        time: "2026-01-02T03:04:05Z",
        region: "eu-central-1",
        resources: ["arn:x"],
        detail: { kind: "call" },
      },
    },
  ]);
  expect(heard).toEqual([invoked[0]?.payload]);
  expect(sent).toEqual([]);
});

test("a bus may be named by its ARN, and a queue be a target, with a constant input too", async () => {
  const EventBusName = "arn:aws:events:eu-central-1:000000000000:event-bus/bus";
  await put(
    entry({ EventBusName, DetailType: "Q1", Detail: "{}" }),
    entry({ DetailType: "C", Detail: "{}" }),
  );
  expect(sent).toMatchObject([
    { queue: queueArn("work"), body: { "detail-type": "Q1" } },
    { queue: queueArn("work"), body: { always: "this" } },
  ]);
});

test("each entry fails by itself, as the API says", async () => {
  const output = await put(
    entry(),
    entry({ Source: undefined }),
    entry({ DetailType: undefined }),
    entry({ Detail: undefined }),
    entry({ Detail: "[1]" }),
    entry({ Detail: "{" }),
    entry({ Source: "aws.ec2" }),
    entry({ EventBusName: "nobody" }),
    entry({ Detail: JSON.stringify({ x: "x".repeat(1024 * 1024) }) }),
  );
  expect(output.FailedEntryCount).toBe(8);
  expect(output.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    "InvalidArgument",
    "InvalidArgument",
    "InvalidArgument",
    "MalformedDetail",
    "MalformedDetail",
    "NotAuthorizedForSourceException",
    "ResourceNotFoundException",
    "InvalidArgument",
  ]);
  expect(output.Entries?.[1]?.ErrorMessage).toContain("Source is a required argument");
  expect(invoked).toHaveLength(1);
});

test("a call has one to ten entries", async () => {
  const eleven = Array.from({ length: 11 }, () => entry());
  await expect(put(...eleven)).rejects.toMatchObject({ name: "ValidationException" });
  await expect(put()).rejects.toMatchObject({ name: "ValidationException" });
  const odd = await fetch(bus.endpoint, {
    method: "POST",
    headers: { "x-amz-target": "AWSEvents.PutEvents" },
    body: '{"Entries":[null]}',
  });
  expect(odd.status).toBe(400);
  const other = await fetch(bus.endpoint, {
    method: "POST",
    headers: { "x-amz-target": "AWSEvents.PutRule" },
  });
  expect(other.status).toBe(400);
});

test("a target that does not answer is tried again, as often as its policy says", async () => {
  refusals = 2;
  await put(entry());
  expect(invoked).toHaveLength(1);
  expect(sent).toEqual([]);
});

test("an event that cannot be handed over goes to the target's dead-letter queue, and says why", async () => {
  refusals = 3;
  await put(entry());
  expect(invoked).toEqual([]);
  expect(sent).toMatchObject([
    {
      queue: queueArn("dead"),
      body: { detail: { kind: "call" } },
      attributes: {
        RETRY_ATTEMPTS: "2",
        EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
        ERROR_MESSAGE: "no answer",
      },
    },
  ]);
});

test("a rule without permission to invoke is not retried", async () => {
  await put(entry({ Detail: '{"kind":"forbidden"}' }));
  expect(invoked).toEqual([]);
  expect(sent).toMatchObject([
    { queue: queueArn("dead"), attributes: { ERROR_CODE: "NO_PERMISSIONS", RETRY_ATTEMPTS: "0" } },
  ]);
});

test("services may publish to the default bus with their own source", async () => {
  bus.publish("default", { source: "aws.securityhub", "detail-type": "D", detail: {} });
  await bus.idle();
  expect(sent).toMatchObject([{ queue: queueArn("default"), body: { source: "aws.securityhub" } }]);
  expect(() => bus.publish("absent", { source: "x", "detail-type": "D", detail: {} })).toThrow(
    "Event bus absent does not exist",
  );
});

test("a rule with a rate runs when it is triggered, independently of the bus", async () => {
  const scheduled = await start(
    load({
      Hourly: rule({ EventBusName: undefined, EventPattern: undefined, ScheduleExpression: "rate(1 hour)" }, [
        { Id: "0", Arn: FUNCTION },
      ]),
      MayInvoke: permission("Hourly"),
    }),
  );
  invoked = [];
  scheduled.publish("default", { source: "s", "detail-type": "D", detail: {} });
  await scheduled.idle();
  expect(invoked).toEqual([]);
  scheduled.runSchedules();
  await scheduled.idle();
  expect(invoked).toMatchObject([
    {
      arn: FUNCTION,
      payload: {
        source: "aws.events",
        "detail-type": "Scheduled Event",
        resources: [expect.stringMatching(/^arn:aws:events:eu-central-1:000000000000:rule\//)],
        detail: {},
      },
    },
  ]);
  await scheduled.close();
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  [
    "a clock",
    rule({ EventPattern: undefined, ScheduleExpression: "cron(0 8 * * ? *)" }, []),
    "rate expressions only",
  ],
  [
    "bad English",
    rule({ EventPattern: undefined, ScheduleExpression: "rate(2 hour)" }, []),
    "rate expressions only",
  ],
  ["nothing to wait for", rule({ EventPattern: undefined }, []), "neither a pattern nor a schedule"],
  ["an unknown bus", rule({ EventBusName: "other" }, []), "the bus other"],
  ["an unknown operator", rule({ EventPattern: { source: [{ contains: "x" }] } }, []), "contains"],
  [
    "another kind of target",
    rule({}, [{ Id: "0", Arn: "arn:aws:logs:x" }]),
    "neither a function nor a queue",
  ],
  ["a transformed input", rule({}, [{ Id: "0", Arn: FUNCTION, InputPath: "$.detail" }]), "input transformer"],
])("a rule with %s is an error at once", async (_, odd, says) => {
  await expect(start(load({ Odd: odd }))).rejects.toThrow(says);
});

test("an event that a listener cannot read still reaches its rules, and the next listener", async () => {
  const warned = jest.spyOn(process, "emitWarning").mockImplementation(() => {});
  const heard: BusEvent[] = [];
  const stops = [
    bus.onEvent(({ detail }) => {
      (detail as { metadata: { uid: string } }).metadata.uid.trim();
    }),
    bus.onEvent((event) => heard.push(event)),
  ];
  const output = await put(entry());
  await bus.idle();
  for (const stop of stops) stop();
  expect(output.FailedEntryCount).toBe(0);
  expect(invoked).toHaveLength(1);
  expect(heard).toHaveLength(1);
  expect(warned).toHaveBeenCalledWith(expect.stringMatching(/^Event \S+ on the bus bus could not be read: /));
  warned.mockRestore();
});

test("an event nested too deep to be sent to a target is refused as malformed", async () => {
  const depth = 100_000;
  const deep = `{"deep":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  const { FailedEntryCount, Entries } = await put(entry({ DetailType: "Q", Detail: deep }));
  expect(FailedEntryCount).toBe(1);
  expect(Entries?.[0]?.ErrorCode).toBe("MalformedDetail");
  expect((await put(entry())).FailedEntryCount).toBe(0);
});
