import {
  boot,
  closeAll,
  guardedRoute,
  httpApi,
  httpAuthorizer,
  httpRoute,
} from "../../../../support/api-gateway/gateway-template.ts";

afterEach(closeAll);

const braced = (...names: readonly string[]): string => names.map((name) => `\${${name}}`).join("/");

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
