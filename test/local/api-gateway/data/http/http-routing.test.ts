import {
  boot,
  closeAll,
  functionArn,
  guardedRoute,
  httpApi,
  httpAuthorizer,
  httpRoute,
} from "../../../../support/api-gateway/gateway-template.ts";

afterEach(closeAll);

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
