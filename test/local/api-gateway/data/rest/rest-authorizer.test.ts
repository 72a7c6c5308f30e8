import {
  boot,
  closeAll,
  guarded,
  policy,
  restApi,
  restAuthorizer,
  restMethod,
} from "../../../../support/api-gateway/gateway-template.ts";

afterEach(closeAll);

const bearer = { headers: { Authorization: "Bearer t" } };

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

  test("a missing or empty identity source is 401 without an invocation", async () => {
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

  test("a TOKEN authorizer gets three fields, and a token that fails the expression does not invoke it", async () => {
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
