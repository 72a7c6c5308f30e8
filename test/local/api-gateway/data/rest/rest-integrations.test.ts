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
} from "../../../../support/api-gateway/gateway-template.ts";

afterEach(closeAll);

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
