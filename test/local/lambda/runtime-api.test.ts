import { type RuntimeApi, startRuntimeApi } from "../../../local/lambda/runtime-api.ts";

let api: RuntimeApi;
beforeEach(async () => {
  api = await startRuntimeApi({ functionName: "f", handler: "index.handler", accountId: "000000000000" });
});
afterEach(() => api.close());

const call = (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: unknown) =>
  fetch(`http://${api.address}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const register = (name: string, body: unknown = { events: ["INVOKE"] }, more = {}) =>
  call("POST", "/2020-01-01/extension/register", { "Lambda-Extension-Name": name, ...more }, body);
/** A poll that is still open when a test ends is cut off. */
function poll(path: string, headers?: Readonly<Record<string, string>>): Promise<Response> {
  const response = call("GET", path, headers);
  response.catch(() => {});
  return response;
}
const nextEvent = (identifier: string) =>
  poll("/2020-01-01/extension/event/next", { "Lambda-Extension-Identifier": identifier });
const nextInvocation = () => poll("/2018-06-01/runtime/invocation/next");
const identifierOf = (response: Response): string =>
  response.headers.get("lambda-extension-identifier") ?? "";
const invocation = (requestId: string) => ({
  requestId,
  functionArn: "arn:f",
  deadline: Date.now() + 5000,
  payload: '{"a":1}',
});
/** Whether a promise is still open once everything that was on its way has arrived. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol();
  const round = fetch(`http://${api.address}/`).then(() => open);
  return (await Promise.race([promise, round])) === open;
}

test("init is over when the runtime and every extension asked for their next event, in either order", async () => {
  const first = identifierOf(await register("first"));
  const second = identifierOf(await register("second", { events: [] }));
  void nextInvocation();
  void nextEvent(first);
  expect(await isPending(api.initialized)).toBe(true);
  void nextEvent(second);
  await api.initialized;
});

test("an invocation is settled only after the runtime and the extension ask again, but answered before", async () => {
  const identifier = identifierOf(await register("reporter"));
  const [runtime, extension] = [nextInvocation(), nextEvent(identifier)];
  await api.initialized;
  const { answered, settled } = api.dispatch(invocation("one"));
  const event = await runtime;
  expect(await event.json()).toEqual({ a: 1 });
  expect(event.headers.get("lambda-runtime-aws-request-id")).toBe("one");
  expect(event.headers.get("lambda-runtime-invoked-function-arn")).toBe("arn:f");
  expect(Number(event.headers.get("lambda-runtime-deadline-ms"))).toBeGreaterThan(Date.now());
  expect(event.headers.get("lambda-runtime-trace-id")).toMatch(/^Root=1-[0-9a-f]{8}-/);
  expect(await (await extension).json()).toMatchObject({ eventType: "INVOKE", requestId: "one" });
  await call("POST", "/2018-06-01/runtime/invocation/one/response", {}, "done");
  expect(await answered).toEqual({ status: "ok", payload: "done" });
  void nextInvocation();
  expect(await isPending(settled)).toBe(true);
  void nextEvent(identifier);
  await settled;
});

test("an extension that asked for no events gets none, and holds nothing up", async () => {
  const identifier = identifierOf(await register("quiet", { events: [] }));
  const [runtime, extension] = [nextInvocation(), nextEvent(identifier)];
  await api.initialized;
  const { settled } = api.dispatch(invocation("one"));
  await runtime;
  expect(await isPending(extension)).toBe(true);
  await call("POST", "/2018-06-01/runtime/invocation/one/response", {}, null);
  void nextInvocation();
  await settled;
});

test.each<[string, () => Promise<Response>, number, string]>([
  [
    "for SHUTDOWN",
    () => register("x", { events: ["SHUTDOWN"] }),
    400,
    "ShutdownEventNotSupportedForInternalExtension",
  ],
  ["for an unknown event", () => register("x", { events: ["DANCE"] }), 400, "Extension.InvalidEventType"],
  ["without a name", () => register(""), 400, "Extension.InvalidExtensionName"],
  ["without events", () => register("x", {}), 400, "InvalidRequest"],
  ["with a body of nothing", () => register("x", null), 400, "InvalidRequest"],
])("registering %s is refused", async (_, attempt, status, errorType) => {
  const response = await attempt();
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ errorType });
});

test("a second registration by the same name, and any after init, are refused", async () => {
  const identifier = identifierOf(await register("x"));
  expect((await register("x")).status).toBe(403);
  void nextInvocation();
  void nextEvent(identifier);
  await api.initialized;
  expect(await (await register("late")).json()).toMatchObject({
    errorType: "Extension.InvalidExtensionState",
  });
});

test("an extension that asks for the account gets it", async () => {
  const plain = await (await register("a")).json();
  expect(plain).toEqual({ functionName: "f", functionVersion: "$LATEST", handler: "index.handler" });
  const asked = await register("b", { events: [] }, { "Lambda-Extension-Accept-Feature": "accountId" });
  expect(await asked.json()).toMatchObject({ accountId: "000000000000" });
});

test("an identifier that was never issued is refused", async () => {
  expect((await nextEvent("guess")).status).toBe(403);
});

test.each([
  ["/2018-06-01/runtime/init/error", { errorType: "Stated", errorMessage: "m" }, "Stated"],
  ["/2020-01-01/extension/init/error", { errorMessage: "m" }, "Extension.Header"],
  ["/2020-01-01/extension/exit/error", { errorMessage: "m" }, "Extension.Header"],
])("%s is the end of the environment", async (path, body, errorType) => {
  const headers = {
    "Lambda-Extension-Identifier": identifierOf(await register("x")),
    "Lambda-Extension-Function-Error-Type": "Extension.Header",
  };
  expect((await call("POST", path, headers, body)).status).toBe(202);
  expect(await api.broken).toEqual({ errorType, errorMessage: "m" });
});

test("an answer to another request, or a second one to the same, is refused", async () => {
  const runtime = nextInvocation();
  await api.initialized;
  const { answered } = api.dispatch(invocation("one"));
  await runtime;
  const post = (id: string, kind: string, body: unknown) =>
    call("POST", `/2018-06-01/runtime/invocation/${id}/${kind}`, {}, body);
  expect((await post("two", "response", 1)).status).toBe(400);
  expect((await post("one", "error", { errorType: "E", errorMessage: "m" })).status).toBe(202);
  expect((await post("one", "response", 1)).status).toBe(400);
  expect(await answered).toEqual({ status: "error", errorType: "E", errorMessage: "m" });
});
