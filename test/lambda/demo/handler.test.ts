import { handler } from "../../../lambda/demo/handler.ts";

type DemoEvent = Parameters<typeof handler>[0];
const ask = async (event: object) => JSON.parse((await handler(event as DemoEvent)).body);

test("on an HTTP API the caller is who the integration's headers say", async () => {
  const event = {
    version: "2.0",
    rawPath: "/api/orders/7",
    headers: { "x-user-id": "alice", "x-user-roles": "admin,user", "x-device-trust": "high" },
    requestContext: { http: { method: "GET" } },
  };
  expect(await ask(event)).toEqual({
    api: "http",
    method: "GET",
    path: "/api/orders/7",
    caller: { userId: "alice", roles: "admin,user", deviceTrust: "high" },
  });
});

test("on a REST API the caller is who the authorizer says, and headers are not believed", async () => {
  const event = {
    httpMethod: "POST",
    path: "/api/billing",
    headers: { "x-user-id": "mallory", "x-user-roles": "admin" },
    requestContext: { authorizer: { userId: "bob", roles: "user", deviceTrust: "low" } },
  };
  expect((await ask(event)).caller).toEqual({ userId: "bob", roles: "user", deviceTrust: "low" });
});

test("a browser may read the answer", async () => {
  const event = {
    httpMethod: "GET",
    path: "/",
    headers: {},
    requestContext: { authorizer: {} },
  } as DemoEvent;
  expect((await handler(event)).headers).toMatchObject({ "access-control-allow-origin": "*" });
});
