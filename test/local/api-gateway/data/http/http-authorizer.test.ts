import {
  boot,
  closeAll,
  guardedRoute,
  httpApi,
  httpAuthorizer,
  httpRoute,
  policy,
} from "../../../../support/api-gateway/gateway-template.ts";

afterEach(closeAll);

const bearer = { headers: { Authorization: "Bearer t" } };

describe("authorizer with simple responses", () => {
  const guardedApi = (authorizer: Record<string, unknown> = {}) => [
    ...httpApi(),
    httpAuthorizer({ IdentitySource: ["$request.header.Authorization"], ...authorizer }),
    ...httpRoute("GET /a", guardedRoute),
    ...httpRoute("GET /b", guardedRoute),
  ];

  test("the boolean true alone opens the door", async () => {
    for (const [answer, status] of [
      [{ isAuthorized: true }, 200],
      [{ isAuthorized: false }, 403],
      [{ isAuthorized: "true" }, 403],
      [{ isAuthorized: 1 }, 403],
      [{}, 500],
      ["true", 500],
      [null, 500],
      [[], 500],
      [{ isAuthorized: true, context: "text" }, 500],
      [policy("Allow", "*"), 500],
    ] as const) {
      const { url, events } = await boot(guardedApi(), { authorizer: () => answer });
      const response = await fetch(`${url}/a`, bearer);
      expect([answer, response.status]).toEqual([answer, status]);
      expect(events.backend).toHaveLength(status === 200 ? 1 : 0);
      if (status === 403) expect(await response.json()).toEqual({ message: "Forbidden" });
      if (status === 500) expect(await response.json()).toEqual({ message: "Internal Server Error" });
    }
  });

  test("the context keeps its shape under requestContext.authorizer.lambda", async () => {
    const context = { userId: "alice", riskScore: 12, roles: ["a"], nested: { deep: true } };
    const { url, events } = await boot(guardedApi(), {
      authorizer: () => ({ isAuthorized: true, context }),
    });
    await fetch(`${url}/a`, bearer);
    expect(events.backend[0].requestContext.authorizer).toEqual({ lambda: context });
  });

  test("a missing identity source is 401 without an invocation; throwing Unauthorized is 401, anything else 500", async () => {
    const messages = ["Unauthorized", "boom"];
    const { url, events } = await boot(guardedApi(), {
      authorizer: () => {
        throw new Error(messages.shift());
      },
    });
    const missing = await fetch(`${url}/a`);
    expect([missing.status, await missing.json()]).toEqual([401, { message: "Unauthorized" }]);
    expect(events.authorizer).toHaveLength(0);
    expect((await fetch(`${url}/a`, bearer)).status).toBe(401);
    expect((await fetch(`${url}/a`, bearer)).status).toBe(500);
  });

  test("a cached verdict stands for every route, unless the route is part of the identity", async () => {
    const answers = [true, false];
    const shared = await boot(guardedApi({ AuthorizerResultTtlInSeconds: 60 }), {
      authorizer: () => ({ isAuthorized: answers.shift() ?? false }),
    });
    expect((await fetch(`${shared.url}/a`, bearer)).status).toBe(200);
    expect((await fetch(`${shared.url}/b`, bearer)).status).toBe(200);
    expect(shared.events.authorizer).toHaveLength(1);

    const perRoute = await boot(
      guardedApi({
        AuthorizerResultTtlInSeconds: 60,
        IdentitySource: ["$request.header.Authorization", "$context.routeKey"],
      }),
      { authorizer: (event) => ({ isAuthorized: event.routeKey === "GET /a" }) },
    );
    expect((await fetch(`${perRoute.url}/a`, bearer)).status).toBe(200);
    expect((await fetch(`${perRoute.url}/b`, bearer)).status).toBe(403);
    expect((await fetch(`${perRoute.url}/a`, bearer)).status).toBe(200);
    expect(perRoute.events.authorizer.map(({ identitySource }) => identitySource)).toEqual([
      ["Bearer t", "GET /a"],
      ["Bearer t", "GET /b"],
    ]);
  });

  test("an authorizer that does not answer within ten seconds is a 500", async () => {
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
    try {
      let asked = (): void => {};
      const invoked = new Promise<void>((resolve) => {
        asked = resolve;
      });
      const { url } = await boot(guardedApi(), {
        authorizer: () => {
          asked();
          return new Promise(() => {});
        },
      });
      const pending = fetch(`${url}/a`, bearer);
      await invoked;
      await jest.advanceTimersByTimeAsync(10_000);
      expect((await pending).status).toBe(500);
    } finally {
      jest.useRealTimers();
    }
  });
});

test("policies of format 1.0 and 2.0 are cached as policies and evaluated for each route", async () => {
  for (const format of ["1.0", "2.0"]) {
    const { url, events } = await boot(
      [
        ...httpApi(),
        httpAuthorizer({
          IdentitySource: ["$request.header.Authorization"],
          AuthorizerPayloadFormatVersion: format,
          EnableSimpleResponses: false,
          AuthorizerResultTtlInSeconds: 60,
        }),
        ...httpRoute("GET /a", guardedRoute),
        ...httpRoute("GET /b", guardedRoute),
      ],
      { authorizer: (event) => policy("Allow", event.methodArn ?? event.routeArn, { userId: "alice" }) },
    );
    expect((await fetch(`${url}/a`, bearer)).status).toBe(200);
    expect((await fetch(`${url}/b`, bearer)).status).toBe(403);
    expect(events.authorizer).toHaveLength(1);
    expect(events.backend[0].requestContext.authorizer.lambda).toEqual({ userId: "alice" });
  }
});
