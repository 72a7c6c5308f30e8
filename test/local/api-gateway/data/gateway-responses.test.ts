import {
  boot,
  closeAll,
  guarded,
  policy,
  resource,
  restApi,
  restAuthorizer,
  restMethod,
} from "../../../support/api-gateway/gateway-template.ts";

afterEach(closeAll);

const bearer = { headers: { Authorization: "Bearer t" } };

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
