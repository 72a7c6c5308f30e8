import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { http1Event, httpEvent, restEvent } from "../../support/gateway/gateway-events.ts";

const API = "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5";
const OWN_DOMAIN = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";
const read = (event: unknown) => readRequest(event, "none", 1_790_000_000_000);

/** An event of a `$default` route whose ARN names the route alone. */
const defaultEvent = (path = "/my/path", stage = "$default", domainName = OWN_DOMAIN) => {
  const { requestContext, ...event } = httpEvent({ method: "PUT", path });
  return {
    ...event,
    routeArn: `${API}/${stage}/$default`,
    routeKey: "$default",
    requestContext: { ...requestContext, domainName, routeKey: "$default" },
  };
};
const withContext = (event: { requestContext: object }, more: object) => ({
  ...event,
  requestContext: { ...event.requestContext, ...more },
});

describe("an event whose fields name two routes is denied", () => {
  test.each<[string, unknown]>([
    ["another path", { ...restEvent(), path: "/api/admin" }],
    ["another path of the stage", withContext(restEvent(), { path: "/prod/api/admin" })],
    ["a resource that does not cover the path", { ...restEvent(), resource: "/api/admin" }],
    ["a resource below a variable", { ...restEvent(), resource: "/api/{id}/keys" }],
    ["two resources", withContext(restEvent(), { resourcePath: "/health" })],
    ["the root's ARN for another path", { ...restEvent(), methodArn: `${API}/prod/GET` }],
    ["the root's resource for another path", { ...restEvent(), resource: "/" }],
    ["another path in format 1.0", { ...http1Event(), path: "/api/admin" }],
    ["another raw path", { ...httpEvent(), rawPath: "/api/admin" }],
    ["an end that is not whole parts", { ...httpEvent(), rawPath: "/my-api/orders" }],
    [
      "another path in requestContext.http",
      withContext(httpEvent(), { http: { method: "GET", path: "/api/admin" } }),
    ],
    ["a route key of another method", { ...httpEvent(), routeKey: "POST /api/{proxy+}" }],
    ["a route key that does not cover the path", { ...httpEvent(), routeKey: "GET /health" }],
    ["two route keys", withContext(httpEvent(), { routeKey: "GET /health" })],
    ["a $default ARN under another key", { ...defaultEvent(), routeKey: "GET /my/path" }],
    [
      "a $default ARN behind a base path that is not known",
      defaultEvent("/v1/my", "$default", "api.example"),
    ],
    ["a $default ARN with a path of another stage", defaultEvent("/test/my", "prod")],
    ["a $default ARN with two paths", { ...defaultEvent(), rawPath: "/api/admin" }],
  ])("for %s", (_, event) => {
    expect(read(event).flaw).toBe("route-mismatch");
  });
});

describe("an event whose fields agree is read", () => {
  test.each<[string, unknown, string]>([
    ["a base path", { ...restEvent(), path: "/v1/api/orders" }, "/api/orders"],
    ["a stage in the raw path", { ...httpEvent(), rawPath: "/prod/api/orders" }, "/api/orders"],
    ["a key for any method", { ...httpEvent(), routeKey: "ANY /api/{proxy+}" }, "/api/orders"],
    ["the key $default", { ...httpEvent(), routeKey: "$default" }, "/api/orders"],
    ["a variable", { ...restEvent(), resource: "/api/{name}", requestContext: {} }, "/api/orders"],
    ["the root", restEvent({ path: "/" }), "/"],
    [
      "the root behind a base path",
      { ...restEvent({ path: "/" }), path: "/v1", requestContext: { path: "/v1" } },
      "/",
    ],
    [
      "an escape that one field decodes",
      { ...restEvent({ path: "/api/a%20b" }), path: "/api/a b" },
      "/api/a%20b",
    ],
    [
      "the authorizer's test",
      {
        ...restEvent(),
        methodArn: `${API}/test-invoke-stage/GET/api/orders`,
        resource: "/",
      },
      "/api/orders",
    ],
  ])("with %s", (_, event, path) => {
    const request = read(event);
    expect(request.flaw).toBeUndefined();
    expect(request.path).toBe(path);
  });
});

test.each<[string, ReturnType<typeof defaultEvent>, string]>([
  ["names $default", defaultEvent(), "/my/path"],
  ["names $default under a stage", defaultEvent("/prod/my/path", "prod"), "/my/path"],
  ["names $default for the stage's root", defaultEvent("/prod", "prod"), "/"],
])("an HTTP API's ARN that %s leaves method and path to requestContext.http", (_, event, path) => {
  const request = read(event);
  expect(request.flaw).toBeUndefined();
  expect(request).toMatchObject({ method: "PUT", path, arn: event.routeArn });
});

test("an HTTP API's ARN without the path takes it from the raw path on the API's own domain only", () => {
  const event = { ...httpEvent({ path: "/api/admin" }), routeArn: `${API}/$default/GET` };
  expect(read(withContext(event, { domainName: OWN_DOMAIN }))).toMatchObject({ path: "/api/admin" });
  expect(read(withContext(event, { domainName: OWN_DOMAIN })).flaw).toBeUndefined();
  expect(read(withContext(event, { domainName: "api.example.com" })).flaw).toBe("route-mismatch");
});

test("a REST API's ARN cannot name $default", () => {
  expect(read({ ...restEvent(), methodArn: `${API}/prod/$default` }).flaw).toBe("request-malformed");
});
