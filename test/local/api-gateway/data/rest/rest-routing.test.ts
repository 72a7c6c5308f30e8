import { request as rawRequest } from "node:http";
import { boot, closeAll, restApi, restMethod } from "../../../../support/api-gateway/gateway-template.ts";

afterEach(closeAll);

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
