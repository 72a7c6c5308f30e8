import {
  boot,
  closeAll,
  functionArn,
  guardedRoute,
  httpApi,
  httpAuthorizer,
  httpRoute,
  policy,
} from "./gateway-template.ts";

afterEach(closeAll);

const bearer = { headers: { Authorization: "Bearer t" } };
const braced = (...names: readonly string[]): string => names.map((name) => `\${${name}}`).join("/");
const allow = () => ({ isAuthorized: true });

describe("routing", () => {
  const routes = [
    ...httpApi(),
    ...httpRoute("GET /pets/dog/1"),
    ...httpRoute("GET /pets/dog/{id}"),
    ...httpRoute("GET /pets/{proxy+}"),
    ...httpRoute("ANY /{proxy+}"),
    ...httpRoute("ANY /both"),
    ...httpRoute("POST /both"),
  ];
  const echo = {
    backend: (event: { routeKey: string; rawPath: string; pathParameters?: unknown }) => ({
      statusCode: 200,
      body: JSON.stringify([event.routeKey, event.rawPath, event.pathParameters ?? null]),
    }),
  };

  // The first four are the table of AWS's developer guide, "Create routes for HTTP APIs".
  test.each([
    ["GET", "/pets/dog/1", ["GET /pets/dog/1", "/pets/dog/1", null]],
    ["GET", "/pets/dog/2", ["GET /pets/dog/{id}", "/pets/dog/2", { id: "2" }]],
    ["GET", "/pets/cat/1", ["GET /pets/{proxy+}", "/pets/cat/1", { proxy: "cat/1" }]],
    ["POST", "/test/5", ["ANY /{proxy+}", "/test/5", { proxy: "test/5" }]],
    ["POST", "/both", ["POST /both", "/both", null]],
    ["GET", "/both", ["ANY /both", "/both", null]],
    ["GET", "/pets/dog/a%20b", ["GET /pets/dog/{id}", "/pets/dog/a b", { id: "a b" }]],
    ["GET", "/pets/dog/3%3Fadmin", ["GET /pets/dog/{id}", "/pets/dog/3", { id: "3" }]],
    ["GET", "/pets%2Fdog/2", ["GET /pets/dog/{id}", "/pets/dog/2", { id: "2" }]],
  ])("%s %s", async (method, path, expected) => {
    const { url } = await boot(routes, echo);
    const response = await fetch(`${url}${path}`, { method });
    expect(JSON.parse(await response.text())).toEqual(expected);
  });

  test("what no route takes is a 404, broken percent-encoding a 400", async () => {
    const { url } = await boot([...httpApi(), ...httpRoute("GET /a")]);
    const missing = await fetch(`${url}/a/`);
    expect([missing.status, await missing.json()]).toEqual([404, { message: "Not Found" }]);
    expect((await fetch(`${url}/%zz`)).status).toBe(400);
  });

  test("$default takes the rest", async () => {
    const { url } = await boot([...httpApi(), ...httpRoute("$default"), ...httpRoute("GET /a")], echo);
    expect(await (await fetch(`${url}/x/y`)).json()).toEqual(["$default", "/x/y", null]);
  });

  test("a named stage comes first in the path, in rawPath and not in the route's ARN", async () => {
    const { url, events } = await boot(
      [...httpApi({}, "dev"), httpAuthorizer(), ...httpRoute("GET /a", guardedRoute)],
      { ...echo, authorizer: allow },
    );
    expect(url).toMatch(/\/dev$/);
    expect(await (await fetch(`${url}/a`)).json()).toEqual(["GET /a", "/dev/a", null]);
    expect(events.authorizer[0].routeArn).toBe(
      "arn:aws:execute-api:eu-central-1:123456789012:http1/dev/GET/a",
    );
    expect((await fetch(url.replace("/dev", "/a"))).status).toBe(404);
  });
});

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

  test("a missing identity source is 401 and asks nobody; throwing Unauthorized is 401, anything else 500", async () => {
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

describe("integration", () => {
  test("mappings set headers from the authorizer, and a caller's own header never survives an overwrite", async () => {
    const { url, events } = await boot(
      [
        ...httpApi(),
        httpAuthorizer(),
        ...httpRoute("GET /a/{id}", guardedRoute, {
          RequestParameters: {
            "overwrite:header.x-user-id": "$context.authorizer.userId",
            "overwrite:header.x-user-roles": "$context.authorizer.roles",
            "append:header.x-both": braced("request.path.id", "context.routeKey"),
            "remove:header.x-secret": "''",
            "append:querystring.from": "$context.identity.sourceIp",
          },
        }),
      ],
      { authorizer: () => ({ isAuthorized: true, context: { userId: "alice" } }) },
    );
    await fetch(`${url}/a/7?q=1`, {
      headers: { "X-User-Id": "mallory", "X-User-Roles": "admin", "X-Secret": "s", "X-Both": "mine" },
    });
    const { headers, queryStringParameters } = events.backend[0];
    expect(headers["x-user-id"]).toBe("alice");
    expect(headers).not.toHaveProperty("x-user-roles");
    expect(headers).not.toHaveProperty("x-secret");
    expect(headers["x-both"]).toBe("mine,7/GET /a/{id}");
    expect(queryStringParameters).toEqual({ q: "1", from: "127.0.0.1" });
    // The authorizer sees what the caller sent.
    expect(events.authorizer[0].headers["x-user-id"]).toBe("mallory");
  });

  test.each([
    ["a string", "hello", 200, "hello"],
    ["an object", { message: "hello" }, 200, '{"message":"hello"}'],
    [
      "a response",
      { statusCode: 201, body: "made", headers: { "X-A": "1" }, cookies: ["a=1", "b=2"] },
      201,
      "made",
    ],
    ["a malformed response", { statusCode: "x" }, 500, '{"message":"Internal Server Error"}'],
  ])("format 2.0 takes %s", async (_name, answer, status, body) => {
    const { url } = await boot([...httpApi(), ...httpRoute("GET /a")], { backend: () => answer });
    const response = await fetch(`${url}/a`);
    expect([response.status, await response.text()]).toEqual([status, body]);
    if (status === 201) expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  test("a failing function is a 500", async () => {
    const { url } = await boot([...httpApi(), ...httpRoute("GET /a")], {
      backend: () => {
        throw new Error("boom");
      },
    });
    const response = await fetch(`${url}/a`);
    expect([response.status, await response.json()]).toEqual([500, { message: "Internal Server Error" }]);
  });

  test("format 1.0 wants a status, and gets the context flat", async () => {
    const { url, events } = await boot(
      [
        ...httpApi(),
        httpAuthorizer(),
        ...httpRoute("GET /a", guardedRoute, { PayloadFormatVersion: "1.0" }),
        ...httpRoute("GET /b", {}, { PayloadFormatVersion: "1.0" }),
      ],
      {
        authorizer: () => ({ isAuthorized: true, context: { userId: "alice" } }),
        backend: (event) => (event.path === "/a" ? { statusCode: 204 } : { hello: "world" }),
      },
    );
    expect((await fetch(`${url}/a`)).status).toBe(204);
    expect(events.backend[0].requestContext.authorizer).toEqual({ userId: "alice" });
    expect((await fetch(`${url}/b`)).status).toBe(500);
  });

  test("text comes as it is, other bodies in Base64", async () => {
    const { url, events } = await boot([...httpApi(), ...httpRoute("POST /a")]);
    await fetch(`${url}/a`, { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } });
    await fetch(`${url}/a`, {
      method: "POST",
      body: new Uint8Array([0, 255]),
      headers: { "Content-Type": "application/octet-stream" },
    });
    expect(events.backend.map(({ body, isBase64Encoded }) => [body, isBase64Encoded])).toEqual([
      ["{}", false],
      ["AP8=", true],
    ]);
  });
});

describe("CORS", () => {
  const cors = {
    CorsConfiguration: { AllowOrigins: ["https://a.example"], AllowMethods: ["GET"], MaxAge: 10 },
  };
  const preflight = (Origin: string) => ({
    method: "OPTIONS",
    headers: { Origin, "Access-Control-Request-Method": "GET" },
  });

  test("a preflight is answered without routes or authorizer, for allowed origins", async () => {
    const { url, events } = await boot([
      ...httpApi(cors),
      httpAuthorizer(),
      ...httpRoute("GET /a", guardedRoute),
    ]);
    const response = await fetch(`${url}/a`, preflight("https://a.example"));
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("https://a.example");
    expect(response.headers.get("access-control-allow-methods")).toBe("GET");
    expect(response.headers.get("access-control-max-age")).toBe("10");
    const other = await fetch(`${url}/a`, preflight("https://b.example"));
    expect(other.headers.has("access-control-allow-origin")).toBe(false);
    expect(events.authorizer).toHaveLength(0);
  });

  test("denials carry the headers too, and the backend's own are ignored", async () => {
    const { url } = await boot(
      [
        ...httpApi({ CorsConfiguration: { AllowOrigins: ["*"] } }),
        httpAuthorizer(),
        ...httpRoute("GET /a", guardedRoute),
        ...httpRoute("GET /b"),
      ],
      {
        authorizer: () => ({ isAuthorized: false }),
        backend: () => ({
          statusCode: 200,
          headers: { "Access-Control-Allow-Origin": "https://evil.example" },
        }),
      },
    );
    const headers = { Origin: "https://a.example" };
    const denied = await fetch(`${url}/a`, { headers });
    expect([denied.status, denied.headers.get("access-control-allow-origin")]).toEqual([403, "*"]);
    const answered = await fetch(`${url}/b`, { headers });
    expect(answered.headers.get("access-control-allow-origin")).toBe("*");
  });
});

test("duplicate headers are joined under their lower-case name", async () => {
  const { url, events } = await boot([
    ...httpApi(),
    ...httpRoute("GET /a", {}, { IntegrationUri: functionArn("backend") }),
  ]);
  await fetch(`${url}/a?x=1&x=2&y=a%20b`, {
    headers: [
      ["DPoP", "one"],
      ["dpop", "two"],
      ["Cookie", "a=1; b=2"],
    ],
  });
  const [event] = events.backend;
  expect(event.headers.dpop).toMatch(/^one, ?two$/);
  expect(event.headers).not.toHaveProperty("cookie");
  expect(event.cookies).toEqual(["a=1", "b=2"]);
  expect(event.queryStringParameters).toEqual({ x: "1,2", y: "a b" });
  expect(event.rawQueryString).toBe("x=1&x=2&y=a%20b");
});
