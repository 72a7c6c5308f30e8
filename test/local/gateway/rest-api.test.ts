import { request as rawRequest } from "node:http";
import {
  boot,
  closeAll,
  guarded,
  lambdaProxy,
  policy,
  resource,
  restApi,
  restAuthorizer,
  restMethod,
} from "./gateway-template.ts";

afterEach(closeAll);

const bearer = { headers: { Authorization: "Bearer t" } };

describe("routing", () => {
  const routes = [
    ...restApi(),
    ...restMethod("/", "GET"),
    ...restMethod("/orders", "GET"),
    ...restMethod("/orders/{id}", "ANY"),
    ...restMethod("/orders/new", "GET"),
    ...restMethod("/{proxy+}", "ANY"),
  ];
  const echo = { backend: (event: { resource: string }) => ({ statusCode: 200, body: event.resource }) };

  test.each([
    ["GET", "/", "/"],
    ["GET", "", "/"],
    ["GET", "/orders", "/orders"],
    ["GET", "/orders/", "/orders"],
    ["GET", "/orders//", "/{proxy+}"],
    ["GET", "/orders/new", "/orders/new"],
    ["GET", "/orders/7", "/orders/{id}"],
    ["DELETE", "/orders/7", "/orders/{id}"],
    ["GET", "/orders/7/lines", "/{proxy+}"],
    ["GET", "/else", "/{proxy+}"],
  ])("%s %s goes to %s", async (method, path, expected) => {
    const { url } = await boot(routes, echo);
    const response = await fetch(`${url}${path}`, { method });
    expect([response.status, await response.text()]).toEqual([200, expected]);
  });

  test("a resource without the method is a missing authentication token, even beside a greedy sibling", async () => {
    const { url } = await boot(routes, echo);
    const response = await fetch(`${url}/orders/new`, { method: "POST" });
    expect(response.status).toBe(403);
    expect(response.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
    expect(await response.json()).toEqual({ message: "Missing Authentication Token" });
  });

  test("a path below no stage is forbidden", async () => {
    const { url } = await boot(routes, echo);
    const response = await fetch(url.replace("/prod", "/other/orders"));
    expect([response.status, await response.json()]).toEqual([403, { message: "Forbidden" }]);
  });
});

describe("authorizer", () => {
  const guardedOrders = [
    ...restApi(),
    restAuthorizer({ IdentitySource: "method.request.header.Authorization" }),
    ...restMethod("/orders", "GET", guarded),
    ...restMethod("/orders", "POST", guarded),
  ];

  test("an allow reaches the backend with the context as strings and the principal", async () => {
    const { url, events } = await boot(guardedOrders, {
      authorizer: (event) => policy("Allow", event.methodArn, { riskScore: 12, mfa: true, userId: "alice" }),
    });
    const response = await fetch(`${url}/orders`, bearer);
    expect([response.status, await response.text()]).toEqual([200, "ok"]);
    expect(events.authorizer[0].methodArn).toBe(
      "arn:aws:execute-api:eu-central-1:123456789012:rest1/prod/GET/orders",
    );
    expect(events.backend[0].requestContext.authorizer).toEqual({
      riskScore: "12",
      mfa: "true",
      userId: "alice",
      principalId: "alice",
      integrationLatency: 1,
    });
  });

  test("a missing or empty identity source is 401 and asks nobody", async () => {
    const { url, events } = await boot(guardedOrders, { authorizer: () => policy("Allow", "*") });
    for (const headers of [{}, { Authorization: "" }]) {
      const response = await fetch(`${url}/orders`, { headers });
      expect([response.status, await response.json()]).toEqual([401, { message: "Unauthorized" }]);
      expect(response.headers.get("x-amzn-errortype")).toBe("UnauthorizedException");
    }
    expect(events.authorizer).toHaveLength(0);
  });

  test("without identity sources the authorizer is asked about every request", async () => {
    const { url, events } = await boot([...restApi(), restAuthorizer(), ...restMethod("/", "GET", guarded)], {
      authorizer: () => policy("Allow", "*"),
    });
    expect((await fetch(url)).status).toBe(200);
    expect(events.authorizer).toHaveLength(1);
  });

  const fails = (message: string) => () => {
    throw new Error(message);
  };
  const failures: readonly [string, () => unknown, number, string, unknown][] = [
    ["throws Unauthorized", fails("Unauthorized"), 401, "UnauthorizedException", "Unauthorized"],
    ["throws unauthorized in lower case", fails("unauthorized"), 500, "AuthorizerFailureException", null],
    ["throws", fails("boom"), 500, "AuthorizerFailureException", null],
    ["returns nothing", () => undefined, 500, "AuthorizerConfigurationException", null],
    [
      "returns a simple response",
      () => ({ isAuthorized: true }),
      500,
      "AuthorizerConfigurationException",
      null,
    ],
    [
      "returns no principal",
      () => ({ ...(policy("Allow", "*") as object), principalId: undefined }),
      500,
      "AuthorizerConfigurationException",
      null,
    ],
    [
      "returns a list in the context",
      () => policy("Allow", "*", { roles: ["a"] }),
      500,
      "AuthorizerConfigurationException",
      null,
    ],
    [
      "returns a map in the context",
      () => policy("Allow", "*", { user: { id: 1 } }),
      500,
      "AuthorizerConfigurationException",
      null,
    ],
    [
      "names a resource of 513 characters",
      () => policy("Allow", "*".repeat(513)),
      500,
      "AuthorizerConfigurationException",
      null,
    ],
  ];
  test.each(failures)("one that %s", async (_name, authorizer, status, errorType, message) => {
    const { url, events } = await boot(guardedOrders, { authorizer });
    const response = await fetch(`${url}/orders`, bearer);
    expect(response.status).toBe(status);
    expect(response.headers.get("x-amzn-errortype")).toBe(errorType);
    expect(await response.json()).toEqual({ message });
    expect(events.backend).toHaveLength(0);
  });

  test("explicit and implicit denials are 403 with AWS's texts", async () => {
    const denied = await boot(guardedOrders, { authorizer: () => policy("Deny", "*") });
    const explicit = await fetch(`${denied.url}/orders`, bearer);
    expect([explicit.status, await explicit.json()]).toEqual([
      403,
      { Message: "User is not authorized to access this resource with an explicit deny" },
    ]);
    const elsewhere = await boot(guardedOrders, { authorizer: () => policy("Allow", "arn:elsewhere") });
    const implicit = await fetch(`${elsewhere.url}/orders`, bearer);
    expect(await implicit.json()).toEqual({ Message: "User is not authorized to access this resource" });
    expect(implicit.headers.get("x-amzn-errortype")).toBe("AccessDeniedException");
  });

  test("the policy is what is cached: it is evaluated for each method, until its time is over", async () => {
    let time = 1_000_000;
    const { url, events, gateway } = await boot(
      [
        ...guardedOrders.filter(({ logicalId }) => logicalId !== "auth1"),
        restAuthorizer({
          IdentitySource: "method.request.header.Authorization",
          AuthorizerResultTtlInSeconds: undefined,
        }),
      ],
      { authorizer: (event) => policy("Allow", event.methodArn) },
      () => time,
    );
    const seen: unknown[] = [];
    gateway.onRequest(({ authorizer }) => seen.push([authorizer?.verdict, authorizer?.cached]));
    const status = async (method: string, token = "t"): Promise<number> =>
      (await fetch(`${url}/orders`, { method, headers: { Authorization: token } })).status;
    expect(await status("GET")).toBe(200);
    // The policy names GET alone, so its reuse for POST is the famous random 403.
    expect(await status("POST")).toBe(403);
    expect(events.authorizer).toHaveLength(1);
    expect(await status("GET", "other")).toBe(200);
    expect(events.authorizer).toHaveLength(2);
    time += 299_999;
    expect(await status("GET")).toBe(200);
    expect(events.authorizer).toHaveLength(2);
    time += 1;
    expect(await status("POST")).toBe(200);
    expect(events.authorizer).toHaveLength(3);
    expect(seen.slice(0, 2)).toEqual([
      ["allow", false],
      ["deny", true],
    ]);
  });

  test("TTL 0 asks each time, and neither errors nor malformed output are cached", async () => {
    const cached = {
      IdentitySource: "method.request.header.Authorization",
      AuthorizerResultTtlInSeconds: 300,
    };
    const answers: (() => unknown)[] = [
      () => ({ nonsense: true }),
      () => {
        throw new Error("Unauthorized");
      },
      () => policy("Allow", "*"),
    ];
    const long = await boot([...restApi(), restAuthorizer(cached), ...restMethod("/", "GET", guarded)], {
      authorizer: () => answers.shift()?.(),
    });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await fetch(long.url, bearer)).status);
    expect(statuses).toEqual([500, 401, 200, 200]);
    expect(long.events.authorizer).toHaveLength(3);

    const none = await boot(guardedOrders, { authorizer: () => policy("Allow", "*") });
    await fetch(`${none.url}/orders`, bearer);
    await fetch(`${none.url}/orders`, bearer);
    expect(none.events.authorizer).toHaveLength(2);
  });

  test("a TOKEN authorizer gets three fields, and a token that fails the expression asks nobody", async () => {
    const { url, events } = await boot(
      [
        ...restApi(),
        restAuthorizer({
          Type: "TOKEN",
          IdentitySource: "method.request.header.Authorization",
          IdentityValidationExpression: "Bearer [a-z]+",
        }),
        ...restMethod("/", "GET", guarded),
      ],
      { authorizer: () => policy("Allow", "*") },
    );
    expect((await fetch(url, bearer)).status).toBe(200);
    expect((await fetch(url, { headers: { Authorization: "Bearer 42" } })).status).toBe(401);
    expect((await fetch(url, { headers: { Authorization: "xBearer t" } })).status).toBe(401);
    expect(events.authorizer).toEqual([
      {
        type: "TOKEN",
        methodArn: "arn:aws:execute-api:eu-central-1:123456789012:rest1/prod/GET/",
        authorizationToken: "Bearer t",
      },
    ]);
  });

  test("a method ARN beyond 1,600 bytes is 414", async () => {
    const { url, events } = await boot(
      [...restApi(), restAuthorizer(), ...restMethod("/{proxy+}", "GET", guarded)],
      { authorizer: () => policy("Allow", "*") },
    );
    expect((await fetch(`${url}/${"a".repeat(1600)}`)).status).toBe(414);
    expect(events.authorizer).toHaveLength(0);
  });
});

describe("gateway responses", () => {
  const denied = (...responses: ReturnType<typeof resource>[]) => [
    ...restApi(),
    restAuthorizer({ IdentitySource: "method.request.header.Authorization" }),
    ...restMethod("/orders", "GET", guarded),
    ...responses,
  ];
  const gatewayResponse = (ResponseType: string, properties: Record<string, unknown>) =>
    resource(ResponseType, "ApiGateway::GatewayResponse", {
      RestApiId: "rest1",
      ResponseType,
      ...properties,
    });

  test("take status, headers and body from the authorizer's context", async () => {
    const { url } = await boot(
      denied(
        gatewayResponse("ACCESS_DENIED", {
          StatusCode: "401",
          ResponseParameters: {
            "gatewayresponse.header.WWW-Authenticate": "context.authorizer.wwwAuthenticate",
            "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
            "gatewayresponse.header.X-Request": "context.requestId",
            "gatewayresponse.header.X-Origin": "method.request.header.Origin",
            "gatewayresponse.header.X-None": "context.authorizer.none",
            "gatewayresponse.header.X-Empty": "context.authorizer.empty",
          },
          ResponseTemplates: {
            "application/json":
              '{"error":"$context.authorizer.error","none":"$context.authorizer.none.","text":$context.error.messageString,"plain":"$context.error.message","type":"$context.error.responseType","q":"$method.request.querystring.q"}',
          },
        }),
      ),
      {
        authorizer: () =>
          policy("Deny", "*", {
            wwwAuthenticate: 'Bearer error="x", max_age="0"',
            error: "step-up",
            empty: "",
          }),
      },
    );
    const response = await fetch(`${url}/orders?q=1`, {
      headers: { Authorization: "t", Origin: "https://a.example" },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer error="x", max_age="0"');
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("x-request")).toBe(response.headers.get("x-amzn-requestid"));
    expect(response.headers.get("x-origin")).toBe("https://a.example");
    expect(response.headers.has("x-none")).toBe(false);
    expect(response.headers.has("x-empty")).toBe(false);
    const text = "User is not authorized to access this resource with an explicit deny";
    expect(await response.json()).toEqual({
      error: "step-up",
      none: ".",
      text,
      plain: text,
      type: "ACCESS_DENIED",
      q: "1",
    });
  });

  test("fall back to DEFAULT_4XX and DEFAULT_5XX, whose status is optional", async () => {
    const cors = { ResponseParameters: { "gatewayresponse.header.X-Default": "'yes'" } };
    const template = { ResponseTemplates: { "application/json": '{"m":$context.error.messageString}' } };
    const { url } = await boot(
      denied(
        gatewayResponse("DEFAULT_4XX", cors),
        gatewayResponse("DEFAULT_5XX", { ...cors, ...template, StatusCode: "503" }),
      ),
      {
        authorizer: () => {
          throw new Error("boom");
        },
      },
    );
    const unauthorized = await fetch(`${url}/orders`);
    expect([unauthorized.status, unauthorized.headers.get("x-default")]).toEqual([401, "yes"]);
    expect(await unauthorized.json()).toEqual({ message: "Unauthorized" });
    const failed = await fetch(`${url}/orders`, bearer);
    expect([failed.status, failed.headers.get("x-default")]).toEqual([503, "yes"]);
    expect(await failed.json()).toEqual({ m: null });
  });

  test("a context value that cannot be a header becomes a 500, not a crash", async () => {
    const { url } = await boot(
      denied(
        gatewayResponse("ACCESS_DENIED", {
          ResponseParameters: { "gatewayresponse.header.X-Evil": "context.authorizer.evil" },
        }),
      ),
      { authorizer: () => policy("Deny", "*", { evil: "a\r\nSet-Cookie: b=c" }) },
    );
    const response = await fetch(`${url}/orders`, bearer);
    expect(response.status).toBe(500);
    expect(response.headers.has("set-cookie")).toBe(false);
    expect((await fetch(`${url}/orders`)).status).toBe(401);
  });
});

describe("integrations", () => {
  test("a backend's answer keeps its headers, except that its WWW-Authenticate is remapped", async () => {
    const { url } = await boot([...restApi(), ...restMethod("/", "GET")], {
      backend: () => ({
        statusCode: 401,
        headers: { "WWW-Authenticate": "Basic", "X-One": 1, "X-Both": "single" },
        multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"], "x-both": ["several"] },
        body: "no",
      }),
    });
    const response = await fetch(url);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBeNull();
    expect(response.headers.get("x-amzn-remapped-www-authenticate")).toBe("Basic");
    expect(response.headers.get("x-one")).toBe("1");
    expect(response.headers.get("x-both")).toBe("several");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.headers.get("content-type")).toBe("application/json");
  });

  test.each([
    ["no object", "text"],
    ["a body that is no string", { statusCode: 200, body: { a: 1 } }],
    ["no status", { body: "x" }],
    ["a status that is none", { statusCode: 42 }],
  ])("an answer with %s is a 502", async (_name, answer) => {
    const { url } = await boot([...restApi(), ...restMethod("/", "GET")], { backend: () => answer });
    const response = await fetch(url);
    expect([response.status, await response.json()]).toEqual([502, { message: "Internal server error" }]);
  });

  test("a Base64 body comes out as bytes", async () => {
    const { url } = await boot([...restApi(), ...restMethod("/", "GET")], {
      backend: () => ({ statusCode: 200, body: "AAEC", isBase64Encoded: true }),
    });
    expect([...new Uint8Array(await (await fetch(url)).arrayBuffer())]).toEqual([0, 1, 2]);
  });

  test("a backend that takes longer than its integration allows is a 504", async () => {
    const integration = { ...lambdaProxy("backend"), TimeoutInMillis: 50 };
    let release = (): void => {};
    const { url } = await boot([...restApi(), ...restMethod("/", "GET", { Integration: integration })], {
      backend: () =>
        new Promise((resolve) => {
          release = () => resolve({ statusCode: 200 });
        }),
    });
    const response = await fetch(url);
    release();
    expect([response.status, await response.json()]).toEqual([
      504,
      { message: "Endpoint request timed out" },
    ]);
  });

  test("a mock answers a CORS preflight as CDK defines it, without asking the authorizer", async () => {
    const mock = {
      Type: "MOCK",
      RequestTemplates: { "application/json": "{ statusCode: 200 }" },
      IntegrationResponses: [
        {
          StatusCode: "204",
          ResponseParameters: { "method.response.header.Access-Control-Allow-Origin": "'*'" },
        },
      ],
    };
    const { url, events } = await boot(
      [
        ...restApi(),
        restAuthorizer(),
        ...restMethod("/", "ANY", guarded),
        ...restMethod("/", "OPTIONS", { Integration: mock }),
      ],
      { authorizer: () => policy("Deny", "*") },
    );
    const response = await fetch(url, { method: "OPTIONS" });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
    expect(events.authorizer).toHaveLength(0);
  });

  test("a validator's missing parameter is a 400, after the authorizer allowed", async () => {
    const validated = {
      ...guarded,
      RequestValidatorId: "validator1",
      RequestParameters: {
        "method.request.querystring.page": true,
        "method.request.querystring.size": false,
      },
    };
    const { url, events } = await boot(
      [
        ...restApi(),
        restAuthorizer(),
        resource("validator1", "ApiGateway::RequestValidator", {
          RestApiId: "rest1",
          ValidateRequestParameters: true,
        }),
        ...restMethod("/", "GET", validated),
      ],
      { authorizer: () => policy("Allow", "*") },
    );
    const response = await fetch(url);
    expect([response.status, await response.json()]).toEqual([
      400,
      { message: "Missing required request parameters: [page]" },
    ]);
    expect(events.authorizer).toHaveLength(1);
    expect((await fetch(`${url}?page=1`)).status).toBe(200);
  });
});

test("headers keep their letter case and multiplicity", async () => {
  const { url, events } = await boot([...restApi(), ...restMethod("/", "POST")]);
  await new Promise<void>((resolve, reject) => {
    const sent = rawRequest(
      url,
      { method: "POST", headers: ["Host", "x", "DPoP", "one", "dpop", "two", "X-A", "1", "X-A", "2"] },
      (response) => response.resume().on("end", resolve),
    );
    sent.on("error", reject).end("body");
  });
  const [event] = events.backend;
  expect(event.multiValueHeaders).toMatchObject({ DPoP: ["one"], dpop: ["two"], "X-A": ["1", "2"] });
  expect(event.headers["X-A"]).toBe("2");
  expect(event).toMatchObject({ body: "body", isBase64Encoded: false });
});
