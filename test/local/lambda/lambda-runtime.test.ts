import { rmSync, writeFileSync } from "node:fs";
import { loadAssembly } from "../../../local/cloudformation/template.ts";
import { type FunctionFleet, startFunctions } from "../../../local/lambda/lambda-runtime.ts";
import { eventually, type Fixture, functionResource, writeAssembly } from "../../support/shop/assembly.ts";
import { BROKEN_INIT, OBEDIENT, WITH_EXTENSION } from "../../support/shop/function-sources.ts";

jest.setTimeout(60_000);

let fixture: Fixture;
let fleet: FunctionFleet;
const sent: { queue: string; body: string; attributes: unknown }[] = [];
const lines: { functionName: string; requestId?: string; line: string }[] = [];
const gate = `${process.cwd()}/node_modules/.sallyport-gate-${process.pid}`;

beforeAll(() => {
  process.env.SECRET_OF_THE_PARENT = "leaked";
  fixture = writeAssembly(
    {
      Fleet: {
        Resources: {
          Plain: functionResource("obedient", {
            FunctionName: "plain",
            MemorySize: 256,
            Environment: { Variables: { FROM_TEMPLATE: { "Fn::Join": ["-", ["a", "b"]] } } },
          }),
          Overlap: functionResource("obedient", { FunctionName: "overlap" }),
          Slow: functionResource("obedient", { FunctionName: "slow", Timeout: 1 }),
          Single: functionResource("obedient", { FunctionName: "single", ReservedConcurrentExecutions: 1 }),
          Reporter: functionResource("extension", {
            FunctionName: "reporter",
            Environment: { Variables: { GATE: gate } },
          }),
          Broken: functionResource("broken", { FunctionName: "broken" }),
          Lost: functionResource("obedient", { FunctionName: "lost", Handler: "index.nothing" }),
          Events: functionResource("obedient", {
            FunctionName: "events",
            DeadLetterConfig: { TargetArn: "arn:aws:sqs:eu-central-1:000000000000:letters" },
          }),
          EventsConfig: {
            Type: "AWS::Lambda::EventInvokeConfig",
            Properties: {
              FunctionName: { Ref: "Events" },
              Qualifier: "$LATEST",
              MaximumRetryAttempts: 1,
              DestinationConfig: {
                OnFailure: { Destination: "arn:aws:sqs:eu-central-1:000000000000:failures" },
              },
            },
          },
        },
      },
    },
    { obedient: OBEDIENT, extension: WITH_EXTENSION, broken: BROKEN_INIT },
  );
  const template = loadAssembly(fixture.dir, {
    region: "eu-central-1",
    accountId: "000000000000",
    queueUrl: (name) => `http://127.0.0.1:1/${name}`,
  });
  fleet = startFunctions(template, {
    environment: { AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1" },
    onLog: (line) => lines.push(line),
    retryDelay: 10,
    processLimit: 3,
    sendToQueue: async (queue, body, attributes) => {
      sent.push({ queue, body, attributes });
    },
  });
});

afterAll(async () => {
  await fleet.close();
  fixture.remove();
  rmSync(gate, { force: true });
  delete process.env.SECRET_OF_THE_PARENT;
});

async function succeed(name: string, payload: unknown): Promise<Record<string, unknown>> {
  const result = await fleet.invoke(name, payload);
  if (result.status === "error") throw new Error(`${result.errorType}: ${result.errorMessage}`);
  return result.payload as Record<string, unknown>;
}

test("starts a process once and keeps it warm, by name, ARN or qualified ARN", async () => {
  const first = await fleet.invoke("plain", {});
  const arn = "arn:aws:lambda:eu-central-1:000000000000:function:plain";
  const second = await fleet.invoke(arn, {});
  const third = await fleet.invoke(`${arn}:live`, {});
  expect(first).toMatchObject({ status: "ok", cold: true, payload: { count: 1 } });
  expect(second).toMatchObject({ status: "ok", cold: false, payload: { count: 2 } });
  expect(third).toMatchObject({ status: "ok", cold: false, payload: { count: 3 } });
});

test("a function that is not in the template is refused", async () => {
  await expect(fleet.invoke("nobody", {})).rejects.toThrow("ResourceNotFoundException");
  await expect(fleet.invokeAsync("nobody", {})).rejects.toThrow("ResourceNotFoundException");
});

test("gives the process Lambda's variables, the template's and the endpoints, and none of the parent's", async () => {
  const { env, left, id } = (await succeed("plain", { env: true })) as {
    env: Record<string, string>;
    left: number;
    id: string;
  };
  expect(env).toMatchObject({
    FROM_TEMPLATE: "a-b",
    AWS_LAMBDA_FUNCTION_NAME: "plain",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
    AWS_REGION: "eu-central-1",
    AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1",
    _HANDLER: "index.handler",
    LAMBDA_TASK_ROOT: `${fixture.dir}/asset.obedient`,
  });
  expect(env.AWS_LAMBDA_RUNTIME_API).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(env.SECRET_OF_THE_PARENT).toBeUndefined();
  expect(env.HOME).toBeUndefined();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(5000);
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
});

test("overlapping calls get a process each, up to the limit; the rest wait for one", async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => succeed("overlap", { sleep: 300 })));
  expect(new Set(answers.map(({ born }) => born)).size).toBe(3);
  const again = await Promise.all([1, 2, 3].map(() => fleet.invoke("overlap", { sleep: 100 })));
  expect(again.every((result) => result.status === "ok" && !result.cold)).toBe(true);
});

test("reserved concurrency throttles at once", async () => {
  const first = fleet.invoke("single", { sleep: 300 });
  expect(await fleet.invoke("single", {})).toMatchObject({ errorType: "TooManyRequestsException" });
  expect(await first).toMatchObject({ status: "ok" });
});

test("a thrown error is answered by its name, and the process lives on", async () => {
  const { born } = await succeed("plain", {});
  const failed = await fleet.invoke("plain", { fail: "too far" });
  expect(failed).toMatchObject({ status: "error", errorType: "RangeError", errorMessage: "too far" });
  expect((await succeed("plain", {})).born).toBe(born);
});

test("a result of undefined is null", async () => {
  expect(await fleet.invoke("plain", { nothing: true })).toMatchObject({ status: "ok", payload: null });
});

test("a response beyond six megabytes is an error", async () => {
  const failed = await fleet.invoke("plain", { big: 6 * 1024 * 1024 });
  expect(failed).toMatchObject({ status: "error", errorType: "Function.ResponseSizeTooLarge" });
});

test("a crash is answered, and the next call meets a fresh process", async () => {
  const { born } = await succeed("plain", {});
  const failed = await fleet.invoke("plain", { crash: true });
  expect(failed).toMatchObject({ status: "error", errorType: "Runtime.ExitError" });
  expect(failed).toMatchObject({ errorMessage: expect.stringContaining("exit status 3") });
  const next = await fleet.invoke("plain", {});
  expect(next).toMatchObject({ status: "ok", cold: true, payload: { count: 1 } });
  expect(next).not.toMatchObject({ payload: { born } });
});

test("a rejected promise that is not awaited ends the process, with its error as the answer", async () => {
  const failed = await fleet.invoke("plain", { reject: true });
  expect(failed).toMatchObject({
    errorType: "Runtime.UnhandledPromiseRejection",
    errorMessage: "left alone",
  });
});

test("a function beyond its timeout is killed and answered", async () => {
  const failed = await fleet.invoke("slow", { sleep: 60_000 });
  expect(failed).toMatchObject({
    errorType: "Sandbox.Timedout",
    errorMessage: expect.stringMatching(/Task timed out after 1\.00 seconds$/),
  });
  expect(await fleet.invoke("slow", {})).toMatchObject({ status: "ok", cold: true });
});

test("a failed init is answered with its own error, each time", async () => {
  for (const _ of [1, 2]) {
    const failed = await fleet.invoke("broken", {});
    expect(failed).toMatchObject({ errorType: "TypeError", errorMessage: "no such thing" });
  }
  expect(await fleet.invoke("lost", {})).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
});

test("lines of a function come with its name and request", async () => {
  const { id } = await succeed("plain", { say: "hello from within" });
  const line = await eventually(() => lines.find((entry) => entry.line === "hello from within"));
  expect(line).toMatchObject({ functionName: "plain", requestId: id });
});

test("the caller has its answer while an extension works on, and the process is busy until it is done", async () => {
  const first = await succeed("reporter", {});
  expect(first).toMatchObject({ flushed: 0, refused: 400 });
  expect(first.refusal).toBe("ShutdownEventNotSupportedForInternalExtension");
  // The extension still holds the first process, so this call starts another one.
  const second = await fleet.invoke("reporter", {});
  expect(second).toMatchObject({ status: "ok", cold: true, payload: { flushed: 0 } });
  writeFileSync(gate, "");
  const later = await eventually(async () => {
    const result = await fleet.invoke("reporter", {});
    return result.status === "ok" && !result.cold ? result.payload : undefined;
  });
  expect(later).toMatchObject({ flushed: expect.any(Number), received: "INVOKE" });
  expect((later as { flushed: number }).flushed).toBeGreaterThan(0);
});

test("an event is tried again, then sent to the destination and the dead-letter queue", async () => {
  await fleet.invokeAsync("events", { fail: "never works", mark: 7 });
  await fleet.idle();
  const record = sent.find(({ queue }) => queue.endsWith(":failures"));
  expect(JSON.parse(record?.body ?? "")).toMatchObject({
    requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 2 },
    requestPayload: { mark: 7 },
    responsePayload: { errorType: "RangeError", errorMessage: "never works" },
  });
  const letter = sent.find(({ queue }) => queue.endsWith(":letters"));
  expect(JSON.parse(letter?.body ?? "")).toEqual({ fail: "never works", mark: 7 });
  expect(letter?.attributes).toMatchObject({ ErrorMessage: "never works" });
});

test("an event that meets a throttle is not lost", async () => {
  const holding = fleet.invoke("single", { sleep: 200 });
  await fleet.invokeAsync("single", { say: "came through" });
  await Promise.all([holding, fleet.idle()]);
  expect(await eventually(() => lines.find(({ line }) => line === "came through"))).toBeDefined();
});

test("closing ends every process", async () => {
  const { born } = (await succeed("plain", {})) as { born: number };
  await fleet.close();
  expect(() => process.kill(born, 0)).toThrow("ESRCH");
  expect(await fleet.invoke("plain", {})).toMatchObject({ errorType: "Sandbox.Closed" });
});
